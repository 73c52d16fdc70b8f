// Text for a terminal in pieces with different styles: painted, cut and wrapped. Pure.

import type { Paint, Style } from "./paint.ts";
import { widthOf } from "./widths.ts";

/** A piece of text in one style. */
export interface Span {
  text: string;
  style?: Style | undefined;
}

/** One line on the terminal. It contains no line feed. */
export type Line = Span[];

/** A line with at most one style. */
export function plainLine(text: string, style?: Style): Line {
  return text === "" ? [] : [{ text, style }];
}

/** The line as a string for a terminal. */
export function paintLine(line: Line, paint: Paint): string {
  return line.map(({ text, style }) => (style === undefined ? text : paint(style, text))).join("");
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join("");
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** Cuts a line after at most `width` columns. @returns both parts */
export function cutLine(line: Line, width: number): [Line, Line] {
  const first: Line = [];
  const rest: Line = [];
  let left = width;
  for (const { text, style } of line) {
    let fitting = "";
    let remaining = "";
    for (const character of text) {
      const columns = widthOf(character);
      if (remaining === "" && rest.length === 0 && columns <= left) {
        fitting += character;
        left -= columns;
      } else remaining += character;
    }
    if (fitting !== "") first.push({ text: fitting, style });
    if (remaining !== "") rest.push({ text: remaining, style });
  }
  return [first, rest];
}

/**
 * Breaks text at blanks into lines of at most `width` columns, and cuts words that are longer. A span that is only a
 * line feed starts a new line.
 */
export function wrapSpans(spans: readonly Span[], width: number): Line[] {
  const lines: Line[] = [];
  let line: Line = [];
  const finish = (): void => {
    lines.push(line);
    line = [];
  };
  for (const word of wordsOf(spans)) {
    if (word === "break") {
      finish();
      continue;
    }
    const needed = lineWidth(word.parts) + (line.length > 0 ? 1 : 0);
    if (line.length > 0 && lineWidth(line) + needed > width) finish();
    if (line.length > 0) line.push({ text: " ", style: word.blank });
    let rest = word.parts;
    while (lineWidth(rest) > width) {
      const [first, behind] = cutLine(rest, Math.max(1, width));
      if (first.length === 0) break;
      line.push(...first);
      finish();
      rest = behind;
    }
    line.push(...rest);
  }
  if (line.length > 0 || lines.length === 0) finish();
  return lines;
}

interface Word {
  parts: Line;
  /** The style of the blank before the word: the style of its two neighbours if they have the same one. */
  blank: Style | undefined;
}

function* wordsOf(spans: readonly Span[]): Generator<Word | "break"> {
  let parts: Line = [];
  let before: Style | undefined;
  let blank: Style | undefined;
  const word = (): Word => {
    const made = { parts, blank };
    parts = [];
    blank = undefined;
    return made;
  };
  for (const { text, style } of spans) {
    if (text === "\n") {
      if (parts.length > 0) yield word();
      yield "break";
      continue;
    }
    for (const piece of text.split(/([ \n]+)/)) {
      if (piece === "") continue;
      if (!/^[ \n]+$/.test(piece)) {
        parts.push({ text: piece, style });
        before = style;
        continue;
      }
      if (parts.length > 0) yield word();
      blank = before === style ? style : undefined;
    }
  }
  if (parts.length > 0) yield word();
}
