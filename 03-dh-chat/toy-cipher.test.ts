import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { xorWithKey } from "./toy-cipher.ts";

const { cases } = JSON.parse(readFileSync(new URL("../tests/vectors/xor.json", import.meta.url), "utf8")) as {
  cases: { key: string; plaintext: string; ciphertext: string }[];
};

describe("the toy cipher", () => {
  for (const [i, { key, plaintext, ciphertext }] of cases.entries()) {
    it(`P5.1 gives known answer ${i + 1}`, () => {
      expect(xorWithKey(Buffer.from(plaintext), Buffer.from(key, "hex")).toString("hex")).to.equal(
        ciphertext,
      );
    });
  }

  it("P5.1 gives the text back when done twice", () => {
    const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), key, (data, keyBytes) => {
        const once = xorWithKey(Buffer.from(data), Buffer.from(keyBytes));
        expect(xorWithKey(once, Buffer.from(keyBytes)).equals(Buffer.from(data))).to.equal(true);
      }),
    );
  });

  it("P5.2 is weak: a flipped bit of the ciphertext is that bit of the text", () => {
    const key = Buffer.alloc(32, 0x5a);
    const changed = xorWithKey(Buffer.from("pay 100"), key);
    changed[4] = (changed[4] ?? 0) ^ ("1".charCodeAt(0) ^ "9".charCodeAt(0));
    expect(xorWithKey(changed, key).toString()).to.equal("pay 900");
  });
});
