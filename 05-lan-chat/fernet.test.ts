import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { decryptToken, encryptToken } from "./fernet.ts";

interface Case {
  name: string;
  key: string;
  token: string;
}

interface Valid extends Case {
  time: number;
  iv?: string;
  plaintext: string;
}

const vectors = JSON.parse(readFileSync(new URL("../tests/vectors/lan.json", import.meta.url), "utf8"));
const { valid, invalid } = vectors.fernet as { valid: Valid[]; invalid: Case[] };
const hex = (text: string): Buffer => Buffer.from(text, "hex");
/** JSON.parse has rounded the greatest of them up. */
const seconds = (time: number): bigint => (time === 2 ** 64 ? 2n ** 64n - 1n : BigInt(time));

describe("Fernet", () => {
  for (const { name, key, token, time, iv, plaintext } of valid) {
    it(`P8.4 opens: ${name}`, () => {
      const opened = decryptToken(hex(key), token);
      expect(opened?.plaintext.toString("hex")).to.equal(plaintext);
      expect(opened?.seconds).to.equal(time);
    });
    // A token with bytes 9 to 24 shows its IV, also where the known answer does not name it.
    it(`P8.4 makes the same token: ${name}`, () => {
      const shown = Buffer.from(token, "base64url").subarray(9, 25);
      if (iv !== undefined) expect(shown.toString("hex")).to.equal(iv);
      expect(encryptToken(hex(key), hex(plaintext), seconds(time), shown)).to.equal(token);
    });
  }

  for (const { name, key, token } of invalid) {
    it(`P8.4 refuses: ${name}`, () => {
      expect(decryptToken(hex(key), token)).to.equal(undefined);
    });
  }

  it("draws a fresh IV for every token", () => {
    const key = Buffer.alloc(32, 7);
    expect(encryptToken(key, Buffer.from("hi"), 1)).to.not.equal(encryptToken(key, Buffer.from("hi"), 1));
  });

  it("opens what it has made, and nothing that differs from it by one character", () => {
    const bytes = (length: { minLength: number; maxLength: number }) =>
      fc.uint8Array(length).map((array) => Buffer.from(array));
    const key = bytes({ minLength: 32, maxLength: 32 });
    const plaintext = bytes({ minLength: 0, maxLength: 100 });
    fc.assert(
      fc.property(key, plaintext, fc.nat(), fc.nat(127), (someKey, text, place, code) => {
        const token = encryptToken(someKey, text, 1764360000);
        expect(decryptToken(someKey, token)?.plaintext.equals(text)).to.equal(true);
        const at = place % token.length;
        const changed = token.slice(0, at) + String.fromCharCode(code) + token.slice(at + 1);
        if (changed !== token) expect(decryptToken(someKey, changed)).to.equal(undefined);
      }),
    );
  });
});
