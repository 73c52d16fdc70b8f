import { expect } from "chai";
import { judgeAnswer, type Question } from "./question.ts";

const question: Question = {
  find: async () => ({ answers: ["two lines", "2"], observed: "the server answered two lines" }),
  explain: (answer) => `not ${answer}`,
};

describe("a question", () => {
  it("takes every form of the right answer", async () => {
    for (const answer of ["2", " 2 ", "Two  LINES\n"])
      expect(await judgeAnswer(question, answer)).to.deep.equal({
        verdict: "passed",
        observed: "the server answered two lines",
      });
  });

  it("explains a wrong one", async () => {
    expect(await judgeAnswer(question, " Three ")).to.deep.equal({
      verdict: "failed",
      explanation: "not three",
    });
    expect(await judgeAnswer(question, "  ")).to.deep.equal({
      verdict: "failed",
      explanation: "The answer is empty.",
    });
  });

  it("may compare in a way of its own", async () => {
    const digits = { ...question, normalise: (answer: string) => answer.replace(/\D/g, "") };
    expect(await judgeAnswer(digits, "(2)")).to.deep.include({ verdict: "passed" });
  });

  it("that finds nothing, or fails to run, passes no answer", async () => {
    for (const found of [
      { answers: [], observed: "x" },
      { answers: [""], observed: "x" },
      { answers: ["2"], observed: " " },
    ])
      expect(await judgeAnswer({ ...question, find: async () => found }, "2")).to.deep.include({
        verdict: "could-not-run",
      });
    const failing = { ...question, find: () => Promise.reject(new Error("no capture\nstack")) };
    expect(await judgeAnswer(failing, "2")).to.deep.equal({ verdict: "could-not-run", reason: "no capture" });
  });
});
