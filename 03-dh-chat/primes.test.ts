import { checkPrimeSync } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { modPow } from "./diffie-hellman.ts";
import { modp2048 } from "./groups.ts";
import { findGenerator, generateSafePrime, isProbablePrime } from "./primes.ts";

describe("primes", () => {
  it("agree with trial division below 3,000", () => {
    for (let n = 0; n < 3000; n += 1) {
      let prime = n >= 2;
      for (let divisor = 2; divisor * divisor <= n; divisor += 1) if (n % divisor === 0) prime = false;
      expect(isProbablePrime(BigInt(n)), String(n)).to.equal(prime);
    }
  });

  it("agree with node:crypto on random numbers of up to 256 bits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n }), (candidate) => {
        expect(isProbablePrime(candidate)).to.equal(checkPrimeSync(candidate));
      }),
    );
  });

  it("are not fooled by Carmichael numbers and strong pseudoprimes to small bases", () => {
    // Carmichael numbers with factors above 1,000, and the smallest strong pseudoprimes to the first 12 and 13
    // prime bases (Sorenson and Webster 2015).
    for (const composite of [3778118040573702001n, 318665857834031151167461n, 3317044064679887385961981n]) {
      expect(isProbablePrime(composite), String(composite)).to.equal(false);
    }
  });

  it("know the prime of group 14 and its half", () => {
    expect(isProbablePrime(modp2048.prime, 4)).to.equal(true);
    expect(isProbablePrime((modp2048.prime - 1n) / 2n, 4)).to.equal(true);
    expect(isProbablePrime(modp2048.prime + 2n)).to.equal(false);
  });

  for (const bits of [8, 9, 16, 64, 128]) {
    it(`draw a safe prime of exactly ${bits} bits`, () => {
      const { prime, candidates } = generateSafePrime(bits);
      expect(prime.toString(2)).to.have.length(bits);
      expect(checkPrimeSync(prime)).to.equal(true);
      expect(checkPrimeSync((prime - 1n) / 2n)).to.equal(true);
      expect(candidates).to.be.greaterThan(0);
      expect(modPow(findGenerator(prime), (prime - 1n) / 2n, prime)).to.equal(1n);
    });
  }
});
