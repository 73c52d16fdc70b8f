// Tests where two texts first differ, as it is told to people.

import { expect } from "chai";
import { defineCheck } from "./check.ts";
import { failureParts } from "./failure-parts.ts";
import { quote } from "./readable-bytes.ts";
import { Recording } from "./recording.ts";

const CHECK = defineCheck({
  id: "P1.1-demand",
  stages: ["01"],
  of: "server",
  title: "a demand",
  run: async () => {},
});

/** Which character of the text is said to differ first. */
function characterOf(expected: string, received: string): number | undefined {
  const failure = { step: "", expected, received, exact: true, clause: "P1.1" };
  const about = { stage: "01", verdict: "failed", milliseconds: 1, transcript: [], seed: 1 } as const;
  return failureParts({ check: CHECK, recorded: new Recording(), ...about, failure }).compared?.character;
}

describe("the first character that differs", () => {
  it("is counted in the text itself: quotes around it are none, and an escape is one", () => {
    expect(characterOf(quote("= 2\n"), quote("2\n"))).to.equal(1);
    expect(characterOf(quote("= 2\n"), quote("= 3\n"))).to.equal(3);
    expect(characterOf(quote("\t\\= 2\n"), quote("\t\\= 3\n"))).to.equal(5);
    expect(characterOf(quote("\u200b1"), quote("\u200b2"))).to.equal(2);
    // The escapes of both begin alike.
    expect(characterOf(quote("a\n"), quote("a\t"))).to.equal(2);
    expect(characterOf(quote("a"), quote("ab"))).to.equal(2);
  });

  it("is counted from the beginning of a text without quotes", () => {
    expect(characterOf("😀 yes", "😀 no")).to.equal(3);
  });
});
