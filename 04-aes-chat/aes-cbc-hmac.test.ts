import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { decrypt, encrypt, IV_BYTES, KEY_BYTES, TAG_BYTES } from "./aes-cbc-hmac.ts";

interface Case {
  tcId: number;
  key: string;
  iv: string;
  aad: string;
  msg: string;
  ct: string;
  tag: string;
}

interface ModifiedTag extends Omit<Case, "tcId" | "tag"> {
  tags: { tcId: number; tag: string }[];
}

function read<Vectors>(name: string): Vectors {
  return JSON.parse(readFileSync(new URL(`../tests/vectors/${name}`, import.meta.url), "utf8"));
}

const wycheproof = read<{ valid: Case[]; modifiedTag: ModifiedTag }>("wycheproof-a256cbc-hs512.json");
const hex = (text: string): Buffer => Buffer.from(text, "hex");

describe("A256CBC-HS512", () => {
  for (const { tcId, key, iv, aad, msg, ct, tag } of wycheproof.valid) {
    it(`P6.2 gives Wycheproof's answer ${tcId}${tcId === 1 ? " (RFC 7518, appendix B.3)" : ""}`, () => {
      const sealed = encrypt(hex(key), hex(iv), hex(msg), hex(aad));
      expect(sealed.ciphertext.toString("hex")).to.equal(ct);
      expect(sealed.tag.toString("hex")).to.equal(tag);
      expect(decrypt(hex(key), hex(iv), sealed, hex(aad))?.toString("hex")).to.equal(msg);
    });
  }

  for (const { tcId, tag } of wycheproof.modifiedTag.tags) {
    it(`P6.3 refuses Wycheproof's modified tag ${tcId}`, () => {
      const { key, iv, aad, ct } = wycheproof.modifiedTag;
      expect(decrypt(hex(key), hex(iv), { ciphertext: hex(ct), tag: hex(tag) }, hex(aad))).to.equal(
        undefined,
      );
    });
  }

  it("P6.2 encrypts the four blocks of SP 800-38A, F.2.5, as they stand there", () => {
    const known = read<{ key: string; iv: string; plaintext: string; ciphertext: string }>(
      "nist-cbc-aes256.json",
    );
    const key = Buffer.concat([Buffer.alloc(KEY_BYTES / 2), hex(known.key)]); // The MAC key does not matter here.
    const { ciphertext } = encrypt(key, hex(known.iv), hex(known.plaintext), Buffer.alloc(0));
    // Ours adds a fifth block, of padding.
    expect(ciphertext.toString("hex").slice(0, known.ciphertext.length)).to.equal(known.ciphertext);
    expect(ciphertext).to.have.length(80);
  });

  it("P6.3 opens what was sealed, and refuses it with any bit of it changed", () => {
    const bytes = (length: number) =>
      fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
    const text = fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(
        bytes(KEY_BYTES),
        bytes(IV_BYTES),
        text,
        bytes(8),
        fc.nat(),
        (key, iv, plaintext, data, at) => {
          const sealed = encrypt(key, iv, plaintext, data);
          expect(sealed.tag).to.have.length(TAG_BYTES);
          expect(decrypt(key, iv, sealed, data)?.equals(plaintext)).to.equal(true);
          // One buffer over all that the receiver gets, so that any bit of it can be flipped.
          const all = Buffer.concat([iv, data, sealed.tag, sealed.ciphertext]);
          const bit = at % (8 * all.length);
          all[bit >> 3] = (all[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          const changed = { tag: all.subarray(24, 56), ciphertext: all.subarray(56) };
          expect(decrypt(key, all.subarray(0, 16), changed, all.subarray(16, 24))).to.equal(undefined);
        },
      ),
    );
  });

  it("P6.3 refuses a short tag, a long one and none, and bytes that are no whole blocks", () => {
    const key = Buffer.alloc(KEY_BYTES, 1);
    const iv = Buffer.alloc(IV_BYTES, 2);
    const { ciphertext, tag } = encrypt(key, iv, Buffer.from("text"), Buffer.alloc(8));
    for (const wrong of [Buffer.alloc(0), tag.subarray(0, 31), Buffer.concat([tag, Buffer.alloc(1)])]) {
      expect(decrypt(key, iv, { ciphertext, tag: wrong }, Buffer.alloc(8))).to.equal(undefined);
    }
    expect(decrypt(key, iv, { ciphertext: ciphertext.subarray(1), tag }, Buffer.alloc(8))).to.equal(
      undefined,
    );
  });
});
