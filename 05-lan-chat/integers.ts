// Integers as bytes, and random integers. Big-endian: the most significant byte first, as in print.

import { randomBytes } from "node:crypto";

/** Encodes an integer in exactly `bytes` bytes, leading zero bytes kept (P4.5). */
export function encodeInteger(integer: bigint, bytes: number): Buffer {
  return Buffer.from(integer.toString(16).padStart(2 * bytes, "0"), "hex");
}

export function decodeInteger(bytes: Buffer): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${bytes.toString("hex")}`);
}

/** A random integer from smallest to largest, each as likely as any other, from the system's cryptographic source. */
export function randomInteger(
  smallest: bigint,
  largest: bigint,
  random: (size: number) => Buffer = randomBytes,
): bigint {
  const range = largest - smallest;
  const bits = range.toString(2).length;
  const bytes = Math.ceil(bits / 8);
  const mask = (1n << BigInt(bits)) - 1n;
  for (;;) {
    // What lies beyond the range is drawn again. Reducing it instead (modulo) would make small values likelier.
    const candidate = decodeInteger(random(bytes)) & mask;
    if (candidate <= range) return smallest + candidate;
  }
}
