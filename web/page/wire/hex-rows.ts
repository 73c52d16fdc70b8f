// Bytes as rows of hexadecimal digits and text, and which part of a line each byte belongs to. Pure.

import type { LinePart } from "../../shared/wire.ts";

/** One byte as it is shown. */
export interface ShownByte {
  /** From 0, in the line. */
  place: number;
  /** Two hexadecimal digits. */
  hex: string;
  /** One character: printable ASCII, or a dot. */
  text: string;
  /** The index of its part; -1 if no part has it. */
  part: number;
}

/** Where a row begins, in the line. */
export function offsetText(row: number, columns: number): string {
  return (row * columns).toString(16).padStart(4, "0");
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
    hex: byte.toString(16).padStart(2, "0"),
    text: byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0x20 ? "\u00a0" : ".",
    part: partAt(parts, start + i),
  }));
}

/** The index of the part that holds a byte; -1 if none does. Parts follow one another. */
export function partAt(parts: readonly LinePart[], place: number): number {
  return parts.findIndex(({ offset, length }) => place >= offset && place < offset + length);
}

/** A byte as its eight bits, the one worth 128 first. */
export function bitsOf(byte: number): { bit: number; worth: number; isSet: boolean }[] {
  return [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => ({ bit, worth: 1 << bit, isSet: (byte & (1 << bit)) !== 0 }));
}

/** A byte in words: its hexadecimal digits, and its character if it has one. */
export function byteWords(byte: number): string {
  const hex = byte.toString(16).padStart(2, "0");
  return byte > 0x20 && byte < 0x7f ? `${hex}, \u201c${String.fromCharCode(byte)}\u201d` : hex;
}
