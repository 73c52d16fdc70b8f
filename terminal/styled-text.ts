// Text for a terminal in parts that look different: painted, cut and wrapped. Pure.

import type { Paint, Style } from "./paint.ts";
import { widthOf } from "./widths.ts";

/** Some text that looks the same throughout. */
export interface Span {
  text: string;
  style?: Style | undefined;
}

/** One line of the terminal. It holds no line feed. */
export type Line = Span[];

/** A line without styles. */
export function plainLine(text: string, style?: Style): Line {
  return text === "" ? [] : [{ text, style }];
}

/** The line as bytes for a terminal. */
export function paintLine(line: Line, paint: Paint): string {
  return line.map(({ text, style }) => (style === undefined ? text : paint(style, text))).join("");
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join("");
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** The beginning of a line that fits into `width` columns, and the rest. */
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
 * Breaks text at blanks into lines of at most `width` columns; a word that is longer is cut. A line feed in a span of its
 * own breaks the line.
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
  /** The style of the blank before it: the one of both its neighbours, if they have the same. */
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
