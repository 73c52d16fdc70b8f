// Checks functions of stage 03, file by file (P4 and P5): arithmetic, keys, safety number, toy cipher. The expected
// values come from OpenSSL or from the checker's own arithmetic.

import { createDiffieHellman } from "node:crypto";
import { defineChecks } from "./engine/check.ts";
import {
  decode,
  encode,
  type Group,
  MODP2048,
  power,
  randomPrivateKey,
  safetyNumber,
  safetyNumberInOrder,
  TOY,
  xor,
} from "./engine/cryptography.ts";
import type { ModuleUnderTest } from "./engine/module-under-test.ts";
import type { Random } from "./engine/random.ts";
import { GivesArgument, givesInTurn } from "./engine/values.ts";

/** The stage's form of the toy group also has the limits of private keys (P4.3). */
const TOY_GROUP = { ...TOY, smallestPrivateKey: 2n, largestPrivateKey: 21n };
const LONG_GROUP = { ...MODP2048, smallestPrivateKey: 2n, largestPrivateKey: 2n ** 256n - 1n };

/** The toy group comes first, because people can read its numbers. */
const GROUPS = [TOY_GROUP, LONG_GROUP];

/** How many key pairs are made in each group. */
const PAIRS = 24;

/** Lets OpenSSL compute y^x mod p in the group of 2,048 bits. */
function powerByOpenSsl(base: bigint, exponent: bigint): bigint {
  const party = createDiffieHellman(encode(MODP2048.prime, MODP2048), Buffer.of(2));
  party.setPrivateKey(Buffer.from(exponent.toString(16).padStart(64, "0"), "hex"));
  return decode(party.computeSecret(encode(base, MODP2048)));
}

/** A number below the large prime. */
function randomElement(random: Random): bigint {
  return (decode(random.bytes(256)) % (MODP2048.prime - 3n)) + 2n;
}

/** A valid public key of the large group. */
function randomPublicKey(): bigint {
  return power(MODP2048.generator, randomPrivateKey(), MODP2048.prime);
}

const WHAT_IS_HASHED =
  'SHA-256 of the text "p2p-chat safety number", the bytewise smaller key and the other one; then six times five bytes, modulo 100,000, in five digits.';

/**
 * Expects the safety number of these two keys.
 * @param why what is likely if the larger key comes first
 */
async function gives(
  file: ModuleUnderTest,
  one: Buffer,
  other: Buffer,
  why = "The bytewise larger key comes first. The number must not depend on whose key is which: put the smaller one first.",
): Promise<void> {
  const [smaller = one, larger = other] = [one, other].sort(Buffer.compare);
  const expected = safetyNumber(one, other);
  await file.returns("safetyNumber", [one, other], expected, (value) => {
    if (typeof value !== "string") return "The number is a string: six groups of digits, parted by spaces.";
    const withZeros = value.replace(/[0-9]+/g, (group) => group.padStart(5, "0"));
    if (withZeros === expected)
      return "A group below 10,000 needs zeros in front: users compare groups of five digits.";
    return withZeros === safetyNumberInOrder(larger, smaller) ? why : undefined;
  });
}

const AS_TEXT =
  "The two keys come in the wrong order. With < two Buffers are compared as texts, in which every byte from 0x80 on may become U+FFFD: Buffer.compare compares bytes.";

/** How two keys may begin that are put in the wrong order if they are not compared as bytes, and why. */
const HARD_PAIRS: readonly (readonly [smaller: Buffer, larger: Buffer, why: string | undefined])[] = [
  [Buffer.of(0x02), Buffer.of(0x03), undefined],
  // As text: U+FFFD and é.
  [Buffer.of(0x80), Buffer.of(0xc3, 0xa9), AS_TEXT],
  // As text both begin with U+FFFD, so the rest decides.
  [Buffer.of(0xfe, 0x42), Buffer.of(0xff, 0x41), AS_TEXT],
  [
    Buffer.of(0x7f),
    Buffer.of(0x80),
    "The two keys come in the wrong order. A byte is a number from 0 to 255: 0x80 is larger than 0x7f.",
  ],
];

/** Why a power may be wrong only if the numbers are large. */
const LOST_DIGITS =
  "Small powers are right, so digits are lost on the way: a number of JavaScript keeps only some 16 of them. All must stay bigint.";

const OTHER_LIMITS =
  "draw is asked for a number between other limits than the group's: give it group.smallestPrivateKey and group.largestPrivateKey.";

const digits = (value: bigint, group: Group): string => encode(value, group).toString("hex");

const refused = { code: "bad-public-key" };

