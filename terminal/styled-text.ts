// Text for a terminal, in parts that look different, and how wide it is there. Pure.

import { styleText } from "node:util";

const FORMATS = {
  title: ["bold", "underline"],
  heading: "bold",
  strong: "bold",
  emphasis: "italic",
  code: "cyan",
  link: "underline",
  dim: "dim",
  command: "green",
  typed: "green",
  added: "green",
  removed: "red",
  changed: "cyan",
  warning: "yellow",
  selected: "inverse",
} as const satisfies Record<string, Parameters<typeof styleText>[0]>;

export type Style = keyof typeof FORMATS;

/** Some text that looks the same throughout. */
export interface Span {
  text: string;
  style?: Style | undefined;
}

/** One line of the terminal. It holds no line feed. */
export type Line = Span[];

/** A line without styles. */
export function plain(text: string, style?: Style): Line {
  return text === "" ? [] : [{ text, style }];
}

/** The line as bytes for a terminal; without colours: the text alone. */
export function paint(line: Line, coloured: boolean): string {
  return line
    .map(({ text, style }) => (coloured && style !== undefined ? styleText(FORMATS[style], text) : text))
    .join("");
}

export function textOf(line: Line): string {
  return line.map(({ text }) => text).join("");
}

/** Characters that a terminal shows two columns wide: those of East Asia, and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
/** Characters that stand above or below the one before them. */
const WITHOUT_WIDTH = /\p{Mn}|\p{Me}|\u200d/u;

/** In columns of a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (WIDE.test(character)) width += 2;
    else if (!WITHOUT_WIDTH.test(character)) width += 1;
  }
  return width;
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** Control characters, which a terminal would obey, and those that change the direction of text; LF and tab stay. */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this pattern is about.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/g;

/** Text from a file, made safe to show: every unsafe character becomes U+FFFD, a tab two blanks. */
export function printable(text: string): string {
  return text.replace(UNSAFE, "\uFFFD").replaceAll("\t", "  ");
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
