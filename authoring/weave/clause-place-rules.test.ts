import { expect } from "chai";
import { misplacedClauses } from "./clause-place-rules.ts";

/** The clauses that are found, with their lines. */
function found(text: string, folder = "02-basic-p2p"): string[] {
  return misplacedClauses(text, folder).map(({ line, clause }) => `${line} ${clause}`);
}

describe("the places of clause numbers", () => {
  it("are the ends of sentences, in parentheses", () => {
    for (const text of [
      "A name has one owner (P2.2).",
      "A name has one owner (P2.2). It is free again later.",
      "A name has one owner ([P2.2](../protocol.md)). More.",
      "Is it so (P2.2, P2.3)? And so (P2.2 to P2.4)! It is (P2.1,\nP2.2).",
      "Here is what is checked (P3.1):\n\n- It.",
      "- one (P2.1)\n- two (P2.2)\n",
      "| is a cell (P2.1) | and another (P2.2) |",
      "- `P2.2-taken`: a name has one owner.",
      "The blocks are P1, P2 and P3.",
      "<!-- exercise\nchecks: P2.2-taken\n-->",
      "```ts\n/** Frees the name (P2.2), and tells the others. */\n```",
    ])
      expect(found(text), text).to.deep.equal([]);
  });

  it("are not the middle of one, nor the sentence itself", () => {
    expect(found("Text.\n\nNames are compared (P2.1): people would\nnot know.")).to.deep.equal(["3 P2.1"]);
    expect(found("A name\nhas one owner (P2.2), and that is all.")).to.deep.equal(["2 P2.2"]);
    expect(found("By clause P2.2 it is so.")).to.deep.equal(["1 P2.2"]);
    expect(found("The order of P2.4.")).to.deep.equal(["1 P2.4"]);
    expect(found("(names are ASCII for that reason, P2.1; texts are not)")).to.deep.equal(["1 P2.1"]);
    expect(found("[P3](../protocol.md) says it.")).to.deep.equal(["1 P3"]);
    expect(found("One (P2.1). Two (P2.2), three.")).to.deep.equal(["1 P2.2"]);
  });

  it("are none before stage 02, but in the ids of checks", () => {
    expect(found("A reply comes (P1.2).", "01-calculator")).to.deep.equal(["1 P1.2"]);
    expect(found("`P1.2-order` fails.", "01-calculator")).to.deep.equal([]);
  });
});
