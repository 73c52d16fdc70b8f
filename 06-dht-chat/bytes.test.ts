import { expect } from "chai";
import fc from "fast-check";
import {
  concat,
  fromBase64,
  fromHex,
  fromUtf8,
  isEqual,
  readUint32,
  toBase64,
  toHex,
  toUtf8,
  uint32,
} from "./bytes.ts";

const bytes = fc.uint8Array({ maxLength: 300 });

describe("bytes as text", () => {
  it("P10.3 base64 has one spelling, with padding: what Node.js writes, and nothing else", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = toBase64(value);
        expect(text).to.equal(Buffer.from(value).toString("base64"));
        expect(fromBase64(text)).to.deep.equal(Uint8Array.from(value));
      }),
    );
  });

  const spellings = [
    "QQ",
    "QQ=",
    "QR==",
    "QUJ=",
    "QQ==\n",
    " QQ==",
    "Q Q==",
    "-_8=",
    "QQ===",
    "====",
    "=",
    "Q===",
    "QQ==QQ==",
  ];
  for (const value of [...spellings, 5, null, undefined, ["QQ=="]]) {
    it(`P10.3 no base64: ${JSON.stringify(value)}`, () => {
      expect(fromBase64(value)).to.equal(undefined);
    });
  }

  it("P10.3 base64 of 100,000 bytes", () => {
    const value = new Uint8Array(100_000).fill(7);
    expect(fromBase64(toBase64(value))).to.deep.equal(value);
  });

  it("P10.6 hexadecimal digits are in lower case and in pairs", () => {
    fc.assert(
      fc.property(bytes, (value) => {
        expect(toHex(value)).to.equal(Buffer.from(value).toString("hex"));
        expect(fromHex(toHex(value))).to.deep.equal(Uint8Array.from(value));
      }),
    );
    for (const value of ["A0", "a", "0g", "0x00", " 00", "00\n", 5, null])
      expect(fromHex(value), String(value)).to.equal(undefined);
  });

  it("P10.3 text is UTF-8 and nothing else, and a byte order mark is a character", () => {
    expect(fromUtf8(toUtf8("☕ é"))).to.equal("☕ é");
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b))).to.equal("\ufeff{");
    for (const wrong of [[0xc0, 0x80], [0xff], [0xed, 0xa0, 0x80], [0xe2, 0x98]])
      expect(fromUtf8(Uint8Array.from(wrong)), String(wrong)).to.equal(undefined);
  });
});

describe("bytes", () => {
  it("P10.6 a number of 32 bits is big-endian", () => {
    expect(toHex(uint32(0x01020304))).to.equal("01020304");
    expect(toHex(uint32(0xffff_ffff))).to.equal("ffffffff");
    expect(readUint32(concat(Uint8Array.of(9), uint32(0xfedc_ba98)), 1)).to.equal(0xfedc_ba98);
    for (const wrong of [-1, 2 ** 32, 1.5, Number.NaN]) expect(() => uint32(wrong)).to.throw(RangeError);
    expect(() => readUint32(Uint8Array.of(1, 2, 3))).to.throw(RangeError);
  });

  it("P10.6 reads a number in a part of a larger buffer", () => {
    expect(readUint32(Uint8Array.of(9, 9, 0, 0, 1, 0).subarray(2))).to.equal(256);
  });

  it("P10.2 two are equal when all of their bytes are", () => {
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        expect(isEqual(one, other)).to.equal(Buffer.compare(one, other) === 0);
        expect(isEqual(one, one.slice())).to.equal(true);
      }),
    );
    for (const other of [Uint8Array.of(1, 3), Uint8Array.of(3, 2)])
      expect(isEqual(Uint8Array.of(1, 2), other)).to.equal(false);
    expect(isEqual(Uint8Array.of(0), new Uint8Array())).to.equal(false);
  });
});
