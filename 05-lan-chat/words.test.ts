import { expect } from "chai";
import { WORDS } from "./words.ts";

describe("the list of words (P8.1)", () => {
  it("has at least 1,024 words, all different, short, and of lower-case letters", () => {
    expect(WORDS.length).to.be.at.least(1024);
    expect(new Set(WORDS).size).to.equal(WORDS.length);
    expect(WORDS.filter((word) => !/^[a-z]{3,6}$/.test(word))).to.deep.equal([]);
  });
});
