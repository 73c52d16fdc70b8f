import { expect } from "chai";
import { judgeAnswer, judgeGuess, type Prediction, type Question } from "./question.ts";

const question: Question = {
  find: async () => ({ answers: ["two lines", "2"], observed: "the server answered two lines" }),
  explain: (answer) => `not ${answer}`,
};

describe("a prediction", () => {
  let runs = 0;
  const prediction: Prediction = {
    ...question,
    find: async () => {
      runs += 1;
      return { answers: ["2", "two"], observed: "the server answered two lines" };
    },
    problemOf: (answer) => (/^[0-9]+$|^two$/.test(answer) ? undefined : "Enter a number."),
  };

  beforeEach(() => {
    runs = 0;
  });

  it("passes with a wrong guess, which stands beside the result, with what explains it and what was seen", async () => {
    expect(await judgeGuess(prediction, " 3\n")).to.deep.equal({
      verdict: "passed",
      observed: "your guess   the result\n3            2\n\nnot 3\n\nthe server answered two lines",
    });
  });

  it("passes with a right one, in every form, and says so", async () => {
    for (const guess of ["2", "TWO"])
      expect(await judgeGuess(prediction, guess)).to.deep.equal({
        verdict: "passed",
        observed: `your guess   the result\n${guess.padEnd(13)}2\n\nAs you said.\n\nthe server answered two lines`,
      });
  });

  it("asks again in one line for what is no guess, and runs nothing", async () => {
    for (const [guess, problem] of [
      ["", "Enter what you think, right or wrong."],
      [" \t", "Enter what you think, right or wrong."],
      ["many", "Enter a number."],
      ["9".repeat(101), "Enter a shorter guess."],
    ] as const)
      expect(await judgeGuess(prediction, guess)).to.deep.equal({ verdict: "failed", explanation: problem });
    expect(runs).to.equal(0);
  });

  it("does not count before its program has run", async () => {
    const failing = { ...prediction, find: () => Promise.reject(new Error("no server\nstack")) };
    expect(await judgeGuess(failing, "2")).to.deep.equal({ verdict: "could-not-run", reason: "no server" });
  });
});

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
