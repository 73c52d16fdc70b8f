// Fits what a program says about itself, its usage and its errors, to the width of the terminal: lines end between words.

import { wrap } from "./text.ts";

/** The narrowest right column, in columns of the terminal. In a narrower one, text goes on below the left column. */
const NARROWEST = 15;

/** Prints the usage of a program. */
export function printUsage(text: string): void {
  console.log(fitted(text, process.stdout.columns));
}

/** Prints a problem that the user can solve, on standard error. */
export function printError(text: string): void {
  console.error(fitted(text, process.stderr.columns));
}

/**
 * Breaks lines that are too wide, at blanks. A line with two columns, such as an option and what it does, goes on in its
 * right column; any other below its first word.
 * @param columns the width of the terminal; undefined: this is no terminal, and the text stays as it is
 */
export function fitted(text: string, columns: number | undefined): string {
  const lines = text.split("\n");
  if (columns === undefined || columns < 1 || lines.every((line) => line.length <= columns)) return text;
  return joined(lines)
    .flatMap((line) => fitLine(line, columns))
    .join("\n");
}

/** Puts lines together that were broken for another width. */
function joined(lines: readonly string[]): string[] {
  const whole: string[] = [];
  for (const line of lines) {
    const before = whole.at(-1);
    if (before !== undefined && continues(before, line)) whole.push(`${whole.pop()} ${line.trim()}`);
    else whole.push(line);
  }
  return whole;
}

/** Whether a line goes on with the one before: in its right column, or both are lines of a paragraph. */
function continues(before: string, line: string): boolean {
  if (before.trim() === "" || line.trim() === "") return false;
  const start = startOf(before);
  const indentation = startOf(line);
  if (/\S {2,}\S/.test(line)) return false; // It has two columns of its own.
  if (start > indentationOf(before)) return indentation === start;
  return start === 0 && indentation === 0 && !before.startsWith("usage:");
}

function fitLine(line: string, columns: number): string[] {
  if (line.length <= columns) return [line];
  const start = startOf(line);
  const left = line.slice(0, start);
  const isNarrow = columns - start < NARROWEST;
  const indentation = isNarrow ? Math.min(indentationOf(line) + 4, Math.max(0, columns - NARROWEST)) : start;
  const rows = wrap(line.slice(start), Math.max(1, columns - indentation));
  const below = rows.map((row) => " ".repeat(indentation) + row);
  return isNarrow
    ? [left.trimEnd(), ...below].filter((row) => row !== "")
    : [left + (rows[0] ?? ""), ...below.slice(1)];
}

/** Where the last column of a line begins, counted from 0; where the line begins, if it has no columns. */
function startOf(line: string): number {
  return /^ *(?:\S+(?: \S+)* {2,})+(?=\S)/.exec(line)?.[0].length ?? indentationOf(line);
}

function indentationOf(line: string): number {
  return line.length - line.trimStart().length;
}
