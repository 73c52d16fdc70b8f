// Whether a terminal shows what a page says. Pure.

import { stripVTControlCharacters } from "node:util";
import { ELLIPSIS, matches } from "../../course/lesson/console-blocks.ts";

/** What moves the cursor to another place, or clears what stood there: a prompt makes room for a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins what this pattern is about.
const MOVES = /\u001b\[[0-9;]*[A-HJ]|\r/g;

/**
 * Whether all of these lines were printed, in whatever order: news of others come when they come.
 * @param expected lines of a page, in which `…` stands for any text, or, alone, for any lines. A number may be another one
 *   than in the page: that of a second message, or of another port.
 * @param printed what a program has written to a terminal
 */
export function showsAll(expected: readonly string[], printed: string): boolean {
  const lines = stripVTControlCharacters(printed.replaceAll(MOVES, "\n")).split("\n").map(asCompared);
  return expected
    .map(asCompared)
    .every((text) => text === "" || text === ELLIPSIS || lines.some((line) => matches(text, line)));
}

function asCompared(line: string): string {
  return line.trim().replaceAll(/[0-9]+/g, "0");
}
