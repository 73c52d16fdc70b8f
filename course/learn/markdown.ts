// Markdown as lines for a terminal: headings, paragraphs, lists, code, tables, quotes. Pure.

import { lexer, type Token, type Tokens } from "marked";
import type { Paint, PaintKind } from "./paint.ts";
import { column, printable, printableLines, widthOf, wrapCode, wrapWords } from "./text.ts";

const INDENT = "  ";
/** Longer lines are hard to read: the eye loses the next one. */
const MOST_COLUMNS = 100;

/** A text in the middle of a line, in one style. */
interface Run {
  text: string;
  kind: PaintKind | undefined;
}

/** @param width in columns */
export function renderMarkdown(markdown: string, width: number, paint: Paint): string[] {
  const lines = renderBlocks(lexer(markdown), width, paint);
  while (lines.at(-1) === "") lines.pop();
  return lines;
}

function renderBlocks(tokens: readonly Token[], width: number, paint: Paint): string[] {
  const blocks = tokens.map((token) => renderBlock(token, width, paint)).filter((lines) => lines.length > 0);
  return blocks.flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

function renderBlock(token: Token, width: number, paint: Paint): string[] {
  switch (token.type) {
    case "heading":
      return wrapRuns(runsFor(token.tokens ?? [], paint), width, (_, text) => paint("heading", text));
    case "paragraph":
    case "text":
      return wrapRuns(runsFor(token.tokens ?? [token], paint), width, paint);
    case "code":
      return printableLines(String(token.text))
        .flatMap((line) => wrapCode(INDENT + line, width))
        .map((line) => paint("code", line));
    case "list":
      return renderList(token as Tokens.List, width, paint);
    case "table":
      return renderTable(token as Tokens.Table, width, paint);
    case "blockquote":
      return renderBlocks(token.tokens ?? [], width - 2, paint).map((line) => `${paint("dim", "│")} ${line}`);
    case "hr":
      return [paint("dim", "─".repeat(width))];
    default:
      return []; // Blank lines, and HTML: comments and <details>, which mean nothing in a terminal.
  }
}

function renderList(list: Tokens.List, width: number, paint: Paint): string[] {
  return list.items.flatMap((item, index) => {
    const mark = list.ordered ? `${Number(list.start || 1) + index}. ` : "- ";
    const lines = renderBlocks(item.tokens, width - mark.length, paint);
    const shown = lines.map((line, row) => (row === 0 ? mark : " ".repeat(mark.length)) + line);
    return list.loose && index > 0 ? ["", ...shown] : shown;
  });
}

/** Columns as wide as their longest cell, if there is room; else all cells are wrapped in columns of a fair share. */
function renderTable(table: Tokens.Table, width: number, paint: Paint): string[] {
  const rows = [table.header, ...table.rows].map((row) => row.map((cell) => runsFor(cell.tokens, paint)));
  const wanted = table.header.map((_, index) =>
    Math.max(...rows.map((row) => widthOf(row[index]?.map(({ text }) => text).join("") ?? ""))),
  );
  const widths = shareOf(wanted, width - 2 * (wanted.length - 1));
  return rows.flatMap((row, rowIndex) => {
    const cells = row.map((runs, index) => wrapRuns(runs, widths[index] ?? 1, paint));
    const height = Math.max(1, ...cells.map((lines) => lines.length));
    const lines = Array.from({ length: height }, (_, line) =>
      cells
        .map((cell, index) => column(cell[line] ?? "", widths[index] ?? 1))
        .join("  ")
        .trimEnd(),
    );
    return rowIndex === 0
      ? [
          ...lines.map((line) => paint("heading", line)),
          paint("dim", "─".repeat(Math.min(width, sum(widths) + 2 * (widths.length - 1)))),
        ]
      : lines;
  });
}

/** Columns that want less than the fair share get it; the others share what is left. */
function shareOf(wanted: readonly number[], room: number): number[] {
  const widths = [...wanted];
  while (sum(widths) > room) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= 4) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Without colours, code is told from words by the marks that it has in the source. */
function runsFor(tokens: readonly Token[], paint: Paint): Run[] {
  const runs = runsOf(tokens);
  if (paint("code", "x") !== "x") return runs;
  return runs.map((run) => (run.kind === "code" ? { ...run, text: `\`${run.text}\`` } : run));
}

function runsOf(tokens: readonly Token[], kind?: PaintKind): Run[] {
  return tokens.flatMap((token): Run[] => {
    switch (token.type) {
      case "strong":
      case "em":
      case "del":
        return runsOf(token.tokens ?? [], token.type === "strong" ? "heading" : kind);
      case "codespan":
        return [{ text: String(token.text), kind: "code" }];
      case "link":
        return linkRuns(token as Tokens.Link, kind);
      case "br":
        return [{ text: "\n", kind }];
      case "html":
        return [];
      default:
        if ("tokens" in token && token.tokens !== undefined) return runsOf(token.tokens, kind);
        return [{ text: plainText(token), kind }];
    }
  });
}

/** marked leaves the entities of HTML in texts as they are. */
function plainText(token: Token): string {
  const text = "text" in token ? String(token.text) : token.raw;
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}

/** A link that leads out of the course's folder shows where. */
function linkRuns(link: Tokens.Link, kind: PaintKind | undefined): Run[] {
  const runs = runsOf(link.tokens, kind);
  const isShown = !/^https?:/.test(link.href) || link.text === link.href;
  return isShown ? runs : [...runs, { text: ` (${link.href})`, kind }];
}

/** Cuts runs into words, each painted by itself, and wraps them. */
function wrapRuns(runs: readonly Run[], room: number, paint: Paint): string[] {
  const width = Math.min(room, MOST_COLUMNS);
  const lines: string[] = [];
  let words: string[] = [];
  let word = "";
  const endWord = (): void => {
    if (word !== "") words.push(word);
    word = "";
  };
  for (const { text, kind } of runs) {
    for (const piece of text.split(/(\s+)/)) {
      if (text === "\n") {
        endWord();
        lines.push(...wrapWords(words, width));
        words = [];
        break;
      }
      if (/^\s+$/.test(piece)) endWord();
      else if (piece !== "") word += kind === undefined ? printable(piece) : paint(kind, printable(piece));
    }
  }
  endWord();
  return [...lines, ...wrapWords(words, width)];
}
