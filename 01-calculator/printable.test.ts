import { expect } from "chai";
import fc from "fast-check";
import { printable } from "./printable.ts";

describe("printable", () => {
  it("P3.4 replaces controls and bidirectional controls, each one, and keeps tabs", () => {
    expect(printable("a\tb\u0000c\u001b[2Jd\u007fe\u009ff\u202eg\u2066h\n")).to.equal(
      "a\tb\uFFFDc\uFFFD[2Jd\uFFFDe\uFFFDf\uFFFDg\uFFFDh\uFFFD",
    );
    for (const edge of ["\u0008", "\u000a", "\u001f", "\u0080", "\u202a", "\u2069"])
      expect(printable(edge)).to.equal("\uFFFD");
    for (const kept of [" ", "~", "\u00a0", "\u2029", "\u202f", "\u2065", "\u206a"])
      expect(printable(kept)).to.equal(kept);
  });

  it("P3.4 leaves any other text as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const clean = printable(text);
        expect(clean).to.match(/^[\t\P{Cc}]*$/u);
        expect([...clean].length).to.equal([...text].length);
        expect(printable(clean)).to.equal(clean);
      }),
    );
  });
});
