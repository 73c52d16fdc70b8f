import { expect } from "chai";
import { shown, shownText } from "./shown.ts";

describe("how names and texts of others are shown", () => {
  it("P10.13 a control or bidirectional character in a name is seen, and moves nothing", () => {
    expect(shown("in\u202Efdp.exe")).to.equal("in\uFFFDfdp.exe");
    expect(shown("a\u0000b\u001bc\u2066d\u200fe\u061cf\u2028g\ufeffh")).to.equal(
      "a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\uFFFDf\uFFFDg\uFFFDh",
    );
  });

  it("P10.13 a name has one line", () => {
    expect(shown("Bob\nAdmin")).to.equal("Bob\uFFFDAdmin");
  });

  it("P3.4 a text keeps its lines, and nothing else that a page obeys", () => {
    expect(shownText("one\ntwo\r\nthr\u202eee")).to.equal("one\ntwo\nthr\uFFFDee");
  });

  it("P3.4 letters of all scripts, and pictures made of several characters, stay as they are", () => {
    const text = 'שלום, 你好, é, 👩‍🚀\tand <b>markup</b> & "quotes"';
    expect(shownText(text)).to.equal(text);
  });
});
