// The fenced blocks of a page, with the lines they stand in. Pure.

/** A fenced block. */
export interface Fence {
  /** The first word behind the backticks, e.g. "console"; empty if there is none. */
  language: string;
  /** What follows the first word. */
  info: string;
  /** The line of the opening fence, from 1. */
  line: number;
  /** The line of the closing fence; one behind the last if the fence is never closed. */
  end: number;
  /** What stands between the two. */
  content: string[];
  closed: boolean;
}

const OPENING = /^(`{3,}|~{3,})[ \t]*([^\s`]*)[ \t]*([^`]*)$/;

/** All fences of a page that begin at the margin, in order. */
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

/** At least as many marks as the opening has, of the same kind, and nothing else. */
function isClosing(line: string, marks: string): boolean {
  const trimmed = line.trimEnd();
  return trimmed.length >= marks.length && [...trimmed].every((character) => character === marks[0]);
}
