// Looks for a chat's secrets in what a program has printed (P4.3): as bytes in several notations, and as numbers.

import type { Chat } from "./chat.ts";
import { decode, encode, type Group, power, xorKey } from "./cryptography.ts";

/** How many bytes of a secret are enough to recognise it. That many bytes do not come by chance. */
const ENOUGH_BYTES = 9;
/** The same for decimal digits. */
const ENOUGH_DIGITS = 20;

/**
 * A private key can be recognised although nobody else knows it: it gives the public key that was sent. It has 256 bits,
 * so these are the texts that may be one, with room for zeros in front of it.
 */
const HEX_DIGITS = /(?<![0-9a-f])[0-9a-f]{48,512}(?![0-9a-f])/gi;
const DECIMAL_DIGITS = /(?<![0-9])[0-9]{58,80}(?![0-9])/g;
const BASE64_DIGITS = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{32,342}(?![A-Za-z0-9+/_-])/g;
const MOST_PRIVATE_KEY = 1n << 260n;
/** So many such texts are looked at. Each takes a few milliseconds. */
const MOST_NUMBERS = 500;

/** A secret that was found, and how it was written. */
export interface Leak {
  secret: string;
  notation: string;
}

/** Finds a secret of one of the chats in a text. The chats must have a group in which nothing is found by chance. */
export function findLeak(text: string, chats: readonly Chat[]): Leak | undefined {
  const printed = withoutSeparators(text);
  for (const chat of chats) {
    for (const [secret, bytes] of Object.entries(secretsOf(chat))) {
      const notation = notationOf(bytes, printed);
      if (notation !== undefined) return { secret, notation };
    }
  }
  return findPrivateKey(printed, chats);
}

/** All that both sides of a chat compute and nobody else may know. */
function secretsOf({ stage, sharedSecret, sessionKeys }: Chat): Record<string, Buffer> {
  const { initiator, responder } = sessionKeys;
  if (sharedSecret.length === 0) return {}; // The keys were not agreed on.
  return {
    "the shared secret Z": sharedSecret,
    ...(stage === "03" ? { "the key SHA-256(Z)": xorKey(sharedSecret) } : {}),
    ...(stage === "04"
      ? {
          // The MAC key, the AES key, and both in one number.
          "the initiator's MAC key": initiator.subarray(0, 32),
          "the initiator's AES key": initiator.subarray(32),
          "the responder's MAC key": responder.subarray(0, 32),
          "the responder's AES key": responder.subarray(32),
          "the initiator's key": initiator,
          "the responder's key": responder,
        }
      : {}),
  };
}

/** Joins bytes that are written apart: `ab cd`, `ab:cd`, and numbers of bytes: `1, 2`. */
function withoutSeparators(text: string): string {
  const pairs = text.replace(/(?<=(?<![0-9a-f])[0-9a-f]{2})[ :](?=[0-9a-f]{2}(?![0-9a-f]))/gi, "");
  return `${text}\n${pairs}\n${text.replace(/(?<=[0-9]),\s*(?=[0-9])/g, ",")}`;
}

function notationOf(bytes: Buffer, text: string): string | undefined {
  const begin = bytes.subarray(0, ENOUGH_BYTES);
  const decimal = decode(bytes).toString();
  const base64 = begin.toString("base64");
  // A number is written without the zeros in front.
  if (text.toLowerCase().includes(begin.toString("hex").replace(/^0+/, ""))) return "hexadecimal";
  if (text.includes(decimal.slice(0, ENOUGH_DIGITS))) return "decimal";
  if (text.includes(base64) || text.includes(begin.toString("base64url"))) return "base64";
  if (text.includes([...begin].join(","))) return "numbers of bytes";
  return undefined;
}

function findPrivateKey(text: string, chats: readonly Chat[]): Leak | undefined {
  for (const [notation, number] of numbersIn(text)) {
    const found = chats.some(({ group, otherPublicKey }) => isPrivateKey(number, otherPublicKey, group));
    if (found) return { secret: "the private key", notation };
  }
  return undefined;
}

function isPrivateKey(number: bigint, publicKey: Buffer, group: Group): boolean {
  return encode(power(group.generator, number, group.prime), group).equals(publicKey);
}

/** All numbers in a text that are long enough for a private key, each with its notation. */
function numbersIn(text: string): [notation: string, number: bigint][] {
  const found = new Map<string, [string, bigint]>();
  const add = (pattern: RegExp, notation: string, value: (digits: string) => bigint): void => {
    for (const [digits] of text.matchAll(pattern)) {
      const number = value(digits);
      if (number < MOST_PRIVATE_KEY) found.set(`${notation} ${number}`, [notation, number]);
    }
  };
  add(HEX_DIGITS, "hexadecimal", (digits) => BigInt(`0x${digits}`));
  add(DECIMAL_DIGITS, "decimal", BigInt);
  add(BASE64_DIGITS, "base64", (digits) => decode(Buffer.from(digits, "base64")));
  return [...found.values()].slice(0, MOST_NUMBERS);
}
