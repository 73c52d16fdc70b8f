// A line's bytes as text to show: in pieces by what a stranger sees of them, and what Mallory changed. Pure.

import type { Sight, Span, WireLine } from "../../shared/wire.ts";
import { fromBase64 } from "../bytes.ts";

/** A piece of text that looks one way. */
export interface Piece {
  text: string;
  sight: Sight;
}

/** Of structure, a row shows so many characters: there is more room for what was said. */
const MOST_STRUCTURE = 18;

/** So many letters are shown before and behind what was changed: enough for a number; of longer ones, so many. */
const MOST_AROUND = 4;
const FEW_AROUND = 2;
/** The most characters of what was changed. */
const MOST_CHANGED = 24;

const decoder = new TextDecoder();

/** Bytes as text that is safe to show: what is no text, and what nobody could see, becomes U+FFFD. */
function shownText(bytes: Uint8Array): string {
  return decoder.decode(bytes).replace(/\p{C}/gu, "\uFFFD");
}

/**
 * The first bytes of a line, in pieces; long structure is cut, so that there is room for what was said.
 * @param most how many bytes are shown; the LF at the end is not
 */
export function piecesOf(bytes: Uint8Array, spans: readonly Span[], most: number): Piece[] {
  const end = Math.min(most, bytes.at(-1) === 0x0a ? bytes.length - 1 : bytes.length);
  const pieces: Piece[] = [];
  let start = 0;
  for (const { length, sight } of spans) {
    const part = bytes.subarray(start, Math.min(start + length, end));
    if (part.length > 0) pieces.push({ text: shownText(part), sight });
    start += length;
  }
  return pieces.length === 1 ? pieces : pieces.map(shortened);
}

function shortened({ text, sight }: Piece): Piece {
  if (sight !== "known" || text.length <= MOST_STRUCTURE + 2) return { text, sight };
  return { text: `${text.slice(0, MOST_STRUCTURE)}\u2026`, sight };
}

/** What Mallory changed in a line, as words before and after: `100` and `900`. Undefined if nothing. */
export function changedWords(
  before: Uint8Array,
  after: Uint8Array,
): { before: string; after: string } | undefined {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start += 1;
  if (start === before.length && start === after.length) return undefined;
  let behind = 0;
  while (behind < shortest - start && before.at(-1 - behind) === after.at(-1 - behind)) behind += 1;
  const ahead = lettersBack(before, start);
  const following = lettersAhead(before, before.length - behind);
  const cut = (bytes: Uint8Array): string =>
    shownText(
      bytes.subarray(start - ahead, Math.min(bytes.length - behind + following, start + MOST_CHANGED)),
    );
  return { before: cut(before), after: cut(after) };
}

/** What stands on a packet: what the line says; and if Mallory changed it, how. @param most how many characters */
export function packetText(
  { words, bytes, changed }: Pick<WireLine, "words" | "bytes" | "changed">,
  most: number,
): string {
  const cut = (text: string, length: number): string =>
    text.length > length ? `${text.slice(0, length)}\u2026` : text;
  const difference = changed === undefined ? undefined : changedWords(fromBase64(bytes), fromBase64(changed));
  if (difference === undefined) return cut(words, most);
  const { before, after } = difference;
  return `${cut(words, most / 2)} (${cut(before, most / 4)} \u2192 ${cut(after, most / 4)})`;
}

/** How many letters and digits stand directly before a place. */
function lettersBack(bytes: Uint8Array, place: number): number {
  let count = 0;
  while (count <= MOST_AROUND && isLetter(bytes[place - count - 1])) count += 1;
  return shortInSealed(count);
}

function shortInSealed(count: number): number {
  return count > MOST_AROUND ? FEW_AROUND : count;
}

/** How many letters and digits stand there and directly behind. */
function lettersAhead(bytes: Uint8Array, place: number): number {
  let count = 0;
  while (count <= MOST_AROUND && isLetter(bytes[place + count])) count += 1;
  return shortInSealed(count);
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && /[A-Za-z0-9]/.test(String.fromCharCode(byte));
}
