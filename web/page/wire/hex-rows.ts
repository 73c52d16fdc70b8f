// Bytes as rows of hexadecimal digits and text, and which part of a line each byte belongs to. Pure.

import type { LinePart } from "../../shared/wire.ts";
import { character, hexByte } from "../bytes.ts";

/** One byte as it is shown. */
export interface ShownByte {
  /** From 0, in the line. */
  place: number;
  /** Two hexadecimal digits. */
  hex: string;
  /** One character: printable ASCII, or a dot in the middle. */
  text: string;
  /** The index of its part; -1 if no part has it. */
  part: number;
}

/** The bytes of one row. */
export function bytesOfRow(
  bytes: Uint8Array,
  parts: readonly LinePart[],
  row: number,
  columns: number,
): ShownByte[] {
  const start = row * columns;
  return [...bytes.subarray(start, start + columns)].map((byte, i) => ({
    place: start + i,
    hex: hexByte(byte),
    // A browser gives no width to an ordinary space that stands alone.
    text: byte === 0x20 ? "\u00a0" : character(byte),
    part: partAt(parts, start + i),
  }));
}

/** The index of the part that holds a byte; -1 if none does. Parts follow one another. */
export function partAt(parts: readonly LinePart[], place: number): number {
  return parts.findIndex(({ offset, length }) => place >= offset && place < offset + length);
}

/**
 * Whether a byte with one bit flipped is still of its kind, so that the line can be read: a hexadecimal digit, another
 * letter of a token, or something else that is printed and does not end a text.
 */
export function staysReadable(byte: number, bit: number, type: string): boolean {
  const kinds: Readonly<Record<string, RegExp>> = {
    xored: /[0-9a-f]/,
    sealed: /[0-9a-f]/,
    token: /[\w-]/,
    question: /[0-9]/,
    message: /[ !#-[\]-~]/,
  };
  return kinds[type]?.test(String.fromCharCode(byte ^ (1 << bit))) ?? false;
}

/** A byte as its eight bits, the one worth 128 first. */
export function bitsOf(byte: number): { bit: number; worth: number; isSet: boolean }[] {
  return [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => ({ bit, worth: 1 << bit, isSet: (byte & (1 << bit)) !== 0 }));
}

/** A byte in words: its hexadecimal digits, and its character if it has one. */
export function byteWords(byte: number): string {
  const isSeen = byte > 0x20 && byte < 0x7f;
  return isSeen ? `${hexByte(byte)}, \u201c${character(byte)}\u201d` : hexByte(byte);
}
