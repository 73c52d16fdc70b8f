import { expect } from "chai";
import { modp2048 } from "../../../03-dh-chat/groups.ts";
import {
  drawKeys,
  type Fact,
  knownAfter,
  LESSON_KEYS,
  type Step,
  shakeHands,
  type Who,
} from "./handshake.ts";

const values = (facts: readonly Fact[]): string[] => facts.map(({ name, value }) => `${name}: ${value}`);
const all = (steps: readonly Step[], who: Who): string[] => values(knownAfter(steps, steps.length, who));

describe("a handshake with nobody between", () => {
  it("ends with one secret, and equal safety numbers: the known answer of 6 and 15", async () => {
    const { steps, alicesNumber, bobsNumber } = await shakeHands(LESSON_KEYS, false);
    expect(all(steps, "alice")).to.include.members([
      "own private key: 6",
      "Bob's public key: 19",
      "secret with Bob: 2",
    ]);
    expect(all(steps, "bob")).to.include.members([
      "own private key: 15",
      "Alice's public key: 8",
      "secret with Alice: 2",
    ]);
    expect(alicesNumber).to.equal("48272 41224 68102 57381 40497 84046");
    expect(bobsNumber).to.equal(alicesNumber);
  });

  it("leaves Eve with what was on the wire, and nothing else", async () => {
    const { steps } = await shakeHands(LESSON_KEYS, false);
    const known = knownAfter(steps, steps.length, "middle");
    expect(known.every(({ kind }) => kind === "seen")).to.equal(true);
    expect(values(known).slice(0, 2)).to.deep.equal(["Alice's public key: 8", "Bob's public key: 19"]);
  });
});

describe("a handshake with Mallory between", () => {
  it("ends with two secrets, both Mallory's, and different safety numbers", async () => {
    for (const keys of [LESSON_KEYS, drawKeys(modp2048)]) {
      const { steps, alicesNumber, bobsNumber } = await shakeHands(keys, true);
      const secretOf = (who: Who) =>
        all(steps, who).flatMap((fact) => /^secret with \w+\??: (.+)$/.exec(fact)?.[1] ?? []);
      const [alices, bobs] = [secretOf("alice"), secretOf("bob")];
      expect(alices).to.have.length(1);
      expect(secretOf("middle")).to.deep.equal([...alices, ...bobs]);
      expect(alicesNumber).not.to.equal(bobsNumber);
    }
  });

  it("lets Bob read another line than Alice wrote", async () => {
    const { steps } = await shakeHands(LESSON_KEYS, true);
    expect(all(steps, "middle")).to.include("Alice's line: pay 100 to carol");
    expect(all(steps, "bob")).to.include("Alice's line: pay 900 to carol");
  });

  it("never has a line that goes from Alice to Bob without passing Mallory", async () => {
    const { steps } = await shakeHands(LESSON_KEYS, true);
    for (const { from, to } of steps.flatMap(({ sent }) => sent)) expect([from, to]).to.include("middle");
  });
});

describe("what one knows", () => {
  it("grows with the steps", async () => {
    const { steps } = await shakeHands(LESSON_KEYS, false);
    expect(knownAfter(steps, 1, "alice")).to.deep.equal([]);
    expect(values(knownAfter(steps, 2, "alice"))).to.deep.equal(["own private key: 6"]);
    expect(knownAfter(steps, 3, "alice")).to.have.length(1);
    expect(values(knownAfter(steps, 3, "bob"))).to.deep.equal([
      "own private key: 15",
      "Alice's public key: 8",
    ]);
  });
});
