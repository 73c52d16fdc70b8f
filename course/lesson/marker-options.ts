// Reads the words of a marker in a page, such as `stream 2`, `data` and `5-12`. Pure.

import { MarkerError } from "./page-error.ts";

/** The numbers of the first and the last item, counted from 1. */
export interface Range {
  first: number;
  last: number;
}

export interface MarkerOptions {
  numbers: Map<string, number>;
  switches: Set<string>;
  range: Range;
}

/**
 * @param names of the options that have a number behind them
 * @param switches words that stand alone
 * @throws MarkerError for any other word
 */
export function readOptions(
  words: readonly string[],
  names: readonly string[],
  switches: readonly string[] = [],
): MarkerOptions {
  const options: MarkerOptions = {
    numbers: new Map(),
    switches: new Set(),
    range: { first: 1, last: Number.POSITIVE_INFINITY },
  };
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? "";
    const [, first, last] = /^([0-9]+)-([0-9]+)$/.exec(word) ?? [];
    const next = words[i + 1] ?? "";
    if (first !== undefined) options.range = { first: Number(first), last: Number(last) };
    else if (switches.includes(word)) options.switches.add(word);
    else if (names.includes(word) && /^[0-9]+$/.test(next)) {
      options.numbers.set(word, Number(next));
      i += 1;
    } else throw new MarkerError(`"${word}" is not understood here`);
  }
  return options;
}

/** Checks that a path stays inside of the course's folder. @throws MarkerError */
export function inside(path: string): string {
  if (path === "") throw new MarkerError("a file or a folder is missing");
  if (path.startsWith("/") || path.split("/").includes(".."))
    throw new MarkerError(`${path} is not in the course`);
  return path;
}
