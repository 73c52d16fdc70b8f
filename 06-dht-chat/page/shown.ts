// How names and texts of others are shown: as text, with nothing in it that a browser obeys (P3.4, P10.13). Pure.

import { printable } from "../printable.ts";

/** Marks of direction and separators of lines that `printable` leaves to terminals. In a page they hide or move text. */
const HIDDEN = /[\u061c\u200e\u200f\u2028\u2029\ufeff]/g;

/** A name in one line. Every control and bidirectional character becomes U+FFFD, so that it is seen. */
export function shown(name: string): string {
  return printable(name).replace(HIDDEN, "\uFFFD");
}

/** A text, which may have several lines. All else is as in a name. */
export function shownText(text: string): string {
  return text
    .split(/\r\n|\n/)
    .map(shown)
    .join("\n");
}
