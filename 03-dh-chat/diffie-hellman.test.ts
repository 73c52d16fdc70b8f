import { createDiffieHellman, getDiffieHellman } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { generateKeyPair, isAcceptable, modPow, parsePublicKey, sharedSecret } from "./diffie-hellman.ts";
import { GROUPS, type GroupName, modp2048, toyGroup } from "./groups.ts";
import { decodeInteger, encodeInteger, randomInteger } from "./integers.ts";
import { ProtocolError } from "./messages.ts";
import { safetyNumber } from "./safety-number.ts";
import { toyKey } from "./toy-cipher.ts";

interface Case {
  group: GroupName;
  alicePrivate: string;
  bobPrivate: string;
  alicePublic: string;
  bobPublic: string;
  sharedSecret: string;
  xorKey: string;
  safetyNumber: string;
}

const { cases } = JSON.parse(readFileSync(new URL("../tests/vectors/dh.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

describe("Diffie-Hellman", () => {
  for (const [i, known] of cases.entries()) {
    it(`P4.5 P4.6 P5.1 gives known answer ${i + 1} (${known.group})`, () => {
      const group = GROUPS[known.group];
      const alice = BigInt(`0x${known.alicePrivate}`);
      const bob = BigInt(`0x${known.bobPrivate}`);
      expect(
        encodeInteger(modPow(group.generator, alice, group.prime), group.bytes).toString("hex"),
      ).to.equal(known.alicePublic);
      expect(encodeInteger(modPow(group.generator, bob, group.prime), group.bytes).toString("hex")).to.equal(
        known.bobPublic,
      );
      const secret = sharedSecret(alice, parsePublicKey(known.bobPublic, group), group);
      expect(secret.toString("hex")).to.equal(known.sharedSecret);
      expect(sharedSecret(bob, parsePublicKey(known.alicePublic, group), group).equals(secret)).to.equal(
        true,
      );
      expect(toyKey(secret).toString("hex")).to.equal(known.xorKey);
      const keys = [Buffer.from(known.alicePublic, "hex"), Buffer.from(known.bobPublic, "hex")] as const;
      expect(safetyNumber(keys[0], keys[1])).to.equal(known.safetyNumber);
      expect(safetyNumber(keys[1], keys[0])).to.equal(known.safetyNumber);
    });
  }

  it("P4.5 keeps the zero bytes that a secret begins with", () => {
    expect(cases.some((known) => known.sharedSecret.startsWith("00"))).to.equal(true);
  });

  it("P4.2 uses group 14 of RFC 3526 as node:crypto has it", () => {
    const modp14 = getDiffieHellman("modp14");
    expect(modp2048.prime).to.equal(decodeInteger(modp14.getPrime()));
    expect(modp2048.generator).to.equal(decodeInteger(modp14.getGenerator()));
  });

  it("P4.2 has a generator of half of the numbers in group 14, and of all in the toy group", () => {
    const euler = ({ prime, generator }: typeof modp2048) => modPow(generator, (prime - 1n) / 2n, prime);
    expect(euler(modp2048)).to.equal(1n); // A square: all public keys are squares.
    expect(euler(toyGroup)).to.equal(22n);
  });

  it("P4.4 a public key that is no square passes, and tells whether the private key is even", () => {
    const { prime } = modp2048;
    for (let i = 0; i < 8; i += 1) {
      const { privateKey, publicKey } = generateKeyPair(modp2048);
      const exponent = randomInteger(2n, 2n ** 64n);
      const trap = prime - modPow(2n, exponent, prime);
      expect(isAcceptable(trap, modp2048)).to.equal(true);
      const secret = decodeInteger(sharedSecret(privateKey, trap, modp2048));
      const guess = modPow(publicKey, exponent, prime); // What its sender can compute.
      expect(secret).to.equal(privateKey % 2n === 0n ? guess : prime - guess);
    }
  });

  it("P4.5 agrees with node:crypto on a secret, each side computing its own", () => {
    const node = getDiffieHellman("modp14");
    node.generateKeys();
    const own = generateKeyPair(modp2048);
    const nodesSecret = node.computeSecret(encodeInteger(own.publicKey, 256));
    const ownSecret = sharedSecret(own.privateKey, decodeInteger(node.getPublicKey()), modp2048);
    // node:crypto drops leading zero bytes in some versions, and the contract keeps them.
    expect(decodeInteger(ownSecret)).to.equal(decodeInteger(nodesSecret));
  });

  it("modPow equals node:crypto's for random bases and exponents", () => {
    const prime = encodeInteger(modp2048.prime, 256);
    fc.assert(
      fc.property(
        fc.bigInt({ min: 2n, max: modp2048.prime - 2n }),
        fc.bigInt({ min: 2n, max: 2n ** 256n }),
        (base, exponent) => {
          const node = createDiffieHellman(prime, encodeInteger(2n, 1));
          node.setPrivateKey(encodeInteger(exponent, 33));
          const expected = decodeInteger(node.computeSecret(encodeInteger(base, 256)));
          expect(modPow(base, exponent, modp2048.prime)).to.equal(expected);
        },
      ),
      { numRuns: 10 },
    );
  });

  it("modPow equals multiplying again and again, for small numbers", () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(20), fc.integer({ min: 1, max: 60 }), (base, exponent, modulus) => {
        expect(modPow(BigInt(base), BigInt(exponent), BigInt(modulus))).to.equal(
          BigInt(base) ** BigInt(exponent) % BigInt(modulus),
        );
      }),
    );
  });

  it("P4.3 draws private keys of 256 bits, fresh each time", () => {
    const keys = Array.from({ length: 8 }, () => generateKeyPair(modp2048).privateKey);
    expect(new Set(keys).size).to.equal(8);
    // That eight random keys are all shorter than 240 bits happens once in 2^128 times.
    expect(keys.some((key) => key >= 2n ** 240n)).to.equal(true);
    for (const key of keys) expect(key < 2n ** 256n).to.equal(true);
  });

  it("P4.3 draws again when its own public key would be refused (toy: 5^11 = 22 = p - 1)", () => {
    const drawn = [11n, 6n];
    expect(generateKeyPair(toyGroup, () => drawn.shift() ?? 0n)).to.deep.equal({
      privateKey: 6n,
      publicKey: 8n,
    });
  });

  for (const group of Object.values(GROUPS)) {
    it(`P4.4 refuses bad public keys (${group.name})`, () => {
      const digits = 2 * group.bytes;
      const bad: unknown[] = [
        ...[0n, 1n, group.prime - 1n, group.prime, group.prime + 2n].map((y) =>
          encodeInteger(y, group.bytes).toString("hex"),
        ),
        "02".padStart(digits, "0").slice(2),
        "02".padStart(digits + 2, "0"),
        "02".padStart(digits, "0").slice(1),
        "0a".padStart(digits, "0").toUpperCase(),
        "0g".padStart(digits, "0"),
        "",
        undefined,
        null,
        2,
        ["02".padStart(digits, "0")],
      ];
      for (const value of bad) {
        expect(() => parsePublicKey(value, group), String(value).slice(-8))
          .to.throw(ProtocolError)
          .with.property("code", "bad-public-key");
      }
    });

    it(`P4.4 takes 2 and p - 2 (${group.name})`, () => {
      for (const y of [2n, group.prime - 2n]) {
        expect(parsePublicKey(encodeInteger(y, group.bytes).toString("hex"), group)).to.equal(y);
        expect(isAcceptable(y, group)).to.equal(true);
      }
    });
  }
});

describe("randomInteger", () => {
  it("P4.3 stays in its range and reaches both ends of it", () => {
    const seen = new Set<bigint>();
    for (let i = 0; i < 2000; i += 1) seen.add(randomInteger(2n, 21n));
    expect([...seen].sort((a, b) => Number(a - b))).to.deep.equal(
      Array.from({ length: 20 }, (_, i) => BigInt(i + 2)),
    );
  });

  it("P4.3 draws again what lies beyond the range", () => {
    const drawn = [Buffer.of(0xff), Buffer.of(20), Buffer.of(19)];
    expect(randomInteger(2n, 21n, () => drawn.shift() ?? Buffer.of(0))).to.equal(21n);
    expect(drawn).to.have.length(0);
  });
});
