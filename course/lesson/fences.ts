// Finds the fenced blocks of a page and their line numbers. Pure.

/** A fenced block. */
export interface Fence {
  /** The first word after the backticks, e.g. "console"; empty if there is none. */
  language: string;
  /** The text after the first word. */
  info: string;
  /** The number of the line that opens the block, from 1. */
  line: number;
  /** The number of the line that closes it; if it is never closed, one more than the last line. */
  end: number;
  /** The lines between them. */
  content: string[];
  closed: boolean;
}

const OPENING = /^(`{3,}|~{3,})[ \t]*([^\s`]*)[ \t]*([^`]*)$/;

/** All fenced blocks of a page that are not indented, in order. */
export function fencesOf(text: string): Fence[] {
  const lines = text.split("\n");
  const fences: Fence[] = [];
  let index = 0;
  while (index < lines.length) {
    const opening = OPENING.exec(lines[index] ?? "");
    if (opening === null) {
      index += 1;
      continue;
    }
    const [, marks = "", language = "", info = ""] = opening;
    const closing = lines.findIndex((line, i) => i > index && isClosing(line, marks));
    const end = closing === -1 ? lines.length : closing;
    fences.push({
      language,
      info: info.trim(),
      line: index + 1,
      end: end + 1,
      content: lines.slice(index + 1, end),
      closed: closing !== -1,
    });
    index = end + 1;
  }
  return fences;
}

/** Whether a line closes the block: it holds only marks of the same kind, at least as many as the opening line. */
function isClosing(line: string, marks: string): boolean {
  const trimmed = line.trimEnd();
  return trimmed.length >= marks.length && [...trimmed].every((character) => character === marks[0]);
}
