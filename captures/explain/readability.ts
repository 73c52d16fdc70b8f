// Measures how readable bytes are, with two numbers that tell text from random bytes. Pure.

/** The share of bytes that are printable ASCII, tab, LF or CR: from 0 to 1, and 0 for no bytes. */
export function printableShare(bytes: Buffer): number {
  if (bytes.length === 0) return 0;
  let printable = 0;
  for (const byte of bytes) {
    if ((byte >= 0x20 && byte <= 0x7e) || byte === 0x09 || byte === 0x0a || byte === 0x0d) printable += 1;
  }
  return printable / bytes.length;
}

/**
 * The entropy of the byte values (Shannon 1948, section 6), in bits per byte: 0 if all bytes are equal, 8 if all values
 * are equally frequent. Even random bytes have little if they are few: n bytes have at most log2(n).
 */
export function entropy(bytes: Buffer): number {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  let bits = 0;
  for (const count of counts) {
    if (count > 0) bits -= (count / bytes.length) * Math.log2(count / bytes.length);
  }
  return Math.max(0, bits); // Makes 0 of -0.
}

/** Draws a bar of `width` characters for a value from 0 to `full`. */
export function bar(value: number, full: number, width: number): string {
  const filled = Math.round((Math.min(value, full) / full) * width);
  return "#".repeat(filled) + ".".repeat(width - filled);
}
