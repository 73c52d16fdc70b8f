import { createCipheriv } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import {
  blocksOf,
  DEMONSTRATION_IV,
  DEMONSTRATION_KEY,
  encryptForDemonstration,
} from "../../../authoring/pictures/block-modes.ts";
import { drawPictures } from "../../../authoring/pictures/ecb-picture.ts";
import { drawLighthouse } from "../../../authoring/pictures/lighthouse.ts";
import { fromHex, toHex } from "../bytes.ts";
import {
  BLOCK_BYTES,
  countDifferent,
  decryptCbc,
  demonstrationIv,
  demonstrationKey,
  differences,
  encryptCbc,
  encryptEcb,
  split,
  withFlippedBit,
} from "./aes-modes.ts";

const KEY_TEXT = "a key for pictures in a lesson";
const IV_TEXT = "an IV for pictures in a lesson";

async function importKey(digits: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", fromHex(digits), "AES-CBC", false, ["encrypt", "decrypt"]);
}

describe("AES in the browser", () => {
  it("in CBC gives NIST's known answer", async () => {
    const vectors = new URL("../../../tests/vectors/nist-cbc-aes256.json", import.meta.url);
    const known = JSON.parse(readFileSync(vectors, "utf8")) as Record<string, string>;
    const { key = "", iv = "", plaintext = "", ciphertext = "" } = known;
    const cryptoKey = await importKey(key);
    expect(toHex(await encryptCbc(cryptoKey, fromHex(iv), fromHex(plaintext)))).to.equal(ciphertext);
    expect(toHex(await decryptCbc(cryptoKey, fromHex(iv), fromHex(ciphertext)))).to.equal(plaintext);
  });

  it("in ECB gives what OpenSSL gives", async () => {
    const key = await demonstrationKey(KEY_TEXT);
    const text = fromHex("00112233445566778899aabbccddeeff".repeat(3) + "0f".repeat(16));
    const cipher = createCipheriv("aes-256-ecb", DEMONSTRATION_KEY, null).setAutoPadding(false);
    expect(toHex(await encryptEcb(key, text))).to.equal(
      Buffer.concat([cipher.update(text), cipher.final()]).toString("hex"),
    );
  });

  it("has the lesson's key and IV", async () => {
    expect(toHex(await demonstrationIv(IV_TEXT))).to.equal(DEMONSTRATION_IV.toString("hex"));
    const text = drawLighthouse().subarray(0, 64);
    const expected = encryptForDemonstration("cbc", Buffer.from(text)).subarray(0, 64);
    const encrypted = await encryptCbc(
      await demonstrationKey(KEY_TEXT),
      await demonstrationIv(IV_TEXT),
      text,
    );
    expect(toHex(encrypted)).to.equal(expected.toString("hex"));
  });
});

describe("the lighthouse in the browser", () => {
  it("is the lesson's, plain and in both modes", async () => {
    const pictures = drawPictures();
    const [key, iv] = [await demonstrationKey(KEY_TEXT), await demonstrationIv(IV_TEXT)];
    const plain = drawLighthouse();
    const own = {
      "plain.png": plain,
      "ecb.png": await encryptEcb(key, plain),
      "cbc.png": await encryptCbc(key, iv, plain),
    };
    for (const name of ["plain.png", "ecb.png", "cbc.png"] as const) {
      expect(Buffer.from(own[name]).equals(pictures[name].pixels), name).to.equal(true);
      expect(countDifferent(own[name])).to.equal(new Set(blocksOf(pictures[name].pixels)).size);
    }
    expect(split(plain)).to.have.length(3600);
    expect(countDifferent(plain)).to.equal(105);
  });

  it("after a flipped bit has one block of noise, and the same bit of the next block flipped", async () => {
    const [key, iv] = [await demonstrationKey(KEY_TEXT), await demonstrationIv(IV_TEXT)];
    const plain = drawLighthouse();
    const sealed = await encryptCbc(key, iv, plain);
    for (const [place, bit] of [
      [0, 7],
      [20_005, 3],
      [57_583, 0],
    ] as const) {
      const opened = await decryptCbc(key, iv, withFlippedBit(sealed, place, bit));
      const block = Math.floor(place / BLOCK_BYTES);
      const changed = differences(plain, opened);
      const inBlock = changed.filter((at) => Math.floor(at / BLOCK_BYTES) === block);
      expect(inBlock.length).to.be.greaterThan(10);
      expect(changed.filter((at) => !inBlock.includes(at))).to.deep.equal([place + BLOCK_BYTES]);
      expect((plain[place + BLOCK_BYTES] ?? 0) ^ (opened[place + BLOCK_BYTES] ?? 0)).to.equal(1 << bit);
    }
    const last = await decryptCbc(key, iv, withFlippedBit(sealed, plain.length - 1, 7));
    expect(differences(plain, last).every((at) => at >= plain.length - BLOCK_BYTES)).to.equal(true);
  });
});
