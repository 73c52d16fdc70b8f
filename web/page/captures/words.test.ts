// Tests how sizes and texts of others are shown.

import { expect } from "chai";
import { isText, shown, sizeWords } from "./words.ts";

describe("words of captures", () => {
  it("texts of others keep no character that a browser would obey", () => {
    expect(shown("a\u202eb\u0000c\u200bd\ne")).to.equal("a\uFFFDb\uFFFDc\uFFFDd\uFFFDe");
    expect(shown("<b>Grüße, 世界 👋</b>")).to.equal("<b>Grüße, 世界 👋</b>");
  });

  it("bytes that are no text are told from text", () => {
    expect(isText('{"type":"message","text":"hi\uFFFD there, all of you"}')).to.equal(true);
    expect(isText("\uFFFD\uFFFDe\uFFFD\uFFFDJ&K")).to.equal(false);
    expect(isText("")).to.equal(true);
  });

  it("sizes have a unit", () => {
    expect([0, 1, 999, 1000, 43_210, 1_073_741_824].map(sizeWords)).to.deep.equal([
      "0 bytes",
      "1 byte",
      "999 bytes",
      "1.00 KB",
      "43.2 KB",
      "1.07 GB",
    ]);
  });
});
