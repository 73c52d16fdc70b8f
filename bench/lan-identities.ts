// Identities for hundreds of peers, made in a second instead of a minute. They are for measuring only.

import { createPrivateKey, generatePrimeSync } from "node:crypto";
import { type Identity, identityOf } from "../05-lan-chat/identity.ts";

const PRIME_BITS = 1024n;
const EXPONENT = 65_537n;

/**
 * Makes identities from few primes: each of two different ones. Nobody else may ever do this. Whoever sees two public
 * keys that share a prime finds it as their greatest common divisor, and with it both private keys.
 */
export function makeIdentities(count: number): string[] {
  const primes: bigint[] = [];
  const pems: string[] = [];
  while (pems.length < count) {
    const prime = generatePrimeSync(Number(PRIME_BITS), { bigint: true });
    // The product must have 2,048 bits, and e needs an inverse.
    if (prime >> (PRIME_BITS - 2n) !== 3n || prime % EXPONENT === 1n || primes.includes(prime)) continue;
    for (const other of primes) if (pems.length < count) pems.push(pemOf(prime, other));
    primes.push(prime);
  }
  return pems;
}

/** @throws Error if it is no identity */
export function identityIn(pem: string): Identity {
  const identity = identityOf(pem);
  if (identity === undefined) throw new Error("this is no identity");
  return identity;
}

/** The private key of p and q (RFC 8017, section 3.2), as PKCS#8. */
function pemOf(p: bigint, q: bigint): string {
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const parts = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q % p, p) };
  const jwk = Object.fromEntries(Object.entries(parts).map(([name, number]) => [name, base64Url(number)]));
  return createPrivateKey({ key: { kty: "RSA", ...jwk }, format: "jwk" })
    .export({ type: "pkcs8", format: "pem" })
    .toString();
}

function base64Url(number: bigint): string {
  const digits = number.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex").toString("base64url");
}

/** The number whose product with `value` is 1 modulo `modulus` (extended Euclid). */
function inverse(value: bigint, modulus: bigint): bigint {
  let [remainder, next] = [modulus, value];
  let [factor, nextFactor] = [0n, 1n];
  while (next !== 0n) {
    const quotient = remainder / next;
    [remainder, next] = [next, remainder - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return ((factor % modulus) + modulus) % modulus;
}
