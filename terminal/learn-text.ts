// Text for a terminal: how wide it is, cut, filled up and wrapped; styled text, too. Pure.

import { widthOf as columnsOf, textOf, printable as withoutControls, wrapSpans } from "./styled-text.ts";

/** An SGR sequence, which colours text and takes no room. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this pattern is about.
const STYLE = /\u001b\[[0-9;]*m/g;
const RESET = "\u001b[0m";

/** Text from elsewhere, fit for a line of a terminal. */
export function printable(text: string): string {
  return withoutControls(text.replaceAll("\n", "\uFFFD"));
}

/** The lines of a text from elsewhere, fit for a terminal. */
export function printableLines(text: string): string[] {
  return text
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .map(printable);
}

/** How many columns styled text takes. */
export function widthOf(text: string): number {
  return columnsOf(text.replace(STYLE, ""));
}

/** Cuts styled text to so many columns; an ellipsis says that there was more. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let shown = "";
  let room = Math.max(0, width - 1);
  let isStyled = false;
  for (const [piece] of text.matchAll(new RegExp(`${STYLE.source}|[\\s\\S]`, "gu"))) {
    if (piece.length > 1 && piece.startsWith("\u001b")) {
      shown += piece;
      isStyled = true;
      continue;
    }
    room -= columnsOf(piece);
    if (room < 0) break;
    shown += piece;
  }
  return `${shown}${width > 0 ? "…" : ""}${isStyled ? RESET : ""}`;
}

/** Styled text of exactly so many columns: cut, or filled up with blanks. */
export function column(text: string, width: number): string {
  const shown = cut(text, width);
  return shown + " ".repeat(Math.max(0, width - widthOf(shown)));
}

/** Wraps plain text at blanks, and inside of words that are too long. */
export function wrap(text: string, width: number): string[] {
  if (text.trim() === "") return [];
  return wrapSpans([{ text }], Math.max(1, width)).map(textOf);
}

/** Breaks a line of plain code that is too long, at blanks if there are any; what follows stands deeper than the line itself. */
export function wrapCode(line: string, width: number): string[] {
  const indentation = /^ */.exec(line)?.[0].length ?? 0;
  const deeper = " ".repeat(Math.min(indentation + 4, Math.floor(width / 2)));
  const lines: string[] = [];
  let rest = line;
  while (widthOf(rest) > width) {
    const fitting = [...rest];
    while (widthOf(fitting.join("")) > width) fitting.pop();
    const start = fitting.join("");
    const blank = start.lastIndexOf(" ");
    const end = start.slice(0, Math.max(0, blank)).trim() === "" ? start.length : blank;
    lines.push(rest.slice(0, end));
    rest = deeper + rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