/** What is wrong with the form of a public key that must be refused. */
function whatIsWrong(value: unknown, length: number): string {
  const taken = "It was taken although";
  if (typeof value !== "string") return `${taken} it is no string.`;
  if (value.length !== length) return `${taken} it has ${value.length} digits instead of ${length}.`;
  if (/[A-F]/.test(value)) return `${taken} digits in it are upper-case.`;
  return `${taken} a character in it is no hexadecimal digit. (Neither parseInt nor Buffer.from complains of one.)`;
}

export const checks = defineChecks({ stages: ["03"], of: "module" }, [
  {
    id: "P4.5-power-small",
    title: "small powers modulo a prime are right",
    likelyCause:
      "Go through the binary digits from the left: square for each of them, multiply by the base if it is 1.",
    async run(scene) {
      const file = await scene.module("diffie-hellman.ts");
      await file.returns("modPow", [5n, 6n, 23n], 8n);
      await file.returns("modPow", [19n, 6n, 23n], 2n);
      await file.returns("modPow", [7n, 1n, 23n], 7n);
      await file.returns(
        "modPow",
        [7n, 0n, 23n],
        1n,
        () => "The exponent may be 0, and anything to the power of 0 is 1.",
      );
      await file.returns(
        "modPow",
        [28n, 3n, 23n],
        10n,
        () => "Here the base is larger than the modulus. It may be.",
      );
      for (let round = 0; round < 10; round += 1) {
        const base = BigInt(scene.random.integer(0, 1000));
        const exponent = BigInt(scene.random.integer(2, 200));
        const modulus = BigInt(scene.random.integer(2, 500));
        await file.returns("modPow", [base, exponent, modulus], base ** exponent % modulus);
      }
    },
  },
  {
    id: "P4.5-power-large",
    title: "powers with a prime of 2,048 bits and exponents of 256 bits are right, and quick",
    likelyCause:
      "Numbers get too long, or there are too many steps: square and multiply, and take the remainder after every multiplication.",
    async run(scene) {
      const file = await scene.module("diffie-hellman.ts");
      for (let round = 0; round < 4; round += 1) {
        const base = randomElement(scene.random);
        const exponent = decode(scene.random.bytes(32)) | (1n << 255n);
        const expected = powerByOpenSsl(base, exponent);
        await file.returns("modPow", [base, exponent, MODP2048.prime], expected, () => LOST_DIGITS);
      }
    },
  },
  {
    id: "P4.3-key-pair",
    title: "the public key is g raised to the private key, which comes from the source of random integers",
    likelyCause:
      "The private key must come from draw(smallest, largest), and the public key from g, the private key and p.",
    async run(scene) {
      const file = await scene.module("diffie-hellman.ts");
      await file.returns("generateKeyPair", [TOY_GROUP, givesInTurn(15n)], {
        privateKey: 15n,
        publicKey: 19n,
      });
      for (const privateKey of [decode(scene.random.bytes(32)) | 2n, 2n ** 256n - 1n, 2n]) {
        const publicKey = powerByOpenSsl(2n, privateKey);
        const draw = givesInTurn(privateKey);
        await file.returns("generateKeyPair", [LONG_GROUP, draw], { privateKey, publicKey });
      }
      for (const group of GROUPS) {
        for (const [index, privateKey] of [group.smallestPrivateKey, group.largestPrivateKey].entries()) {
          const publicKey = power(group.generator, privateKey, group.prime);
          const argv = [group, new GivesArgument(index)];
          await file.returns("generateKeyPair", argv, { privateKey, publicKey }, () => OTHER_LIMITS);
        }
      }
    },
  },
  {
    id: "P4.3-fresh-private-keys",
    title: "private keys are random: in the range, of full length, and new each time",
    likelyCause:
      "The private key is always the same, or is drawn from another range than the group's, 2 to 2^256 - 1.",
    async run(scene) {
      const file = await scene.module("diffie-hellman.ts");
      for (const group of GROUPS) {
        const seen: bigint[] = [];
        for (let round = 0; round < PAIRS; round += 1) {
          const pair = await file.calls("generateKeyPair", [group]);
          const { privateKey, publicKey } = (pair ?? {}) as { privateKey?: unknown; publicKey?: unknown };
          await scene.step("the private key is in the range, and the public key belongs to it", () => {
            if (typeof privateKey !== "bigint" || privateKey < 2n || privateKey > group.largestPrivateKey)
              return scene.fails({
                expected: `a private key from 2 to ${group === TOY_GROUP ? "21" : "2^256 - 1"}`,
                received: String(privateKey),
                likelyCause: OTHER_LIMITS,
              });
            if (publicKey !== power(group.generator, privateKey, group.prime))
              scene.fails({
                expected: "the public key of this private key",
                received: String(publicKey),
                likelyCause: "The public key is g raised to the private key that is returned, modulo p.",
              });
            seen.push(privateKey);
          });
        }
        await scene.step(`the ${PAIRS} private keys of ${group.name} are random`, () => {
          const different = new Set(seen).size;
          // With 24 random keys out of 20, fewer than five different ones have a chance below 10^-10.
          const least = group === TOY_GROUP ? 5 : PAIRS;
          if (different < least)
            scene.fails({
              expected: `at least ${least} different private keys of ${PAIRS}`,
              received: `${different}: ${seen
                .slice(0, 3)
                .map((key) => `${key}n`.slice(0, 20))
                .join(", ")}, …`,
            });
          // The chance that none of 24 random keys has 252 bits or more is 10^-28.
          if (group === LONG_GROUP && seen.every((key) => key < 2n ** 251n))
            scene.fails({
              expected: "private keys of up to 256 bits",
              received: `none of ${PAIRS} has more than 251 bits`,
              likelyCause: "The private keys are too short: draw from 2 to 2^256 - 1.",
            });
        });
      }
    },
  },
  {
    id: "P4.3-draws-again",
    title: "a key pair that the other side would refuse is drawn again",
    likelyCause:
      "5^11 mod 23 is 22, which is p - 1. Ask isAcceptable before you return a pair, and draw again if it says no.",
    async run(scene) {
      const file = await scene.module("diffie-hellman.ts");
      const answer = { privateKey: 13n, publicKey: 21n };
      await file.returns("generateKeyPair", [TOY_GROUP, givesInTurn(11n, 13n)], answer);
      await file.returns("generateKeyPair", [TOY_GROUP, givesInTurn(11n, 11n, 11n, 13n)], answer);
    },
  },
  {
    id: "P4.4-takes-good-keys",
    title: "right public keys are taken, the smallest and the largest too",
    likelyCause: "A key of the right form, from 2 to p - 2, is refused. 2 and p - 2 themselves are allowed.",
    async run(scene) {
      const file = await scene.module("diffie-hellman.ts");
      for (const group of GROUPS) {
        const middle = group === LONG_GROUP ? randomPublicKey() : 8n;
        for (const key of [2n, middle, group.prime - 2n])
          await file.returns("parsePublicKey", [digits(key, group), group], key, (value) =>
            typeof value === "bigint"
              ? "The digits are hexadecimal, the most significant first."
              : "What is returned is no integer: a public key is a bigint.",
          );
      }
    },
  },
  {
    id: "P4.4-refuses-traps",
    title: "public keys below 2 or above p - 2 are refused",
    likelyCause:
      "Some number outside of 2 to p - 2 is taken. With 0, 1 or p - 1 (and with what is the same modulo p) everybody knows the shared secret.",
    async run(scene) {
      const file = await scene.module("diffie-hellman.ts");
      for (const group of GROUPS) {
        const largest = (1n << BigInt(8 * group.bytes)) - 1n;
        for (const key of [
          0n,
          1n,
          group.prime - 1n,
          group.prime,
          group.prime + 1n,
          group.prime + 2n,
          largest,
        ])
          await file.throws("parsePublicKey", [digits(key, group), group], refused);
      }
    },
  },
  {
    id: "P4.4-refuses-other-forms",
    title: "public keys of another form are refused",
    likelyCause:
      "Look at the form before the number: a string, exactly as many digits as the prime has, each of 0 to 9 and a to f.",
    async run(scene) {
      const file = await scene.module("diffie-hellman.ts");
      for (const value of ["8", "0008", "0C", "0g", "0x08", "", 8, undefined])
        await file.throws("parsePublicKey", [value, TOY_GROUP], refused, () => whatIsWrong(value, 2));
      const good = `ab${digits(randomPublicKey(), MODP2048).slice(2)}`;
      const forms: unknown[] = [
        good.slice(2),
        `00${good}`,
        good.slice(1),
        `${good}0`,
        `A${good.slice(1)}`,
        `${good.slice(0, -2)}AB`,
        `${good.slice(0, -1)}g`,
        `0x${good.slice(2)}`,
        ` ${good.slice(1)}`,
        `${good}\n`,
        "",
        undefined,
        null,
        7,
        [good],
        { publicKey: good },
      ];
      for (const value of forms)
        await file.throws("parsePublicKey", [value, LONG_GROUP], refused, () => whatIsWrong(value, 512));
    },
  },
  {
    id: "P4.5-shared-secret",
    title: "the shared secret is the other's public key, raised to the own private key, as bytes",
    likelyCause:
      "Base and exponent are mixed up, or the number is not written as bytes, the most significant first, as many as the prime has.",
    async run(scene) {
      const file = await scene.module("diffie-hellman.ts");
      await file.returns("sharedSecret", [6n, 19n, TOY_GROUP], Buffer.of(2));
      await file.returns("sharedSecret", [15n, 8n, TOY_GROUP], Buffer.of(2));
      for (let round = 0; round < 3; round += 1) {
        const privateKey = decode(scene.random.bytes(32)) | (1n << 255n);
        const publicKey = randomElement(scene.random);
        const secret = encode(powerByOpenSsl(publicKey, privateKey), MODP2048);
        await file.returns("sharedSecret", [privateKey, publicKey, LONG_GROUP], secret);
      }
    },
  },
  {
    id: "P4.5-secret-with-leading-zeros",
    title: "a shared secret that begins with zero bytes keeps them",
    likelyCause:
      "The secret is as long as its number, not as long as the prime. That goes wrong in one chat of 256, and nobody finds out why.",
    async run(scene) {
      const file = await scene.module("diffie-hellman.ts");
      // 2^x is below the prime, so this power of two itself is the secret. So we can choose the secret's length.
      for (const exponent of [2039, 2034, 8 * scene.random.integer(20, 240), 3]) {
        const secret = encode(1n << BigInt(exponent), MODP2048);
        await file.returns("sharedSecret", [BigInt(exponent), 2n, LONG_GROUP], secret);
      }
    },
  },
  {
    id: "P4.6-number",
    title: "the safety number is computed as the protocol says",
    likelyCause: WHAT_IS_HASHED,
    async run(scene) {
      const file = await scene.module("safety-number.ts");
      for (let round = 0; round < 3; round += 1) {
        const keys = [scene.random.bytes(256), scene.random.bytes(256)].sort(Buffer.compare);
        const [smaller = Buffer.alloc(0), larger = Buffer.alloc(0)] = keys;
        await gives(file, smaller, larger);
      }
    },
  },
  {
    id: "P4.6-any-order",
    title: "the safety number is the same on both sides",
    likelyCause: WHAT_IS_HASHED,
    async run(scene) {
      const file = await scene.module("safety-number.ts");
      // Pairs that come out in another order if they are not compared byte by byte, from the first one on.
      const rest = scene.random.bytes(255);
      for (const [smaller, larger, why] of HARD_PAIRS) {
        const keys = [Buffer.concat([smaller, rest]), Buffer.concat([larger, rest])] as const;
        await gives(file, keys[0], keys[1], why);
        await gives(file, keys[1], keys[0], why);
      }
      const twins = [1, 2].map((last) => Buffer.concat([rest, Buffer.of(last)]));
      const [smaller = rest, larger = rest] = twins;
      await gives(file, larger, smaller, "These two keys differ in their last byte only: compare all bytes.");
      for (let round = 0; round < 3; round += 1) {
        const [one, other] = [scene.random.bytes(256), scene.random.bytes(256)];
        // Compared as bytes, 2 comes before 10. Compared as texts of decimal numbers, 10 comes first.
        const pairs: [Buffer, Buffer][] = [
          [one, other],
          [Buffer.of(2), Buffer.of(10)],
        ];
        for (const [left, right] of pairs) {
          await gives(file, left, right);
          await gives(file, right, left);
        }
      }
    },
  },
  {
    id: "P4.6-five-digits",
    title: "every group of the safety number has five digits",
    likelyCause: WHAT_IS_HASHED,
    async run(scene) {
      const file = await scene.module("safety-number.ts");
      let keys: [Buffer, Buffer];
      do keys = [scene.random.bytes(256), scene.random.bytes(256)];
      while (!/(?:^| )0/.test(safetyNumber(...keys)));
      await gives(file, ...keys);
    },
  },
  {
    id: "P5.1-short-line",
    title: "a line that is not longer than the key is XORed with it, byte by byte",
    likelyCause: "Byte i of the result is byte i of the data, XORed with byte i of the key.",
    async run(scene) {
      const file = await scene.module("toy-cipher.ts");
      await file.returns("xorWithKey", [Buffer.from("pay"), Buffer.of(1, 2, 3)], Buffer.from("qcz"));
      const key = scene.random.bytes(32);
      for (const data of [Buffer.from('{"type":"bye"}'), scene.random.bytes(32), Buffer.alloc(0)])
        await file.returns("xorWithKey", [data, key], xor(data, key));
      await file.makesNewBytes("xorWithKey", [scene.random.bytes(21), key], ["data", "key"]);
    },
  },
  {
    id: "P5.1-long-line",
    title: "after its last byte the key begins again",
    likelyCause:
      "The key has 32 bytes. Byte 32 of a line (counted from 0) is XORed with byte 0 of the key again, and so on.",
    async run(scene) {
      const file = await scene.module("toy-cipher.ts");
      const key = scene.random.bytes(32);
      const line = Buffer.from('{"type":"message","id":1,"text":"Grüße ☕, and longer than the key"}');
      for (const data of [line, scene.random.bytes(33), scene.random.bytes(1000)])
        await file.returns("xorWithKey", [data, key], xor(data, key));
    },
  },
]);
