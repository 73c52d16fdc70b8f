// Shows bytes to people: in hexadecimal on the left, as text on the right. Pure.

/** A row for each `perRow` bytes: hexadecimal, two blanks, and ASCII with a dot for other bytes. */
export function hexDump(bytes: Buffer, perRow: number): string[] {
  const rows: string[] = [];
  for (let start = 0; start < bytes.length; start += perRow) {
    const row = bytes.subarray(start, start + perRow);
    const digits = [...row].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    rows.push(`${digits.padEnd(3 * perRow - 1)}  ${row.toString("latin1").replace(/[^ -~]/g, ".")}`);
  }
  return rows;
}
