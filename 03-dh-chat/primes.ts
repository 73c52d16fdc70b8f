// Where primes for Diffie-Hellman come from: random numbers, tested until one is a safe prime.

import { modPow } from "./diffie-hellman.ts";
import { randomInteger } from "./integers.ts";

/** The primes below 1,000. Most candidates have one of them as a factor, and dividing is cheaper than Miller-Rabin. */
const SMALL_PRIMES = sieve(1000);

const LARGEST_SMALL_PRIME = SMALL_PRIMES.at(-1) ?? 0n;

/** The sieve of Eratosthenes: all primes below a limit. */
function sieve(limit: number): bigint[] {
  const composite = new Array<boolean>(limit).fill(false);
  const primes: bigint[] = [];
  for (let n = 2; n < limit; n += 1) {
    if (composite[n]) continue;
    primes.push(BigInt(n));
    for (let multiple = n * n; multiple < limit; multiple += n) composite[multiple] = true;
  }
  return primes;
}

/**
 * Miller-Rabin: true for every prime. For a composite number it is false, except with a chance of at most 4^-rounds
 * (FIPS 186-5, appendix B.3.1). With 40 rounds that is 2^-80.
 */
export function isProbablePrime(candidate: bigint, rounds = 40): boolean {
  if (candidate < 2n || hasSmallFactor(candidate)) return false;
  if (candidate <= LARGEST_SMALL_PRIME) return true;
  // candidate - 1 = odd * 2^twos
  let odd = candidate - 1n;
  let twos = 0;
  while (odd % 2n === 0n) {
    odd /= 2n;
    twos += 1;
  }
  for (let round = 0; round < rounds; round += 1) {
    const base = randomInteger(2n, candidate - 2n);
    if (isWitness(base, candidate, odd, twos)) return false;
  }
  return true;
}

/** Whether one of the small primes, other than the candidate itself, divides it. */
function hasSmallFactor(candidate: bigint): boolean {
  return SMALL_PRIMES.some((prime) => candidate % prime === 0n && candidate !== prime);
}

/**
 * Whether `base` proves that `candidate` is composite. Modulo a prime, 1 has no square roots but 1 and -1: so when
 * base^odd is squared until it is base^(candidate - 1), which is 1, the 1 must come from the start or from a -1.
 */
function isWitness(base: bigint, candidate: bigint, odd: bigint, twos: number): boolean {
  let power = modPow(base, odd, candidate);
  if (power === 1n || power === candidate - 1n) return false;
  for (let i = 1; i < twos; i += 1) {
    power = (power * power) % candidate;
    if (power === candidate - 1n) return false;
  }
  return true;
}

/**
 * Draws a fresh safe prime p of exactly `bits` bits: (p - 1) / 2 is prime too. Then, but for 1 and p - 1, no public
 * key generates a small subgroup, in which the secret could be found by trying.
 * @param bits from 4 on
 * @returns the prime and how many candidates were looked at
 */
export function generateSafePrime(bits: number): { prime: bigint; candidates: number } {
  const smallest = 1n << BigInt(bits - 2); // of the half, which has one bit less
  for (let candidates = 1; ; candidates += 1) {
    const half = randomInteger(smallest, 2n * smallest - 1n) | 1n;
    const prime = 2n * half + 1n;
    // The cheapest questions first: dividing, then one round, which nearly no composite survives, then forty.
    if (hasSmallFactor(half) || hasSmallFactor(prime)) continue;
    if (!isProbablePrime(half, 1) || !isProbablePrime(prime, 1)) continue;
    if (isProbablePrime(half) && isProbablePrime(prime)) return { prime, candidates };
  }
}

/**
 * The smallest generator g from 2 on whose powers are half of all numbers below the safe prime p, as RFC 3526 has it:
 * g^((p - 1) / 2) = 1. Public keys then do not tell whether the private key is even.
 */
export function findGenerator(prime: bigint): bigint {
  for (let generator = 2n; ; generator += 1n) {
    if (modPow(generator, (prime - 1n) / 2n, prime) === 1n) return generator;
  }
}
