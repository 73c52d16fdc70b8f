// Bytes: joined, compared, and written as text and read from it. Pure, for Node.js and for browsers.

/** Bytes with a buffer of their own, as WebCrypto takes them. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
// A byte order mark is a character as any other: a decoder that drops it would make one text of two different bodies.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** So many bytes become characters at once: a function cannot take more arguments than some 100,000. */
const CHARACTERS_AT_ONCE = 8192;

/** The parts, one after the other, as a copy. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Two digits for each byte, in lower case. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @returns undefined unless the value is a string of pairs of hexadecimal digits in lower case */
export function fromHex(value: unknown): Bytes | undefined {
  if (typeof value !== "string" || !/^(?:[0-9a-f]{2})*$/.test(value)) return undefined;
  return Uint8Array.from({ length: value.length / 2 }, (_, index) =>
    Number.parseInt(value.slice(2 * index, 2 * index + 2), 16),
  );
}

/** RFC 4648 section 4: the alphabet with + and /, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let characters = "";
  for (let at = 0; at < bytes.length; at += CHARACTERS_AT_ONCE)
    characters += String.fromCharCode(...bytes.subarray(at, at + CHARACTERS_AT_ONCE));
  return btoa(characters);
}

/**
 * RFC 4648 section 4, in its one spelling: with padding, without blanks, and the bits that mean nothing are zero.
 * Two spellings of one key would be two texts for one thing.
 * @returns undefined for anything else
 */
export function fromBase64(value: unknown): Bytes | undefined {
  if (typeof value !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0)
    return undefined;
  let characters: string;
  try {
    characters = atob(value);
  } catch {
    return undefined;
  }
  // atob passes over bits that mean nothing: only the text that toBase64 writes is the right one.
  if (btoa(characters) !== value) return undefined;
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

/** The text in UTF-8. */
export function toUtf8(text: string): Bytes {
  return encoder.encode(text);
}

/** @returns undefined if the bytes are not UTF-8 */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Four bytes, big-endian.
 * @throws RangeError unless the number is an integer from 0 to 2^32 - 1
 */
export function uint32(number: number): Bytes {
  if (!Number.isInteger(number) || number < 0 || number > 0xffff_ffff)
    throw new RangeError(`${number} is no integer of 32 bits: give one from 0 to 4294967295`);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

/**
 * The number in the four bytes that begin at `at`, big-endian.
 * @throws RangeError if there are fewer than four
 */
export function readUint32(bytes: Uint8Array, at = 0): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}

/** Whether both hold the same bytes. How long this takes says only how long they are: for secrets too. */
export function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (const [index, byte] of one.entries()) difference |= byte ^ (other[index] ?? 0);
  return difference === 0;
}
