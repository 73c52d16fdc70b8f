// Lays out bytes that belong to fields in rows of eight. Pure.

import { character } from "../bytes.ts";

/** Bytes of one row that belong to the same field. */
export interface DumpPiece {
  field: number;
  /** Such as `7b 22 74 `. */
  hexadecimal: string;
  /** The same as text; a dot in the middle for what cannot be shown. */
  text: string;
}

export interface DumpRow {
  /** The position of its first byte. */
  position: number;
  pieces: DumpPiece[];
}

const PER_ROW = 8;

/** @param fields the bytes of each field, in hexadecimal */
export function dumpRows(fields: readonly string[]): DumpRow[] {
  const rows: DumpRow[] = [];
  let position = 0;
  for (const [field, bytes] of fields.entries()) {
    for (const byte of bytes.match(/../g) ?? []) {
      if (position % PER_ROW === 0) rows.push({ position, pieces: [] });
      const pieces = rows.at(-1)?.pieces ?? [];
      let piece = pieces.at(-1);
      if (piece?.field !== field) {
        piece = { field, hexadecimal: "", text: "" };
        pieces.push(piece);
      }
      piece.hexadecimal += `${byte} `;
      piece.text += character(Number.parseInt(byte, 16));
      position += 1;
    }
  }
  return rows;
}
