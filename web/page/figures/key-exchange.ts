// Diffie-Hellman with numbers of any size, and the safety number (P4). TEACHING CODE: how long it takes depends on the private
// key, and browsers have X25519 for real use. Pure.

import type { Group } from "../../../03-dh-chat/groups.ts";

/** base^exponent mod modulus, by squaring and multiplying, as lesson 03-2 does it. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * base) % modulus;
  }
  return result;
}

/** An integer in exactly `bytes` bytes, the most significant first. */
export function encodeInteger(integer: bigint, bytes: number): Uint8Array<ArrayBuffer> {
  const digits = integer.toString(16).padStart(2 * bytes, "0");
  return Uint8Array.from({ length: bytes }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

export interface KeyPair {
  privateKey: bigint;
  publicKey: bigint;
}

export function keyPair(privateKey: bigint, group: Group): KeyPair {
  return { privateKey, publicKey: modPow(group.generator, privateKey, group.prime) };
}

/** Draws a fresh key pair; again if the other side would refuse it (P4.3, P4.4). */
export function drawKeyPair(group: Group): KeyPair {
  for (;;) {
    const bytes = crypto.getRandomValues(new Uint8Array(group.name === "toy" ? 1 : 32));
    const drawn = bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
    const privateKey = group.name === "toy" ? drawn & 31n : drawn;
    if (privateKey < group.smallestPrivateKey || privateKey > group.largestPrivateKey) continue;
    const pair = keyPair(privateKey, group);
    if (pair.publicKey >= 2n && pair.publicKey <= group.prime - 2n) return pair;
  }
}

/**
 * The safety number of two public keys (P4.6): SHA-256 of a label and both, the bytewise smaller first; of the hash six groups of
 * five digits, each from five bytes.
 */
export async function safetyNumber(one: bigint, other: bigint, group: Group): Promise<string> {
  // Encoded in as many bytes, the smaller number is the bytewise smaller one.
  const keys = (one <= other ? [one, other] : [other, one]).map((key) => encodeInteger(key, group.bytes));
  const label = new TextEncoder().encode("p2p-chat safety number");
  const text = Uint8Array.from([label, ...keys].flatMap((bytes) => [...bytes]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  const groups = Array.from({ length: 6 }, (_, i) => {
    const value = digest.subarray(5 * i, 5 * i + 5).reduce((number, byte) => 256 * number + byte, 0);
    return String(value % 100_000).padStart(5, "0");
  });
  return groups.join(" ");
}
