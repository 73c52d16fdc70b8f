// Tests bytes as digits and text.

import { expect } from "chai";
import fc from "fast-check";
import { character, fromBase64, fromHex, hexOffset, toHex } from "./bytes.ts";

describe("bytes of the page", () => {
  it("base64 is read as Node.js writes it, with either alphabet", () => {
    const alphabets = fc.constantFrom("base64" as const, "base64url" as const);
    fc.assert(
      fc.property(fc.uint8Array(), alphabets, (bytes, alphabet) => {
        expect(fromBase64(Buffer.from(bytes).toString(alphabet))).to.deep.equal(bytes);
      }),
    );
    expect(() => fromBase64("no base64!")).to.throw();
  });

  it("hexadecimal digits are read as they are written", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom("", " "), (bytes, between) => {
        expect(fromHex(toHex(bytes, between))).to.deep.equal(bytes);
      }),
    );
    expect(toHex([0, 10, 255], " ")).to.equal("00 0a ff");
  });

  it("a row begins with its place, in four digits or more", () => {
    expect([0, 272, 0x12345].map(hexOffset)).to.deep.equal(["0000", "0110", "12345"]);
  });

  it("what is no printable ASCII is a dot that ASCII does not have", () => {
    expect([0x1f, 0x20, 0x2e, 0x7e, 0x7f, 0xe9].map(character).join("")).to.equal("· .~··");
  });
});
