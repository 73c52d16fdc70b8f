// Bytes as hexadecimal digits and as text, and XOR: what the figures share. Pure.

/** @param digits two for each byte, lower case, with or without spaces between bytes */
export function fromHex(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(digits.match(/[0-9a-f]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Two digits for a byte. */
export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

export function toHex(bytes: Iterable<number>, between = ""): string {
  return Array.from(bytes, hexByte).join(between);
}

/** XORs as many bytes as both have. */
export function xor(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(one.subarray(0, other.length), (byte, i) => byte ^ (other[i] ?? 0));
}

/** The character that a byte is in ASCII; a dot if it is none that can be seen. */
export function character(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}
