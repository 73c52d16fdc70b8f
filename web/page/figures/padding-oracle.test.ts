import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { expect } from "chai";
import { toHex } from "../bytes.ts";
import { BLOCK_BYTES } from "./aes-modes.ts";
import { BlockOpener, browserOracle, comesOutAs, type Oracle, openersOf } from "./padding-oracle.ts";

const bytes = (from: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(from);
const NO_BYTES = new Uint8Array(BLOCK_BYTES);

/** A Bob who decrypts with OpenSSL. */
function opensslOracle(key: Buffer): Oracle {
  return async (iv, block) => {
    const decipher = createDecipheriv("aes-256-cbc", key, iv);
    try {
      decipher.update(block);
      decipher.final();
      return true;
    } catch {
      return false;
    }
  };
}

/** The block that AES backwards makes these bytes of. */
function blockThatOpensTo(key: Buffer, opened: Buffer): Uint8Array<ArrayBuffer> {
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  return bytes(Buffer.concat([cipher.update(opened), cipher.final()]));
}

async function openAll(opener: BlockOpener): Promise<void> {
  while (!opener.isDone) {
    if (opener.isFound) opener.goOn();
    else if (opener.answers.size === 256) throw new Error(`no value was right for byte ${opener.position}`);
    else await opener.askNext();
  }
}

describe("the padding oracle", () => {
  const text = "the code for the door is 2718, and the alarm is off until eight";
  const key = randomBytes(32);
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const ciphertext = bytes(Buffer.concat([cipher.update(text), cipher.final()]));

  it("gives the whole text, with at most 256 questions for a byte, and one more for the last of a block", async () => {
    const openers = openersOf(bytes(iv), ciphertext, opensslOracle(key));
    expect(openers).to.have.length(4);
    for (const opener of openers) await openAll(opener);
    const read = openers.flatMap((opener) => opener.text.map((byte) => byte ?? 0));
    expect(Buffer.from(read).toString()).to.equal(`${text}\x01`);
    for (const { questions } of openers) expect(questions).to.be.within(17, 16 * 256 + 2);
  });

  it("is WebCrypto, too: its error says that the padding is wrong", async () => {
    const cryptoKey = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
    const [ours, openssl] = [browserOracle(cryptoKey), opensslOracle(key)];
    const last = ciphertext.slice(-BLOCK_BYTES);
    for (let value = 0; value < 256; value += 1) {
      const changed = ciphertext.slice(-2 * BLOCK_BYTES, -BLOCK_BYTES);
      changed[15] = value;
      expect(await ours(changed, last)).to.equal(await openssl(changed, last));
    }
  });

  it("is WebCrypto of WebKitGTK, too, which takes 00 for a padding of no bytes", async () => {
    const cryptoKey = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
    const { subtle } = crypto;
    const { decrypt } = subtle;
    const takesZero: typeof decrypt = async (algorithm, usedKey, data) => {
      const { iv: used } = algorithm as AesCbcParams;
      const decipher = createDecipheriv("aes-256-cbc", key, used as Uint8Array).setAutoPadding(false);
      const opened = decipher.update(data as Uint8Array);
      return opened.at(-1) === 0 ? bytes(opened).buffer : decrypt.call(subtle, algorithm, usedKey, data);
    };
    subtle.decrypt = takesZero;
    try {
      // The value 0x38 makes the last byte 00, the value 0x39 makes it 01.
      const opened = Buffer.alloc(BLOCK_BYTES, 0x38);
      const opener = new BlockOpener(blockThatOpensTo(key, opened), NO_BYTES, browserOracle(cryptoKey));
      await openAll(opener);
      expect(toHex(opener.opened.map((byte) => byte ?? 0))).to.equal(opened.toString("hex"));
    } finally {
      subtle.decrypt = decrypt;
    }
  });

  it("asks twice about the last byte, and is not deceived by 02 02", async () => {
    // With zeros before, byte 14 comes out as 02: then the last byte is right as 02 and as 01.
    const opened = Buffer.alloc(BLOCK_BYTES, 0x77);
    opened[14] = 0x02;
    opened[15] = 0x02; // The value 0 makes it 02, the value 3 makes it 01.
    const opener = new BlockOpener(blockThatOpensTo(key, opened), NO_BYTES, opensslOracle(key));
    expect(await opener.ask()).to.equal("by-chance");
    expect([opener.isFound, opener.questions]).to.deep.equal([false, 2]);
    opener.value = 3;
    expect(await opener.ask()).to.equal("right");
    expect([opener.opened[15], opener.questions]).to.deep.equal([0x02, 4]);
    await openAll(opener);
    expect(toHex(opener.opened.map((byte) => byte ?? 0))).to.equal(opened.toString("hex"));
  });

  it("makes the known bytes come out as the next padding", async () => {
    const opened = randomBytes(BLOCK_BYTES);
    const opener = new BlockOpener(blockThatOpensTo(key, opened), NO_BYTES, opensslOracle(key));
    while (!opener.isFound) await opener.askNext();
    expect(comesOutAs(opener)[15]).to.equal(1);
    opener.goOn();
    expect([opener.position, opener.padding, opener.value]).to.deep.equal([14, 2, 0]);
    expect(comesOutAs(opener).slice(14)).to.deep.equal([undefined, 2]);
    expect(opener.iv[15]).to.equal((opened[15] ?? 0) ^ 2);
  });
});
