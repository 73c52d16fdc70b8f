import { expect } from "chai";
import { HiddenLine, type HiddenState } from "./hidden-line.ts";

/** Types bytes one at a time: the last state. */
function typed(text: string, maxBytes = 100): HiddenState {
  const line = new HiddenLine(maxBytes);
  let state: HiddenState = { kind: "more" };
  for (const byte of Buffer.from(text)) state = line.push(Buffer.of(byte));
  return state;
}

describe("a line that is typed unseen", () => {
  it("ends with Enter, in whatever pieces it comes", () => {
    expect(typed("open sesame\r")).to.deep.include({ kind: "line", text: "open sesame" });
    expect(typed("é 😀\n")).to.deep.include({ kind: "line", text: "é 😀" });
    expect(typed("open")).to.deep.equal({ kind: "more" });
    const whole = new HiddenLine(100).push(Buffer.from("a b\rnext\r"));
    expect(whole).to.deep.equal({ kind: "line", text: "a b", rest: Buffer.from("next\r") });
  });

  it("can be mended by Backspace, which takes whole characters, and by Ctrl-U", () => {
    expect(typed("axé\x7f\x7fb😀\bc\r")).to.include({ text: "abc" });
    expect(typed("\x7f\x7fa\r")).to.include({ text: "a" });
    expect(typed("wrong\x15right\r")).to.include({ text: "right" });
  });

  it("holds nothing of arrow keys and other controls", () => {
    expect(typed("a\x1b[Db\x1b[3~c\x1bOAd\x01\t\r")).to.include({ text: "abcd" });
  });

  it("is given up by Ctrl-C, and by Ctrl-D if nothing is typed", () => {
    expect(typed("abc\x03")).to.deep.equal({ kind: "given-up" });
    expect(typed("\x04")).to.deep.equal({ kind: "given-up" });
    expect(typed("a\x04b\r")).to.include({ text: "ab" });
  });

  it("keeps no more bytes than allowed, and is empty if they are not UTF-8", () => {
    expect(typed(`${"x".repeat(20)}\r`, 10)).to.include({ text: "x".repeat(10) });
    expect(typed("éé\r", 3)).to.include({ text: "" });
  });
});
