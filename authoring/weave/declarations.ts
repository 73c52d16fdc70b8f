// Finds a declaration in one of our files by its name. Pure.
//
// It does not parse TypeScript. It relies on our formatter: the lines of a declaration are indented deeper than its
// first line, and its last line begins with a closing bracket at the same depth as the first.

import { PLACEHOLDER } from "../../course/lesson/hidden-solutions.ts";
import { MarkerError } from "../../course/lesson/page-error.ts";

/** The first line of a declaration, and the line after its last one, both counted from 0. */
export interface Place {
  start: number;
  end: number;
}

const KINDS = "(?:async function\\*?|function\\*?|abstract class|class|const|let|interface|type)";
const MODIFIERS = "(?:(?:public|private|static|readonly|override|async|get|set) )*";

/**
 * Finds a declaration together with the comments above it.
 * @param name `reply`, or `LineReader.push` for a member of a class
 * @throws MarkerError if there is none, or more than one
 */
export function findDeclaration(lines: readonly string[], name: string): Place {
  const [outer = "", member] = name.split(/\.(.*)/s);
  const place = only(lines, topLevel(outer), "", { start: 0, end: lines.length }, outer);
  if (member === undefined) return withComments(lines, place);
  return withComments(lines, only(lines, ofClass(member), "  ", place, name));
}

function topLevel(name: string): RegExp {
  return new RegExp(`^(?:export )?${KINDS} ?${escaped(name)}(?![\\w$])`);
}

function ofClass(name: string): RegExp {
  return new RegExp(`^ {2}${MODIFIERS}\\*?${escaped(name)}(?=[(<:=;?!]| =)`);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function only(
  lines: readonly string[],
  pattern: RegExp,
  indentation: string,
  within: Place,
  name: string,
): Place {
  const starts = lines.flatMap((line, i) =>
    i >= within.start && i < within.end && pattern.test(line) ? [i] : [],
  );
  const [start] = starts;
  if (start === undefined) throw new MarkerError(`there is no declaration of ${name} outside of solutions`);
  if (starts.length > 1) throw new MarkerError(`${name} is declared ${starts.length} times`);
  return { start, end: endOf(lines, start, indentation) };
}

/** The number of the line after the declaration that begins at `start`. */
function endOf(lines: readonly string[], start: number, indentation: string): number {
  const first = lines[start] ?? "";
  if (opensTemplate(first)) return lines.findIndex((line, i) => i > start && opensTemplate(line)) + 1;
  if (/[;}]$/.test(first)) return start + 1;
  const isDeeper = (line: string): boolean => line === "" || line.startsWith(`${indentation} `);
  // A type or value that begins on the next line has no closing bracket: it ends with a semicolon.
  const hasBrackets = /[{([<]$/.test(first);
  for (let i = start + 1; i < lines.length; i += 1) {
    const line = lines[i] ?? "";
    if (hasBrackets) {
      // A line such as `): string {` closes the parameters but opens the body, so it is not the end.
      if (!isDeeper(line) && /[;}]$/.test(line)) return i + 1;
    } else if (
      line.endsWith(";") &&
      (!isDeeper(line) || !isDeeper(lines[i + 1] ?? "x") || lines[i + 1] === "")
    ) {
      return i + 1;
    }
  }
  return lines.length;
}

/** Whether a template text of several lines begins or ends in this line: it has an odd number of backticks. */
function opensTemplate(line: string): boolean {
  return (line.match(/`/g)?.length ?? 0) % 2 === 1;
}

function withComments(lines: readonly string[], { start, end }: Place): Place {
  let first = start;
  while (first > 0 && isComment(lines[first - 1] ?? "")) first -= 1;
  return { start: first, end };
}

function isComment(line: string): boolean {
  const text = line.trimStart();
  return /^(?:\/\/|\/\*|\*)/.test(text) && !text.startsWith(PLACEHOLDER);
}

/** Removes the indentation that all lines share. */
export function dedent(lines: readonly string[]): string[] {
  const depths = lines.filter((line) => line !== "").map((line) => line.length - line.trimStart().length);
  const depth = Math.min(...depths, Number.MAX_SAFE_INTEGER);
  return lines.map((line) => line.slice(depth));
}
