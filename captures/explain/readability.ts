// How readable bytes are: two numbers that tell text from what looks like chance. Pure.

/** The share of bytes, from 0 to 1, that are printable ASCII, tab, LF or CR. No bytes: 0. */
export function printableShare(bytes: Buffer): number {
  if (bytes.length === 0) return 0;
  let printable = 0;
  for (const byte of bytes) {
    if ((byte >= 0x20 && byte <= 0x7e) || byte === 0x09 || byte === 0x0a || byte === 0x0d) printable += 1;
  }
  return printable / bytes.length;
}

/**
 * The entropy of how often each byte value occurs, in bits per byte, from 0 (always the same) to 8 (all alike)
 * (Shannon 1948, section 6). A few bytes cannot have much, whatever they are: n bytes at most log2(n).
 */
export function entropy(bytes: Buffer): number {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  let bits = 0;
  for (const count of counts) {
    if (count > 0) bits -= (count / bytes.length) * Math.log2(count / bytes.length);
  }
  return Math.max(0, bits); // Not -0.
}

/** A bar of `width` characters for a value from 0 to `full`. */
export function bar(value: number, full: number, width: number): string {
  const filled = Math.round((Math.min(value, full) / full) * width);
  return "#".repeat(filled) + ".".repeat(width - filled);
}
