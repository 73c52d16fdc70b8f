// Base58 in Bitcoin's alphabet: how libp2p writes a peer id. Pure.

import type { Bytes } from "./bytes.ts";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** The bytes as one number in base 58; each leading zero byte is a 1. */
export function toBase58(bytes: Uint8Array): string {
  let number = bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  let text = "";
  for (; number > 0n; number /= 58n) text = `${ALPHABET[Number(number % 58n)]}${text}`;
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return "1".repeat(zeros === -1 ? bytes.length : zeros) + text;
}

/**
 * The bytes of a number in base 58.
 * @param longest so many characters at most: the work grows with their square
 * @returns undefined if the text is longer or has other characters
 */
export function fromBase58(text: string, longest: number): Bytes | undefined {
  if (text.length > longest) return undefined;
  let number = 0n;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit === -1) return undefined;
    number = number * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  for (; number > 0n; number /= 256n) bytes.unshift(Number(number % 256n));
  const ones = text.length - text.replace(/^1+/, "").length;
  return Uint8Array.from([...Array<number>(ones).fill(0), ...bytes]);
}
