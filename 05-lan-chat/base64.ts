// Bytes as letters: base64 on the wire (P8.2), and its alphabet for addresses of pages, base64url (P8.2, P8.4). Pure.
// RFC 4648: section 4 is base64, section 5 is base64url.

/** RFC 4648 section 4, with padding. */
export function encodeBase64(bytes: Buffer): string {
  return bytes.toString("base64");
}

/**
 * Decodes text that came from outside. Every sequence of bytes has one spelling only: the one that encodeBase64 gives.
 * (Buffer.from(text, "base64") alone passes over blanks and wrong letters, and takes both alphabets.)
 * @returns undefined if it is no string, or not spelled that way
 */
export function decodeBase64(value: unknown): Buffer | undefined {
  if (typeof value !== "string") return undefined;
  const bytes = Buffer.from(value, "base64");
  return encodeBase64(bytes) === value ? bytes : undefined;
}

/** RFC 4648 section 5, without padding: for fingerprints. */
export function encodeBase64Url(bytes: Buffer): string {
  return bytes.toString("base64url");
}

/** RFC 4648 section 5, with padding: for tokens (P8.4). */
export function toTokenText(bytes: Buffer): string {
  const letters = encodeBase64Url(bytes);
  return letters.padEnd(Math.ceil(letters.length / 4) * 4, "=");
}

/** The bytes of a token's text; undefined if it is spelled in any other way than toTokenText spells them. */
export function fromTokenText(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return toTokenText(bytes) === text ? bytes : undefined;
}
