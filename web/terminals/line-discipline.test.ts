import { expect } from "chai";
import { LineDiscipline, MOST_LINE, type Step, shownOutput } from "./line-discipline.ts";

/** What a screen shows, and what a program gets, when keys are pressed one after the other. */
function press(...keys: readonly string[]): { shown: string; sent: string; acts: string[] } {
  const line = new LineDiscipline();
  const steps = keys.flatMap((key) => line.typed(key));
  const text = (pick: (step: Step) => string): string => steps.map(pick).join("");
  return {
    shown: text((step) => ("show" in step ? step.show : "")),
    sent: text((step) => ("send" in step ? step.send : "")),
    acts: steps.flatMap((step) => Object.keys(step).filter((name) => name !== "show")),
  };
}

describe("the line discipline", () => {
  it("shows keys at once, and sends the line with Enter", () => {
    expect(press("h", "i")).to.deep.include({ shown: "hi", sent: "" });
    expect(press("h", "i", "\r")).to.deep.include({ shown: "hi\r\n", sent: "hi\n" });
  });

  it("takes what is pasted, line by line", () => {
    expect(press("one\ntwo\r\nthree\rfour")).to.deep.include({ sent: "one\ntwo\nthree\n" });
  });

  it("erases one character, also one of two columns or of several code points", () => {
    expect(press("a", "b", "\u007f", "\r")).to.deep.include({ shown: "ab\b \b\r\n", sent: "a\n" });
    expect(press("a", "日", "\u0008", "\r")).to.deep.include({ shown: "a日\b\b  \b\b\r\n", sent: "a\n" });
    expect(press("ae\u0301", "\u007f", "\r").sent).to.equal("a\n");
    expect(press("\u007f", "\u007f")).to.deep.include({ shown: "", sent: "" });
  });

  it("erases the whole line with Ctrl-U", () => {
    expect(press("abc", "\u0015", "d\r")).to.deep.include({ shown: "abc\b\b\b   \b\b\bd\r\n", sent: "d\n" });
  });

  it("interrupts with Ctrl-C, and forgets the line", () => {
    expect(press("abc", "\u0003", "d\r")).to.deep.equal({
      shown: "abc^C\r\nd\r\n",
      sent: "d\n",
      acts: ["interrupts", "send"],
    });
  });

  it("ends the input with Ctrl-D at the beginning of a line only", () => {
    expect(press("\u0004").acts).to.deep.equal(["endsInput"]);
    expect(press("a\r", "\u0004").acts).to.deep.equal(["send", "endsInput"]);
    expect(press("ab", "\u0004")).to.deep.equal({ shown: "ab", sent: "ab", acts: ["send"] });
  });

  it("takes no arrow keys and no other control characters into a line; a tab becomes a blank", () => {
    expect(press("\u001b[A", "\u001bOP", "a\u001b[1;5Cb", "\u0001", "\t", "c\r").sent).to.equal("ab c\n");
    expect(press("\u001b").shown).to.equal("");
  });

  it("takes no more than a line may have, and rings", () => {
    const line = new LineDiscipline();
    line.typed("a".repeat(MOST_LINE));
    expect(line.typed("b")).to.deep.equal([{ show: "\u0007" }]);
    expect(line.typed("\r")).to.deep.equal([{ show: "\r\n" }, { send: `${"a".repeat(MOST_LINE)}\n` }]);
    line.typed("\u0015");
    expect(line.typed("c\r")).to.deep.include({ send: "c\n" });
  });
});

describe("the output on a screen", () => {
  it("returns to the first column with each line feed", () => {
    expect(shownOutput("a\nb\n")).to.equal("a\r\nb\r\n");
  });
});
