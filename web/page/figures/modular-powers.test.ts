import { readFileSync } from "node:fs";
import { expect } from "chai";
import { modPow } from "../../../03-dh-chat/diffie-hellman.ts";
import { toyGroup } from "../../../03-dh-chat/groups.ts";
import {
  exchange,
  isAcceptable,
  isGenerator,
  NUMBERS,
  PRIME,
  PRIVATE_KEYS,
  power,
  powersOf,
  TOY_GENERATOR,
  triesUntil,
  yearsToTry,
} from "./modular-powers.ts";

describe("powers modulo 23", () => {
  it("are of the course's group `toy`", () => {
    expect(BigInt(PRIME)).to.equal(toyGroup.prime);
    expect(BigInt(TOY_GENERATOR)).to.equal(toyGroup.generator);
    expect(BigInt(PRIVATE_KEYS.smallest)).to.equal(toyGroup.smallestPrivateKey);
    expect(BigInt(PRIVATE_KEYS.largest)).to.equal(toyGroup.largestPrivateKey);
  });

  it("of 5 are the row of lesson 03-1", () => {
    expect(powersOf(5).join(" ")).to.equal("5 2 10 4 20 8 17 16 11 9 22 18 21 13 19 3 15 6 7 12 14 1");
  });

  it("of 2 are the 11 squares", () => {
    const squares = new Set(NUMBERS.map((number) => (number * number) % PRIME));
    expect(new Set(powersOf(2))).to.deep.equal(squares);
    expect(powersOf(2)).to.have.length(11);
  });

  it("are those of stage 03's own function (which is held against OpenSSL's with large primes)", () => {
    for (const base of NUMBERS)
      for (const exponent of [0, ...NUMBERS])
        expect(BigInt(power(base, exponent))).to.equal(modPow(BigInt(base), BigInt(exponent), 23n));
  });

  it("go round in circles of 1, 2, 11 and 22, as modulo every safe prime", () => {
    expect(new Set(NUMBERS.map((base) => powersOf(base).length))).to.deep.equal(new Set([1, 11, 22, 2]));
    expect(NUMBERS.filter(isGenerator)).to.deep.equal([5, 7, 10, 11, 14, 15, 17, 19, 20, 21]);
  });
});

describe("an exchange modulo 23", () => {
  it("gives the numbers of lesson 03-1", () => {
    expect(exchange(5, 6, 15)).to.deep.equal({
      alice: { privateKey: 6, publicKey: 8, secret: 2 },
      bob: { privateKey: 15, publicKey: 19, secret: 2 },
    });
  });

  it("gives the known answers", () => {
    const vectors = new URL("../../../tests/vectors/dh.json", import.meta.url);
    const { cases } = JSON.parse(readFileSync(vectors, "utf8")) as { cases: Record<string, string>[] };
    const toys = cases.filter(({ group }) => group === "toy");
    expect(toys).to.have.length(2);
    for (const known of toys) {
      const number = (name: string) => Number.parseInt(known[name] ?? "", 16);
      expect(exchange(TOY_GENERATOR, number("alicePrivate"), number("bobPrivate"))).to.deep.equal({
        alice: {
          privateKey: number("alicePrivate"),
          publicKey: number("alicePublic"),
          secret: number("sharedSecret"),
        },
        bob: {
          privateKey: number("bobPrivate"),
          publicKey: number("bobPublic"),
          secret: number("sharedSecret"),
        },
      });
    }
  });

  it("gives both the same, with every g and every key", () => {
    for (const generator of NUMBERS)
      for (let alice = 2; alice < PRIME - 1; alice += 1)
        for (let bob = 2; bob < PRIME - 1; bob += 1) {
          const sides = exchange(generator, alice, bob);
          expect(sides.alice.secret).to.equal(sides.bob.secret);
        }
  });

  it("refuses 1 and 22 as public keys", () => {
    expect(NUMBERS.filter((key) => !isAcceptable(key))).to.deep.equal([1, 22]);
  });
});

describe("the listener's search", () => {
  it("tries one exponent after the other, until a power is the public key", () => {
    expect(triesUntil(10, 5)).to.deep.equal([
      { exponent: 1, power: 5 },
      { exponent: 2, power: 2 },
      { exponent: 3, power: 10 },
    ]);
    expect(triesUntil(12, 5)).to.have.length(20); // Alice's private key of lesson 03-7.
  });

  it("finds the smallest exponent that does the same, where several do", () => {
    expect(triesUntil(power(2, 14), 2)).to.have.length(3); // 2 goes round in 11.
  });

  it("takes too long with 256 bits", () => {
    expect(yearsToTry(256, 1e9)).to.equal(60);
    expect(yearsToTry(25, 1)).to.equal(0);
  });
});
