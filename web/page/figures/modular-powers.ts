// Powers modulo 23, by walking: the arithmetic of lesson 03-1, where a pencil is enough. Pure.

/** The prime of the group `toy` (P4.2). WEAK ON PURPOSE. */
export const PRIME = 23;
/** The generator of the group `toy`. */
export const TOY_GENERATOR = 5;
/** The private keys of the group `toy`: from 2 to p - 2 (P4.3). */
export const PRIVATE_KEYS = { smallest: 2, largest: PRIME - 2 };

/** All numbers that a power can be: 1 to 22. */
export const NUMBERS: readonly number[] = Array.from({ length: PRIME - 1 }, (_, i) => i + 1);

/** g, g², g³ … modulo 23, up to the first 1. From there the powers begin anew. @param base 1 to 22 */
export function powersOf(base: number): number[] {
  const powers = [base];
  for (let power = base; power !== 1; ) {
    power = (power * base) % PRIME;
    powers.push(power);
  }
  return powers;
}

/** Whether the powers of this number are all numbers from 1 to 22. */
export function isGenerator(base: number): boolean {
  return powersOf(base).length === PRIME - 1;
}

/** base^exponent mod 23, with a remainder after every multiplication. @param exponent 0 or more */
export function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i += 1) result = (result * base) % PRIME;
  return result;
}

/** Whether a public key may be used: from 2 to p - 2 (P4.4). */
export function isAcceptable(publicKey: number): boolean {
  return publicKey >= 2 && publicKey <= PRIME - 2;
}

/** One side of an exchange. */
export interface Side {
  privateKey: number;
  publicKey: number;
  /** The other's public key to the power of one's own private key. */
  secret: number;
}

/** A whole exchange. @param alice Alice's private key @param bob Bob's */
export function exchange(generator: number, alice: number, bob: number): { alice: Side; bob: Side } {
  const alicePublic = power(generator, alice);
  const bobPublic = power(generator, bob);
  return {
    alice: { privateKey: alice, publicKey: alicePublic, secret: power(bobPublic, alice) },
    bob: { privateKey: bob, publicKey: bobPublic, secret: power(alicePublic, bob) },
  };
}

/** What a listener tries, one exponent after the other, until a power is the public key: the discrete logarithm. */
export function triesUntil(publicKey: number, generator: number): { exponent: number; power: number }[] {
  const powers = powersOf(generator);
  const found = powers.indexOf(publicKey);
  return powers.slice(0, found + 1).map((value, i) => ({ exponent: i + 1, power: value }));
}

/** How many years it takes to try 2^bits keys, as a power of ten. @param perSecond keys in a second */
export function yearsToTry(bits: number, perSecond: number): number {
  const secondsInYear = 365.25 * 24 * 60 * 60;
  return Math.floor(bits * Math.log10(2) - Math.log10(perSecond * secondsInYear));
}
