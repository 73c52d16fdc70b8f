import { expect } from "chai";
import type { WireLine } from "../../shared/wire.ts";
import { isListed, journeyOf } from "./journeys.ts";

const line = (changed: Partial<WireLine>): WireLine => ({
  number: 1,
  link: "chat",
  from: "alice",
  to: "bob",
  connection: 1,
  at: 0,
  bytes: "",
  length: 0,
  spans: [],
  words: "",
  type: "message",
  clause: "",
  state: "passed",
  acts: [],
  ...changed,
});

describe("the journey of a line", () => {
  it("leads from its sender to its receiver", () => {
    expect(journeyOf("02", line({}), undefined)).to.deep.equal({
      lane: "wire",
      from: 0,
      to: 1,
      ending: "arrives",
    });
    expect(journeyOf("02", line({ from: "bob", to: "alice" }), undefined)).to.deep.include({
      from: 1,
      to: 0,
    });
    expect(
      journeyOf("01", line({ link: "calculator", from: "calculator", to: "alice" }), undefined),
    ).to.deep.include({
      from: 1,
      to: 0,
    });
  });

  it("leads to Mallory if she holds it, and from her when she passes it on or drops it", () => {
    const held = line({ state: "held" });
    expect(journeyOf("02", held, undefined)).to.deep.include({ from: 0, to: 0.5, ending: "waits" });
    expect(journeyOf("02", line({}), held)).to.deep.include({ from: 0.5, to: 1, ending: "arrives" });
    expect(journeyOf("02", line({ state: "dropped" }), held)).to.deep.include({
      from: 0.5,
      to: 0.5,
      ending: "falls",
    });
  });

  it("begins at Mallory if it is one that she sends again", () => {
    expect(journeyOf("02", line({ copyOf: 1 }), undefined)).to.deep.include({ from: 0.5, to: 1 });
  });

  it("is none if only something else of it has changed", () => {
    const held = line({ state: "held" });
    expect(journeyOf("02", line({ state: "held", acts: ["changed"] }), held)).to.equal(undefined);
  });

  it("is in the lane around the wire for who tells whom where somebody is", () => {
    const joined = line({ link: "registry", from: "registry", to: "bob" });
    expect(journeyOf("03", joined, undefined)).to.deep.include({ lane: "around", from: 0.5, to: 1 });
    const beacon = line({ link: "datagram", from: "carol", to: "alice" });
    expect(journeyOf("05", beacon, undefined)).to.deep.include({ lane: "around", from: 1, to: 0 });
  });
});

describe("the list of lines", () => {
  const all = { isFolded: false, showsHeartbeats: true };
  const ping = line({ link: "registry", from: "registry", to: "alice", type: "ping" });

  it("has no heartbeats that Mallory let pass, unless somebody wants them", () => {
    const quiet = { ...all, showsHeartbeats: false };
    expect(isListed(ping, quiet)).to.equal(false);
    expect(isListed({ ...ping, type: "pong" }, quiet)).to.equal(false);
    expect(isListed(ping, all)).to.equal(true);
    for (const shown of [
      { ...ping, state: "held" },
      { ...ping, acts: ["changed"] },
      line({ type: "ping" }),
    ] as const)
      expect(isListed(shown as WireLine, quiet)).to.equal(true);
  });

  it("has nothing of what stands around the wire while that is folded", () => {
    expect(isListed(ping, { ...all, isFolded: true })).to.equal(false);
    expect(isListed(line({}), { ...all, isFolded: true })).to.equal(true);
  });
});
