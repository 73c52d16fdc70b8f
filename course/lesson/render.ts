// Lays out a page for a terminal. The package marked parses its Markdown. Pure.

import { posix } from "node:path";
import { lexer, type MarkedToken, type Token, type Tokens } from "marked";
import type { Style } from "../../terminal/paint.ts";
import { type Line, lineWidth, plainLine, type Span, textOf, wrapSpans } from "../../terminal/styled-text.ts";
import { printableText, widthOf } from "../../terminal/widths.ts";
import { codeLines } from "./code-lines.ts";

/** How to show a page. */
export interface View {
  /** In columns. Paragraphs are narrower if this is very wide. */
  width: number;
  /** Whether a closed part is open, by its number on the page, from 0. */
  isOpen: (part: number) => boolean;
  /** What the reader has guessed, by the number of the part that answers it. */
  guesses?: ReadonlyMap<number, string>;
  /** The text beside a closed part, e.g. "h opens it". */
  closedNote: (summary: string) => string;
  /** The page's file, relative to the course's folder: links are relative to it. */
  file: string;
  /** The name of a page of the course in a link; undefined if the file is no such page. */
  nameOf: (file: string) => string | undefined;
  /** False if there is no room for web addresses: then they are left out. */
  withAddresses?: boolean;
}

/** A part of a page that is closed at first: a hint, the meaning of an exercise, or the answer to a prediction. */
export interface Closable {
  /** The number of the line in which it begins. */
  line: number;
  /** Whether it answers a prediction, so that the reader should guess first. */
  isPrediction: boolean;
}

export interface Rendered {
  lines: Line[];
  closable: Closable[];
}

/** The summary of each part that answers a prediction. */
export const WHAT_HAPPENS = "What happens";

/** Longer lines are hard to read. */
const MOST_COLUMNS = 100;

/** Lays out a page. The file may contain anything, so control characters are made visible. */
export function renderPage(markdown: string, view: View): Rendered {
  const width = Math.max(20, Math.min(view.width, MOST_COLUMNS));
  const layout = new Layout({ ...view, width });
  layout.blocks(lexer(withClosableMeaning(markdown.replaceAll("\r\n", "\n"))));
  const lines = layout.lines;
  while (lines.at(-1)?.length === 0) lines.pop();
  return { lines, closable: layout.closable };
}

/** Closes "What it meant" like the hints, because it answers the exercise. */
function withClosableMeaning(markdown: string): string {
  return markdown.replace(
    /^## What it meant\n([\s\S]*?)(?=^## |$(?![\s\S]))/m,
    (_, text: string) => `<details><summary>What it meant</summary>\n\n${text}\n\n</details>\n\n`,
  );
}

class Layout {
  readonly lines: Line[] = [];
  readonly closable: Closable[] = [];
  readonly #view: View;
  /** True inside a closed part. */
  #hidden = false;
  #margin = "";

  constructor(view: View) {
    this.#view = view;
  }

  blocks(tokens: readonly Token[]): void {
    for (const token of tokens as readonly MarkedToken[]) {
      if (token.type === "html") this.#html(token.text);
      else if (!this.#hidden) this.#block(token);
    }
  }

  #block(token: MarkedToken): void {
    switch (token.type) {
      case "heading":
        return this.#heading(token);
      case "paragraph":
        return this.#paragraph(inline(token.tokens, this.#view));
      case "text":
        // This is an item of a list without blank lines between its items.
        return this.#lines(wrapSpans(inline(token.tokens ?? [token], this.#view), this.#room));
      case "code":
        return this.#add(codeLines(token.lang ?? "", token.text, this.#room));
      case "list":
        return this.#list(token);
      case "table":
        return this.#table(token);
      case "blockquote":
        return this.#within("│ ", () => this.blocks(token.tokens));
      case "hr":
        return this.#add([plainLine("─".repeat(this.#room), "dim")]);
      default:
    }
  }

