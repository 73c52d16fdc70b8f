import { expect } from "chai";
import { RelayDoubts } from "./relay-doubts.ts";

const NOW = 1_000_000_000;
const TEN_MINUTES = 600_000;

describe("doubts about relays", () => {
  it("P10.5 a relay that failed is doubted for ten minutes, and on the way to this peer only", () => {
    const doubts = new RelayDoubts();
    doubts.doubt("bob", "one", NOW);
    expect(doubts.since("bob", "one", NOW + TEN_MINUTES - 1)).to.equal(NOW);
    expect(doubts.since("bob", "one", NOW + TEN_MINUTES)).to.equal(0);
    expect(doubts.since("bob", "other", NOW)).to.equal(0);
    expect(doubts.since("carol", "one", NOW)).to.equal(0);
  });

  it("P10.5 of two that failed the one that failed longer ago comes first", () => {
    const doubts = new RelayDoubts();
    doubts.doubt("bob", "one", NOW);
    doubts.doubt("bob", "other", NOW + 1);
    doubts.doubt("bob", "one", NOW + 2);
    expect(doubts.since("bob", "one", NOW + 3)).to.be.greaterThan(doubts.since("bob", "other", NOW + 3));
  });

  it("P10.5 256 doubts are remembered: the oldest ones are forgotten", () => {
    const doubts = new RelayDoubts();
    for (let peer = 0; peer < 300; peer++) doubts.doubt(`peer ${peer}`, "one", NOW + peer);
    const known = Array.from({ length: 300 }, (_, peer) => doubts.since(`peer ${peer}`, "one", NOW + 300));
    expect(known.filter((since) => since > 0)).to.have.length(256);
    expect(known[43]).to.equal(0);
    expect(known[44]).to.equal(NOW + 44);
  });
});
