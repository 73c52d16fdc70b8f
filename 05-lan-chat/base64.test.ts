import { expect } from "chai";
import fc from "fast-check";
import { decodeBase64, encodeBase64, encodeBase64Url, fromTokenText, toTokenText } from "./base64.ts";

const bytes = fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array));

describe("base64", () => {
  // RFC 4648, section 10.
  for (const [plain, encoded] of [
    ["", ""],
    ["f", "Zg=="],
    ["fo", "Zm8="],
    ["foo", "Zm9v"],
    ["foob", "Zm9vYg=="],
    ["fooba", "Zm9vYmE="],
    ["foobar", "Zm9vYmFy"],
  ] as const) {
    it(`gives RFC 4648's answer for "${plain}"`, () => {
      expect(encodeBase64(Buffer.from(plain))).to.equal(encoded);
      expect(decodeBase64(encoded)?.toString()).to.equal(plain);
    });
  }

  for (const [title, value] of [
    ["no padding", "Zg"],
    ["padding too short", "Zg="],
    ["padding too long", "Zg==="],
    ["other bits before the padding", "Zh=="],
    ["a line feed at the end", "Zg==\n"],
    ["a blank inside", "Zm 8="],
    ["a letter that is none", "Zm9*"],
    ["the other alphabet", "_-__"],
    ["a letter outside ASCII", "Zm9\u00f6"],
    ["something behind the padding", "Zg==Zg=="],
    ["no string", 5],
    ["nothing", undefined],
  ] as const) {
    it(`P8.2 refuses ${title}`, () => {
      expect(decodeBase64(value)).to.equal(undefined);
    });
  }

  it("decodes what it encodes, in each spelling", () => {
    fc.assert(
      fc.property(bytes, (some) => {
        expect(decodeBase64(encodeBase64(some))?.equals(some)).to.equal(true);
        expect(fromTokenText(toTokenText(some))?.equals(some)).to.equal(true);
        expect(encodeBase64Url(some)).to.match(/^[A-Za-z0-9_-]*$/);
      }),
    );
  });

  it("P8.4 gives a token's text its padding, and takes no other", () => {
    expect(toTokenText(Buffer.from([0xfb, 0xff]))).to.equal("-_8=");
    for (const wrong of ["-_8", "-_8==", "+/8=", "-_9=", "-_8=\n", " -_8="])
      expect(fromTokenText(wrong), wrong).to.equal(undefined);
  });
});
