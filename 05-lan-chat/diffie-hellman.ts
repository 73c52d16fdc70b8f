// Diffie-Hellman, written out: two who have never met agree on a secret while everybody listens (P4, RFC 2631 section 2.1).
//
// Each draws a private key x and sends the public key y = g^x mod p. Each raises the other's public key to its own
// private key, and both get g^(x1 * x2) mod p. To get x from y is the discrete logarithm problem: hard if p is large.
//
// This is for reading. Its running time depends on the private key, which somebody who measures well could use;
// and it knows nothing about who is at the other end. Programs of your own should call node:crypto's
// createDiffieHellman, or better X25519.

import type { Group } from "./groups.ts";
import { decodeHex } from "./hexadecimal.ts";
import { decodeInteger, encodeInteger, randomInteger } from "./integers.ts";
import { ProtocolError } from "./messages.ts";

export interface KeyPair {
  /** Never printed, logged or stored (P4.3). */
  privateKey: bigint;
  publicKey: bigint;
}

/**
 * base^exponent mod modulus, by squaring and multiplying: one squaring for each bit of the exponent, and one
 * multiplication for each bit that is 1. (Multiplying `exponent` times would outlast the sun.)
 */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  // BEGIN SOLUTION 03-modular-power
  let result = 1n % modulus;
  const factor = base % modulus;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === "1") result = (result * factor) % modulus;
  }
  return result;
  // END SOLUTION 03-modular-power
}

/** Draws a fresh key pair, for one chat only (P4.3). */
export function generateKeyPair(group: Group, draw: typeof randomInteger = randomInteger): KeyPair {
  // BEGIN SOLUTION 03-key-pair
  for (;;) {
    const privateKey = draw(group.smallestPrivateKey, group.largestPrivateKey);
    const publicKey = modPow(group.generator, privateKey, group.prime);
    // The other side would refuse 1 or p - 1, as we would. With a real group this never happens.
    if (isAcceptable(publicKey, group)) return { privateKey, publicKey };
  }
  // END SOLUTION 03-key-pair
}

/**
 * Whether a public key may be used: from 2 to p - 2 (P4.4; RFC 7919 section 5.1).
 * With 0 or 1 the shared secret would be 0 or 1, whatever our private key is; with p - 1 it would be 1 or p - 1, and
 * anybody could try both. Half of the keys that pass are no squares. Such a key tells its sender whether our private
 * key is even, which does no harm to a private key that serves one chat only (SP 800-56A rev. 3, section 5.6.2.3).
 */
export function isAcceptable(publicKey: bigint, group: Group): boolean {
  return publicKey >= 2n && publicKey <= group.prime - 2n;
}

/**
 * Checks a public key as it came from the wire (P4.4).
 * @param value what should be 2 * group.bytes lower-case hexadecimal digits
 * @throws ProtocolError `bad-public-key`
 */
export function parsePublicKey(value: unknown, group: Group): bigint {
  // BEGIN SOLUTION 03-bad-keys
  const bytes = decodeHex(value);
  if (bytes?.length !== group.bytes) {
    throw new ProtocolError(
      "bad-public-key",
      `a public key is ${2 * group.bytes} lower-case hexadecimal digits`,
    );
  }
  const publicKey = decodeInteger(bytes);
  if (!isAcceptable(publicKey, group))
    throw new ProtocolError("bad-public-key", "a public key is from 2 to p - 2");
  return publicKey;
  // END SOLUTION 03-bad-keys
}

/** The shared secret Z, as long as the prime, leading zero bytes kept (P4.5). */
export function sharedSecret(privateKey: bigint, othersPublicKey: bigint, group: Group): Buffer {
  // BEGIN SOLUTION 03-shared-secret
  const secret = modPow(othersPublicKey, privateKey, group.prime);
  return encodeInteger(secret, group.bytes);
  // END SOLUTION 03-shared-secret
}
