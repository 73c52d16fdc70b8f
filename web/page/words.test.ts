// Tests how counts, and what went wrong, are said.

import { expect } from "chai";
import { counted, problemWords } from "./words.ts";

describe("words of all places", () => {
  it("counts have their noun", () => {
    expect([0, 1, 1_234_567].map((count) => counted(count, "packet"))).to.deep.equal([
      "0 packets",
      "1 packet",
      "1,234,567 packets",
    ]);
    expect([1, 2].map((count) => counted(count, "reply", "replies"))).to.deep.equal(["1 reply", "2 replies"]);
  });

  it("what went wrong is one line, without the class of the error", () => {
    expect(problemWords(new TypeError("no such capture"))).to.equal("no such capture");
    expect(problemWords("no such capture")).to.equal("no such capture");
  });
});
