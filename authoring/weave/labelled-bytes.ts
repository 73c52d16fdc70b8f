// Formats bytes with labels for a page. Pure.

import { hexDump } from "../../captures/explain/hex-dump.ts";
import { wrap } from "../../terminal/text.ts";

/** A range of bytes, and its meaning. */
export interface LabelledBytes {
  bytes: Buffer;
  label: string;
}

/** With eight bytes per row, the labels still fit into 78 columns. */
const BYTES_PER_ROW = 8;
const LABEL_WIDTH = 37;

/** If a range has more rows than this, only its first two and its last row are shown. */
const MOST_ROWS = 4;

/** The rows of a table: the position of the bytes, the bytes in hexadecimal and as text, and their label. */
export function labelledRows(ranges: readonly LabelledBytes[]): string[] {
  const rows = [row("byte", "hexadecimal", "text", "what it is")];
  let position = 0;
  for (const { bytes, label } of ranges) {
    rows.push(...rangeRows(bytes, label, position));
    position += bytes.length;
  }
  return rows;
}

function rangeRows(bytes: Buffer, label: string, position: number): string[] {
  const dump = hexDump(bytes, BYTES_PER_ROW).map((line) => ({
    hexadecimal: line.slice(0, 3 * BYTES_PER_ROW - 1),
    text: line.slice(3 * BYTES_PER_ROW + 1),
  }));
  const cells = dump.map(({ hexadecimal, text }, i) => [
    String(position + i * BYTES_PER_ROW),
    hexadecimal,
    text,
  ]);
  if (cells.length > MOST_ROWS) {
    const last = cells.length - 1;
    const hidden = (last - 2) * BYTES_PER_ROW;
    cells.splice(2, last - 2, ["", `… ${hidden} bytes more …`, ""]);
  }
  const labels = wrap(label, LABEL_WIDTH);
  const height = Math.max(cells.length, labels.length);
  return Array.from({ length: height }, (_, i) => {
    const [at = "", hexadecimal = "", text = ""] = cells[i] ?? [];
    return row(at, hexadecimal, text, labels[i] ?? "");
  });
}

function row(position: string, hexadecimal: string, text: string, label: string): string {
  const digits = hexadecimal.padEnd(3 * BYTES_PER_ROW - 1);
  return `${position.padStart(5)}  ${digits}  ${text.padEnd(BYTES_PER_ROW)}  ${label}`.trimEnd();
}