  get #room(): number {
    return this.#view.width - widthOf(this.#margin);
  }

  #lines(lines: readonly Line[]): void {
    for (const line of lines) {
      this.lines.push(this.#margin === "" ? line : [{ text: this.#margin }, ...line]);
    }
  }

  /** Adds lines, and a blank line after them. */
  #add(lines: readonly Line[]): void {
    this.#lines(lines);
    this.#blank();
  }

  #blank(): void {
    if ((this.lines.at(-1) ?? []).length > 0) this.lines.push([]);
  }

  #heading({ depth, tokens }: Tokens.Heading): void {
    const style = depth === 1 ? "title" : "heading";
    const spans = inline(tokens, this.#view).map(({ text }) => ({ text, style }) satisfies Span);
    const lines = wrapSpans(spans, this.#room);
    if (depth === 2) lines.push(plainLine("─".repeat(Math.max(...lines.map(lineWidth))), "dim"));
    this.#add(lines);
  }

  #paragraph(spans: readonly Span[]): void {
    if (spans.length > 0) this.#add(wrapSpans(spans, this.#room));
  }

  #list({ items, ordered, start, loose }: Tokens.List): void {
    for (const [index, item] of items.entries()) {
      const mark = ordered ? `${Number(start || 1) + index}. ` : "• ";
      const first = this.lines.length;
      this.#within(" ".repeat(mark.length), () => this.blocks(item.tokens));
      const line = this.lines[first];
      // The mark replaces the last blanks of the margin.
      if (line?.[0] !== undefined) {
        const margin = line[0].text;
        line[0] = { text: margin.slice(0, margin.length - mark.length) + mark };
      }
      if (!loose && this.lines.at(-1)?.length === 0) this.lines.pop();
    }
    this.#blank();
  }

  #within(margin: string, add: () => void): void {
    const before = this.#margin;
    this.#margin = before + margin;
    add();
    this.#margin = before;
  }

  /** Our pages use HTML only for comments and for parts that can be opened. */
  #html(text: string): void {
    const parts = /<!--[\s\S]*?-->|<details[^>]*>|<\/details>|<summary>([\s\S]*?)<\/summary>|[^<]+|</g;
    for (const [part, summary] of text.matchAll(parts)) {
      if (part === "</details>") this.#hidden = false;
      else if (summary !== undefined) this.#openable(printableText(summary.replaceAll(/<[^>]*>/g, "")));
      else if (!part.startsWith("<") && part.trim() !== "" && !this.#hidden) this.blocks(lexer(part));
    }
  }

  #openable(summary: string): void {
    const part = this.closable.length;
    const isOpen = this.#view.isOpen(part);
    this.closable.push({ line: this.lines.length, isPrediction: summary === WHAT_HAPPENS });
    this.#hidden = !isOpen;
    const note: Line = isOpen ? [] : plainLine(`  (${this.#view.closedNote(summary)})`, "dim");
    this.#add([[{ text: `${isOpen ? "▾" : "▸"} ${summary}`, style: "strong" }, ...note]]);
    const guess = isOpen ? this.#view.guesses?.get(part) : undefined;
    if (guess !== undefined)
      this.#paragraph([{ text: `You said: ${printableText(guess)}`, style: "warning" }]);
  }

  #table({ header, rows }: Tokens.Table): void {
    const view = { ...this.#view, withAddresses: false };
    const cells = [header, ...rows].map((row) => row.map(({ tokens }) => inline(tokens, view)));
    const widths = columnWidths(cells, this.#room - 3 * (header.length - 1));
    const lines: Line[] = [];
    for (const [index, row] of cells.entries()) {
      if (index === 0 && row.every((spans) => spans.length === 0)) continue;
      lines.push(...tableRow(row, widths, index === 0));
      if (index === 0) lines.push(plainLine(widths.map((width) => "─".repeat(width)).join("─┼─"), "dim"));
      else if (hasHighRows(cells, widths) && index < cells.length - 1)
        lines.push(
          plainLine(
            widths
              .map((width) => " ".repeat(width))
              .join(" │ ")
              .trimEnd(),
            "dim",
          ),
        );
    }
    this.#add(lines);
  }
}

/** Whether a row needs several lines. Then blank lines separate the rows. */
function hasHighRows(cells: readonly Span[][][], widths: readonly number[]): boolean {
  return cells.some((row) => row.some((spans, i) => lineWidth(spans) > (widths[i] ?? 0)));
}

