import { expect } from "chai";
import { fitted } from "./fitted.ts";

const USAGE = `usage: npm run try -- NAME
       npm run try -- all

Tries what stands here and goes on
in a second line.

  --long NAME    what it does, in more
                 words than one line holds
  --help         show this text`;

describe("what a program says about itself", () => {
  it("ends its lines between words, and stays in its columns", () => {
    expect(fitted(USAGE, 32).split("\n")).to.deep.equal([
      "usage: npm run try -- NAME",
      "       npm run try -- all",
      "",
      "Tries what stands here and goes",
      "on in a second line.",
      "",
      "  --long NAME    what it does,",
      "                 in more words",
      "                 than one line",
      "                 holds",
      "  --help         show this text",
    ]);
  });

  it("stays as it is where there is room, and where there is no terminal", () => {
    expect(fitted(USAGE, 80)).to.equal(USAGE);
    expect(fitted(USAGE, undefined)).to.equal(USAGE);
  });

  it("goes on below the left column where the right one would be too narrow", () => {
    expect(fitted("  --long NAME    what it does", 24).split("\n")).to.deep.equal([
      "  --long NAME",
      "      what it does",
    ]);
  });

  it("breaks an error at words, and a word that is too long anywhere", () => {
    expect(fitted("error: one two three", 12)).to.equal("error: one\ntwo three");
    expect(fitted(`error: ${"x".repeat(15)}`, 10)).to.equal("error:\nxxxxxxxxxx\nxxxxx");
  });
});
