import { expect } from "chai";
import fc from "fast-check";
import { nextSequence, SeenSequences } from "./seen-sequences.ts";

const TOPIC = "a".repeat(64);

describe("sequences of a group that were seen", () => {
  it("P10.11 one is new once", () => {
    const seen = new SeenSequences();
    expect(seen.note(TOPIC, "ann", 5)).to.equal(true);
    expect(seen.note(TOPIC, "ann", 5)).to.equal(false);
    expect(seen.isNew(TOPIC, "ann", 5)).to.equal(false);
    expect(seen.isNew(TOPIC, "ann", 6)).to.equal(true);
  });

  it("P10.11 each sender in each topic has its own", () => {
    const seen = new SeenSequences([{ topic: TOPIC, from: "ann", seqs: [5] }]);
    expect(seen.note(TOPIC, "ben", 5)).to.equal(true);
    expect(seen.note("b".repeat(64), "ann", 5)).to.equal(true);
    expect(seen.note(TOPIC, "ann", 5)).to.equal(false);
  });

  it("P10.11 one that comes late, between others, is new; one older than all is not", () => {
    const seen = new SeenSequences([{ topic: TOPIC, from: "ann", seqs: [10, 30] }]);
    expect(seen.note(TOPIC, "ann", 20)).to.equal(true);
    expect(seen.note(TOPIC, "ann", 20)).to.equal(false);
    expect(seen.note(TOPIC, "ann", 9)).to.equal(false);
    expect(seen.of(TOPIC, "ann")).to.deep.equal([10, 20, 30]);
  });

  it("P10.11 the 256 last are remembered, and what fell out stays old", () => {
    const seen = new SeenSequences();
    for (let seq = 1; seq <= 300; seq += 1) expect(seen.note(TOPIC, "ann", 2 * seq)).to.equal(true);
    expect(seen.of(TOPIC, "ann").length).to.equal(256);
    expect([seen.of(TOPIC, "ann")[0], seen.of(TOPIC, "ann").at(-1)]).to.deep.equal([90, 600]);
    for (const seq of [2, 88, 89, 90, 600]) expect(seen.isNew(TOPIC, "ann", seq), `${seq}`).to.equal(false);
    for (const seq of [91, 599, 601]) expect(seen.isNew(TOPIC, "ann", seq), `${seq}`).to.equal(true);
  });

  it("P10.11 what is stored says the same after the next start, in whatever order it stands there", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 600 }), { maxLength: 600 }),
        fc.array(fc.nat(700)),
        (noted, asked) => {
          const seen = new SeenSequences();
          for (const seq of noted) seen.note(TOPIC, "ann", seq);
          const seqs = seen.of(TOPIC, "ann").toReversed();
          const again = new SeenSequences([{ topic: TOPIC, from: "ann", seqs }]);
          for (const seq of asked)
            expect(again.isNew(TOPIC, "ann", seq)).to.equal(seen.isNew(TOPIC, "ann", seq));
        },
      ),
    );
  });

  it("P10.11 a topic that is forgotten takes no memory", () => {
    const seen = new SeenSequences([{ topic: TOPIC, from: "ann", seqs: [5] }]);
    seen.forget(TOPIC);
    expect(seen.of(TOPIC, "ann")).to.deep.equal([]);
  });

  it("P10.11 seq is the time in milliseconds, and greater than the last one sent", () => {
    expect(nextSequence(1000, 0)).to.equal(1000);
    expect(nextSequence(1000, 1000)).to.equal(1001);
    expect(nextSequence(900, 1001)).to.equal(1002);
    expect(nextSequence(2000.7, 1002)).to.equal(2000);
  });
});
