import { expect } from "chai";
import { badgeOf, outcomeSentence } from "./words.ts";

describe("the words of what happened", () => {
  const outcome = { party: "bob" as const, act: "changed" as const, noticed: true, words: "" };

  it("say whether a program noticed, and what it did then", () => {
    const lost = "chat with alice lost: somebody on the way sent a wrong line (bad-record)";
    expect(outcomeSentence({ ...outcome, words: lost })).to.equal(
      "Bob\u2019s program noticed, and ended the chat",
    );
    expect(outcomeSentence({ ...outcome, words: "error: bad-port" })).to.equal("Bob\u2019s program noticed");
    expect(outcomeSentence({ ...outcome, noticed: false, words: "alice> pay 900 to carol" })).to.equal(
      "Bob\u2019s program took it",
    );
    expect(outcomeSentence({ ...outcome, noticed: false, act: "dropped" })).to.equal(
      "Bob\u2019s program did not notice",
    );
    expect(outcomeSentence({ ...outcome, noticed: null, act: "dropped" })).to.equal(
      "Bob\u2019s program shows nothing so far",
    );
    expect(outcomeSentence({ ...outcome, noticed: null, party: "registry" })).to.equal(
      "The registry shows nothing: nobody can tell",
    );
  });

  it("say on a line what Mallory did to it last, and whether it still waits", () => {
    expect(badgeOf({ state: "held", acts: [] })).to.equal("at Mallory");
    expect(badgeOf({ state: "held", acts: ["changed", "flipped"] })).to.equal("at Mallory, bit flipped");
    expect(badgeOf({ state: "passed", acts: ["set-up", "changed"] })).to.equal("changed");
    expect(badgeOf({ state: "dropped", acts: ["changed", "dropped"] })).to.equal("dropped");
    expect(badgeOf({ state: "passed", acts: [] })).to.equal("");
  });
});
