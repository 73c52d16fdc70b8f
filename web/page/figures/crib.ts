// Guessing a piece of text (a crib) in lines that are XORed with one repeated key: what the guess says of the key, and what the
// key says of the other lines (lesson 03-11). Pure.

import { fromHex } from "../bytes.ts";

/** The key of the toy cipher has 32 bytes, and starts anew in every line (P5.1). */
export const KEY_BYTES = 32;

/** What is known of the key: a byte, or undefined, for each of its 32 places. */
export type PartialKey = readonly (number | undefined)[];

export const NOTHING_KNOWN: PartialKey = Array.from({ length: KEY_BYTES }, () => undefined);

/** A line that is sealed with the toy cipher. */
export interface SealedLine {
  /** Its number in the recording. */
  number: number;
  from: string;
  bytes: Uint8Array;
}

/** Seven lines of captures/03-dh-chat.pcap, stream 2, as they stand on the wire. */
export const SEALED_LINES: readonly SealedLine[] = [
  sealed(
    5,
    "alice",
    "b40bb0fc8e80698931649d86f831cf934f203e626612c43be48281d078fcb2b9ed41a1e9928a679351669ad7f6",
  ),
  sealed(6, "bob", "b40bb0fc8e80698931689b9ea97c8a9f092e263a7f"),
  sealed(
    11,
    "bob",
    "b40bb0fc8e80698931649d86f831cf934f203e626612c438e48281d078fcb2b9ed5dace0de8624d776299e9af970dc9e082c78646d42de63bb80c78231b0b2fe",
  ),
  sealed(
    13,
    "alice",
    "b40bb0fc8e80698931649d86f831cf934f203e626612c439e48281d078fcb2b9ed5dace4908e389d33479782ab24c0934d7c7d726f55907ebb8288",
  ),
  sealed(
    17,
    "alice",
    "b40bb0fc8e80698931649d86f831cf934f203e626612c43ee48281d078fcb2b9ed59a5fcded47b83337d97d5e831da99012e61",
  ),
  sealed(
    21,
    "alice",
    "b40bb0fc8e80698931649d86f831cf934f203e626612c43fe48281d078fcb2b9ed59a5fcded47b83337d97d5e831da99012e61",
  ),
  sealed(49, "alice", "b40bb0fc8e806989316b8190a92d"),
];

function sealed(number: number, from: string, digits: string): SealedLine {
  return { number, from, bytes: fromHex(digits) };
}

/**
 * The key bytes that follow if this text stands at this place of the line: ciphertext XOR text.
 * @param position from 0 to the length of the line less that of the text
 * @returns undefined if the text is longer than the key and asks for two values of one byte: it does not stand there
 */
export function keyFrom(line: Uint8Array, text: Uint8Array, position: number): PartialKey | undefined {
  const key = [...NOTHING_KNOWN];
  for (const [i, character] of text.entries()) {
    const place = (position + i) % KEY_BYTES;
    const byte = (line[position + i] ?? 0) ^ character;
    if (key[place] !== undefined && key[place] !== byte) return undefined;
    key[place] = byte;
  }
  return key;
}

/** What of a line can be read with what is known of the key. */
export function open(line: Uint8Array, key: PartialKey): (number | undefined)[] {
  return Array.from(line, (byte, i) => {
    const keyByte = key[i % KEY_BYTES];
    return keyByte === undefined ? undefined : byte ^ keyByte;
  });
}

/** The bytes of both; where both know one, that of the first. */
export function together(one: PartialKey, other: PartialKey): PartialKey {
  return one.map((byte, i) => byte ?? other[i]);
}

export function knownBytes(key: PartialKey): number {
  return key.filter((byte) => byte !== undefined).length;
}

/** Whether a byte is what chat lines are made of: letters, digits, spaces, and the signs of JSON and of sentences. */
export function isOfText(byte: number): boolean {
  return /[A-Za-z0-9 {}":,.?!']/.test(String.fromCharCode(byte));
}

/** How many bytes open, and how many of them are characters of a text. */
export interface Fit {
  opened: number;
  ofText: number;
}

/** Tries a key on lines. */
export function fitOf(lines: readonly Uint8Array[], key: PartialKey): Fit {
  const opened = lines.flatMap((line) => open(line, key)).filter((byte) => byte !== undefined);
  return { opened: opened.length, ofText: opened.filter(isOfText).length };
}

/**
 * How well a guess fits at each place of a line, from 0 to 1: the share of what opens in the other lines that is text.
 * (In the line itself the guess is always what one has guessed.)
 */
export function fitsAlong(
  lines: readonly SealedLine[],
  chosen: number,
  text: Uint8Array,
): { position: number; share: number }[] {
  const line = lines[chosen]?.bytes ?? new Uint8Array();
  const others = lines.filter((_, i) => i !== chosen).map(({ bytes }) => bytes);
  const places = Math.max(0, line.length - text.length + 1);
  return Array.from({ length: places }, (_, position) => {
    const key = keyFrom(line, text, position);
    const { opened, ofText } = key === undefined ? { opened: 0, ofText: 0 } : fitOf(others, key);
    return { position, share: opened === 0 ? 0 : ofText / opened };
  });
}

/** Whether a line opens to an object in JSON, as every line of a chat is: the proof that the whole key is right. */
export function isJsonLine(line: Uint8Array, key: PartialKey): boolean {
  const opened = open(line, key);
  if (opened.includes(undefined)) return false;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      Uint8Array.from(opened, (byte) => byte ?? 0),
    );
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
