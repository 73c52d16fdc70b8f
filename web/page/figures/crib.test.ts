/// <reference path="../../../captures/read/pcap-parser.d.ts" />
import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { xorWithKey } from "../../../03-dh-chat/toy-cipher.ts";
import { chatsIn, committedCapture } from "../../../attacks/capture-lines.ts";
import { toHex } from "../bytes.ts";
import {
  fitOf,
  fitsAlong,
  isJsonLine,
  KEY_BYTES,
  keyFrom,
  knownBytes,
  NOTHING_KNOWN,
  open,
  SEALED_LINES,
  together,
} from "./crib.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The line of the lesson's crib: 33 bytes. */
const CRIB = bytes('{"type":"message","id":1,"text":"');
const BEGINNING = bytes('{"type":"message","id":');

/** What the attack `crib` of lesson 03-11 prints. */
const KEY = "cf29c485fee54bb31309f8f58b50a8f66d0c1c0b0230fe0ac8a0f5b500889083";

const firstLine = SEALED_LINES[0]?.bytes ?? new Uint8Array();

describe("the sealed lines of the figure", () => {
  it("are those of the course's recording", async () => {
    const [chat] = await chatsIn(committedCapture("03-dh-chat"));
    for (const { number, from, bytes } of SEALED_LINES) {
      const line = chat?.lines[number - 1];
      expect([line?.from, line?.object.ciphertext], `line ${number}`).to.deep.equal([from, toHex(bytes)]);
    }
  });

  it("open with the stage's own cipher", () => {
    const texts = SEALED_LINES.map((line) =>
      xorWithKey(Buffer.from(line.bytes), Buffer.from(KEY, "hex")).toString(),
    );
    expect(texts[0]).to.equal('{"type":"message","id":1,"text":"hello, Bob"}');
    expect(texts.at(-1)).to.equal('{"type":"bye"}');
    for (const text of texts) expect(JSON.parse(text)).to.have.property("type");
  });
});

describe("a crib", () => {
  it("of 33 bytes gives the whole key, as the attack of lesson 03-11 finds it", () => {
    const key = keyFrom(firstLine, CRIB, 0) ?? NOTHING_KNOWN;
    expect(toHex(key.map((byte) => byte ?? 0))).to.equal(KEY);
    expect(SEALED_LINES.every((line) => isJsonLine(line.bytes, key))).to.equal(true);
  });

  it("gives the key of the known answers", () => {
    const vectors = new URL("../../../tests/vectors/xor.json", import.meta.url);
    const { cases } = JSON.parse(readFileSync(vectors, "utf8")) as { cases: Record<string, string>[] };
    for (const { key: known = "", plaintext = "", ciphertext = "" } of cases) {
      const text = bytes(plaintext);
      const key = keyFrom(Buffer.from(ciphertext, "hex"), text, 0) ?? NOTHING_KNOWN;
      const length = Math.min(text.length, KEY_BYTES);
      expect(toHex(key.slice(0, length).map((byte) => byte ?? 0))).to.equal(known.slice(0, 2 * length));
    }
  });

  it("of 23 bytes gives 23 bytes of the key, and opens as much of every line", () => {
    const key = keyFrom(firstLine, BEGINNING, 0) ?? NOTHING_KNOWN;
    expect(knownBytes(key)).to.equal(23);
    const opened = open(SEALED_LINES[4]?.bytes ?? new Uint8Array(), key);
    expect(String.fromCharCode(...opened.slice(0, 23).map((byte) => byte ?? 0))).to.equal(
      '{"type":"message","id":',
    );
    expect(opened[23]).to.equal(undefined);
    expect(isJsonLine(firstLine, key)).to.equal(false);
  });

  it("in the middle of a line gives the bytes of the key that stand there", () => {
    const line = SEALED_LINES[4]?.bytes ?? new Uint8Array();
    const key = keyFrom(line, bytes("pay 100"), 33) ?? NOTHING_KNOWN;
    expect(key.slice(1, 8).map((byte) => toHex([byte ?? 0]))).to.deep.equal(KEY.match(/../g)?.slice(1, 8));
    expect(key[0]).to.equal(undefined);
  });

  it("fits at its own place alone", () => {
    for (const [chosen, line] of SEALED_LINES.slice(0, 1).entries()) {
      const fitting = fitsAlong(SEALED_LINES, chosen, BEGINNING).filter(({ share }) => share === 1);
      expect(
        fitting.map(({ position }) => position),
        `line ${line.number}`,
      ).to.deep.equal([0]);
    }
    const pay = fitsAlong(SEALED_LINES, 4, bytes("pay 100 to carol"));
    expect(pay.filter(({ share }) => share === 1).map(({ position }) => position)).to.deep.equal([33]);
  });

  it("that is longer than the key contradicts itself where it is wrong", () => {
    const wrong = bytes('{"type":"message","id":1,"text":"g');
    expect(keyFrom(firstLine, wrong, 0)).to.equal(undefined);
    expect(fitsAlong(SEALED_LINES, 0, wrong)[0]).to.deep.equal({ position: 0, share: 0 });
  });

  it("is found again in what it opens, whatever the key is", () => {
    const keys = fc.uint8Array({ minLength: KEY_BYTES, maxLength: KEY_BYTES });
    fc.assert(
      fc.property(keys, fc.string({ minLength: 1, maxLength: 80 }), (key, text) => {
        const plain = Buffer.from(text);
        const found = keyFrom(xorWithKey(plain, Buffer.from(key)), plain, 0) ?? NOTHING_KNOWN;
        expect(found.every((byte, i) => byte === undefined || byte === key[i])).to.equal(true);
        expect(fitOf([plain], NOTHING_KNOWN)).to.deep.equal({ opened: 0, ofText: 0 });
      }),
    );
  });

  it("adds to what is known already", () => {
    const first = keyFrom(firstLine, BEGINNING, 0) ?? NOTHING_KNOWN;
    const second = keyFrom(firstLine, bytes(',"text":"'), 24) ?? NOTHING_KNOWN;
    expect(knownBytes(together(first, second))).to.equal(23 + 8); // Byte 23 is the digit of the id.
  });
});
