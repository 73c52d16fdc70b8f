// Makes of bytes and words what is sent to a page: bounded, and without characters that nobody sees. Pure.

import { MORE, readable } from "../../../captures/explain/readable.ts";
import { MOST_TEXT } from "../../shared/captures.ts";

/** A character has up to four bytes. */
const BYTES_PER_CHARACTER = 4;

/** Cuts a text to what a row may have. */
export function short(text: string, most = MOST_TEXT): string {
  return text.length <= most ? text : text.slice(0, most - MORE.length) + MORE;
}

/** The beginning of bytes as text that is safe to show. */
export function shown(bytes: Buffer, most = MOST_TEXT): string {
  const beginning = bytes.subarray(0, most * BYTES_PER_CHARACTER);
  const text = readable(beginning);
  return text.length <= most && beginning.length < bytes.length
    ? text.slice(0, -1) + MORE
    : short(text, most);
}