function tableRow(row: readonly Span[][], widths: readonly number[], isHeader: boolean): Line[] {
  const columns = row.map((spans, i) =>
    wrapSpans(isHeader ? spans.map(({ text }) => ({ text, style: "heading" })) : spans, widths[i] ?? 1),
  );
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, y) => {
    const line: Line = [];
    for (const [i, lines] of columns.entries()) {
      const cell = lines[y] ?? [];
      if (i > 0) line.push({ text: " │ ", style: "dim" });
      line.push(...cell);
      const missing = (widths[i] ?? 0) - lineWidth(cell);
      if (i < columns.length - 1 && missing > 0) line.push({ text: " ".repeat(missing) });
    }
    return line;
  });
}

/** A column does not break words that are at most this long. */
const LONGEST_WORD = 24;

/** The width that each column wants. If there is not enough room, the widest columns shrink first. */
function columnWidths(cells: readonly Span[][][], room: number): number[] {
  const columns = (cells[0] ?? []).map((_, i) => cells.map((row) => row[i] ?? []));
  const widths = columns.map((column) => Math.max(1, ...column.map(lineWidth)));
  const words = columns.map((column) => Math.min(LONGEST_WORD, Math.max(1, ...column.map(longestWord))));
  shrink(widths, words, room);
  shrink(
    widths,
    widths.map(() => 6),
    room,
  );
  return widths;
}

/** Makes the widest column narrower until all fit, or each has its least width. */
function shrink(widths: number[], least: readonly number[], room: number): void {
  while (widths.reduce((sum, width) => sum + width, 0) > room) {
    const wide = widths.map((width, i) => (width > (least[i] ?? 0) ? width : 0));
    const widest = Math.max(...wide);
    if (widest === 0) return;
    widths[wide.indexOf(widest)] = widest - 1;
  }
}

function longestWord(spans: readonly Span[]): number {
  return Math.max(
    ...textOf([...spans])
      .split(" ")
      .map(widthOf),
  );
}

/** Formats the text within a line. */
function inline(tokens: readonly Token[], view: View, style?: Style): Span[] {
  return (tokens as readonly MarkedToken[]).flatMap((token): Span[] => {
    switch (token.type) {
      case "strong":
        return inline(token.tokens, view, "strong");
      case "em":
        return inline(token.tokens, view, style ?? "emphasis");
      case "del":
        return inline(token.tokens, view, style);
      case "codespan":
        return [{ text: printableText(token.text), style: "code" }];
      case "br":
        return [{ text: "\n" }];
      case "link":
        return link(token, view, style);
      case "image":
        return [{ text: `[picture: ${printableText(token.text)}]`, style: "dim" }];
      case "html":
        return [];
      case "text":
      case "escape":
        if ("tokens" in token && token.tokens !== undefined) return inline(token.tokens, view, style);
        return [{ text: printableText(decoded(token.text)).replaceAll("\n", " "), style }];
      default:
        return [];
    }
  });
}

function link({ href, tokens }: Tokens.Link, view: View, style: Style | undefined): Span[] {
  const spans = inline(tokens, view, style ?? "link");
  const target = printableText(targetOf(href, view));
  const text = textOf(spans);
  // The name of a page or a file already tells where the link leads.
  const isClause = target === "protocol" && /^P[0-9]{1,2}/.test(text);
  const isSaid = target === "" || isClause || target === `lesson ${text}` || target.endsWith(text);
  return isSaid ? spans : [...spans, { text: ` (${target})`, style: "dim" }];
}

/** Names the target of a link: a page by its name, any other file by its path from the course's folder. */
function targetOf(href: string, { file, nameOf, withAddresses }: View): string {
  if (/^[a-z]+:/.test(href)) return withAddresses === false ? "" : href;
  const [path = ""] = href.split("#");
  if (path === "") return "";
  const target = posix.normalize(posix.join(posix.dirname(file), path)).replace(/\/$/, "");
  const name = nameOf(target);
  if (name === undefined) return target;
  return /^[0-9]/.test(name) ? `lesson ${name}` : name;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": " ",
};

function decoded(text: string): string {
  return text.replace(/&(?:lt|gt|amp|quot|#39|nbsp);/g, (entity) => ENTITIES[entity] ?? entity);
}
