import { expect } from "chai";
import { type Prompt, pressInPrompt } from "./prompt.ts";

describe("a prompt", () => {
  const answers: string[] = [];
  const prompt = (typed: string | undefined): Prompt => ({
    question: "?",
    typed,
    done: (answer) => answers.push(answer),
  });
  const type = (start: Prompt, ...names: string[]): Prompt | undefined =>
    names.reduce<Prompt | undefined>(
      (now, name) =>
        now === undefined
          ? undefined
          : pressInPrompt(now, { name, text: [...name].length === 1 ? name : "" }),
      start,
    );

  beforeEach(() => {
    answers.length = 0;
  });

  it("takes a line, with letters taken back", () => {
    expect(type(prompt(""), "a", "b", "é", "backspace", "c", "up", "return")).to.equal(undefined);
    expect(answers).to.deep.equal(["abc"]);
  });

  it("may be left, and emptied", () => {
    expect(type(prompt("ab"), "ctrl-u")?.typed).to.equal("");
    expect(type(prompt("ab"), "escape")).to.equal(undefined);
    expect(answers).to.deep.equal([]);
  });

  it("takes a single key", () => {
    expect(type(prompt(undefined), "y")).to.equal(undefined);
    expect(type(prompt(undefined), "escape")).to.equal(undefined);
    expect(answers).to.deep.equal(["y", ""]);
  });
});
