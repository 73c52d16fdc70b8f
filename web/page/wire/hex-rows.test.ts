import { expect } from "chai";
import { bitsOf, bytesOfRow, byteWords, partAt, staysReadable } from "./hex-rows.ts";

const part = (name: string, offset: number, length: number) => ({
  name,
  offset,
  length,
  sight: "known" as const,
  label: name,
  clause: "",
});
const PARTS = [part("a", 0, 3), part("nothing", 3, 0), part("b", 3, 6), part("lf", 9, 1)];
const BYTES = new TextEncoder().encode("ab c\u00e9de\n");

describe("bytes in rows", () => {
  it("have digits, a character, and a part", () => {
    expect(bytesOfRow(BYTES, PARTS, 0, 4)).to.deep.equal([
      { place: 0, hex: "61", text: "a", part: 0 },
      { place: 1, hex: "62", text: "b", part: 0 },
      { place: 2, hex: "20", text: "\u00a0", part: 0 },
      { place: 3, hex: "63", text: "c", part: 2 },
    ]);
    // What is no printable ASCII is a dot in the middle; the last row has what is left.
    expect(bytesOfRow(BYTES, PARTS, 1, 4).map(({ text }) => text)).to.deep.equal(["·", "·", "d", "e"]);
    expect(bytesOfRow(BYTES, PARTS, 2, 4)).to.deep.equal([{ place: 8, hex: "0a", text: "·", part: 2 }]);
    expect(bytesOfRow(BYTES, PARTS, 3, 4)).to.deep.equal([]);
  });

  it("belong to no part behind the last one", () => {
    expect([partAt(PARTS, 9), partAt(PARTS, 10)]).to.deep.equal([3, -1]);
  });
});

describe("a byte", () => {
  it("is its bits, the greatest first", () => {
    expect(bitsOf(0x31).map(({ isSet }) => (isSet ? 1 : 0))).to.deep.equal([0, 0, 1, 1, 0, 0, 0, 1]);
    expect(bitsOf(0)[0]).to.deep.equal({ bit: 7, worth: 128, isSet: false });
  });

  it("is told with its character if it has one", () => {
    expect([byteWords(0x31), byteWords(0x0a)]).to.deep.equal(["31, \u201c1\u201d", "0a"]);
  });
});

describe("a flipped bit", () => {
  it("leaves the line in form if a digit stays a digit, and a letter one that is printed", () => {
    const bits = (character: string, type: string): number[] =>
      [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => staysReadable(character.charCodeAt(0), bit, type));
    expect(bits("1", "xored")).to.deep.equal([0, 1, 2, 3]);
    expect(bits("a", "sealed")).to.deep.equal([1, 2]);
    expect(bits("1", "question")).to.deep.equal([0, 1, 2, 3]);
    // The one worth 2 makes a quotation mark of a space, which ends the text.
    expect(bits(" ", "message")).to.deep.equal([0, 2, 3, 4, 6]);
    expect(bits("A", "token")).to.deep.equal([1, 2, 3, 4, 5]);
    expect(bits("1", "ack")).to.deep.equal([]);
  });
});
