// Draws bytes with labels: for pages, and for people at a terminal. Makes text; prints nothing.

import { cut, wrap } from "../../terminal/text.ts";
import { hexDump } from "../explain/hex-dump.ts";
import type { LabelledBytes } from "../explain/line-bytes.ts";
import { MORE } from "../explain/readable.ts";

/** From this width on, there is room for 16 bytes in a row and for their labels, in columns. */
const WIDE = 110;

/** How to draw. */
export interface LabelledView {
  /** In columns, at least 60. */
  width: number;
  /** If a range has more rows than this, only its first two and its last row are shown. */
  mostRows: number;
}

/** The widths that all rows share. */
interface Layout {
  perRow: number;
  labelWidth: number;
  mostRows: number;
}

/** The rows of a table: the position of the bytes, the bytes in hexadecimal and as text, and their label. */
export function labelledRows(ranges: readonly LabelledBytes[], { width, mostRows }: LabelledView): string[] {
  const perRow = width < WIDE ? 8 : 16;
  const layout = { perRow, labelWidth: width - row(perRow, "", "", "", "|").length + 1, mostRows };
  const rows = [row(perRow, "byte", "hexadecimal", "text", "what it is")];
  let position = 0;
  for (const { bytes, label } of ranges) {
    for (const line of rangeRows(bytes, label, position, layout)) rows.push(line);
    position += bytes.length;
  }
  return rows;
}

function rangeRows(
  bytes: Buffer,
  label: string,
  position: number,
  { perRow, labelWidth, mostRows }: Layout,
): string[] {
  const cells = hexDump(bytes, perRow).map((line, i) => [
    String(position + i * perRow),
    line.slice(0, 3 * perRow - 1),
    line.slice(3 * perRow + 1),
  ]);
  if (cells.length > mostRows) {
    const last = cells.length - 1;
    const hidden = (last - 2) * perRow;
    cells.splice(2, last - 2, ["", `… ${hidden} bytes more …`, ""]);
  }
  const labels = wrap(label, labelWidth).map((line) => cut(line, labelWidth, MORE));
  const height = Math.max(cells.length, labels.length);
  return Array.from({ length: height }, (_, i) => {
    const [at = "", hexadecimal = "", text = ""] = cells[i] ?? [];
    return row(perRow, at, hexadecimal, text, labels[i] ?? "");
  });
}

function row(perRow: number, position: string, hexadecimal: string, text: string, label: string): string {
  const digits = hexadecimal.padEnd(3 * perRow - 1);
  return `${position.padStart(5)}  ${digits}  ${text.padEnd(perRow)}  ${label}`.trimEnd();
}
