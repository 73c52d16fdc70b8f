// Hexadecimal digits on the wire: lower case, two for each byte, nothing else (P4.1, P5.1, P6.2). Pure.

/**
 * Decodes digits that came from outside.
 * (Buffer.from(text, "hex") alone would stop silently at the first character that is no digit.)
 * @returns undefined if it is no string, has an odd length, or anything in it is no lower-case digit
 */
export function decodeHex(value: unknown): Buffer | undefined {
  if (typeof value !== "string" || value.length % 2 !== 0 || !/^[0-9a-f]*$/.test(value)) return undefined;
  return Buffer.from(value, "hex");
}
