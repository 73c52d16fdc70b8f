// Bytes as hexadecimal digits and as text, base64, and XOR: what the places share. Pure.

/** @param digits two for each byte, lower case, with or without spaces between bytes */
export function fromHex(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(digits.match(/[0-9a-f]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** @param text RFC 4648, section 4 or 5 @throws Error if it is neither */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
}

/** Two digits for a byte. */
export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

export function toHex(bytes: Iterable<number>, between = ""): string {
  return Array.from(bytes, hexByte).join(between);
}

/** Where a row of bytes begins: four digits, more where they do not suffice. */
export function hexOffset(offset: number): string {
  return offset.toString(16).padStart(4, "0");
}

/** XORs as many bytes as both have. */
export function xor(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(one.subarray(0, other.length), (byte, i) => byte ^ (other[i] ?? 0));
}

/** The character that a byte is in ASCII; a dot in the middle, which ASCII does not have, if it is none that can be seen. */
export function character(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}
