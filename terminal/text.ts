// Fits text into columns: cuts it, pads it, wraps it. All but wrapping works for coloured text, too. Pure.

import { textOf, wrapSpans } from "./styled-text.ts";
import { SGR, widthOf } from "./widths.ts";

const RESET = "\u001b[0m";

/**
 * Cuts text to at most this many columns.
 * @param more is put at the end of a text that was cut
 */
export function cut(text: string, width: number, more = "…"): string {
  if (widthOf(text) <= width) return text;
  let shown = "";
  let room = Math.max(0, width - widthOf(more));
  let isStyled = false;
  for (const [piece] of text.matchAll(new RegExp(`${SGR.source}|[\\s\\S]`, "gu"))) {
    if (piece.length > 1 && piece.startsWith("\u001b")) {
      shown += piece;
      isStyled = true;
      continue;
    }
    room -= widthOf(piece);
    if (room < 0) break;
    shown += piece;
  }
  return `${shown}${width > 0 ? more : ""}${isStyled ? RESET : ""}`;
}

/** Makes text exactly this many columns wide: cuts it, or fills it up with blanks. */
export function column(text: string, width: number, more?: string): string {
  const shown = cut(text, width, more);
  return shown + " ".repeat(Math.max(0, width - widthOf(shown)));
}

/** Wraps plain text at blanks, and cuts words that are too long. */
export function wrap(text: string, width: number): string[] {
  if (text.trim() === "") return [];
  return wrapSpans([{ text }], Math.max(1, width)).map(textOf);
}

/** Breaks a line of code that is too long, at blanks if possible. The rest is indented deeper. */
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
