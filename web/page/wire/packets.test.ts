import { expect } from "chai";
import type { Journey } from "./journeys.ts";
import { Packets, sightOf } from "./packets.ts";

const arrives: Journey = { lane: "wire", from: 0, to: 1, ending: "arrives" };
const waits: Journey = { lane: "wire", from: 0, to: 0.5, ending: "waits" };

describe("the packets on the wire", () => {
  it("go when they have arrived, and stay when they wait", () => {
    const packets = new Packets();
    packets.add(1, arrives, true);
    packets.add(2, waits, true);
    for (const { key } of packets.all) packets.end(key);
    expect(packets.all.map(({ number }) => number)).to.deep.equal([2]);
  });

  it("are one for each line: one that waited, and goes on, is another packet", () => {
    const packets = new Packets();
    packets.add(1, waits, true);
    const [standing] = packets.all;
    packets.add(1, { ...arrives, from: 0.5 }, true);
    expect(packets.all.length).to.equal(1);
    expect(packets.all[0]?.key).to.not.equal(standing?.key);
  });

  it("that move are few, however many lines pass; those that wait are all there", () => {
    const packets = new Packets();
    for (let number = 1; number <= 100; number += 1) packets.add(number, arrives, true);
    expect(packets.all.length).to.equal(8);
    packets.add(101, waits, true);
    expect(packets.all.length).to.equal(9);
  });

  it("do not move if nothing is to move", () => {
    const packets = new Packets();
    packets.add(1, waits, false);
    packets.add(2, arrives, false);
    expect(packets.all.map(({ number }) => number)).to.deep.equal([1]);
    packets.add(1, arrives, false);
    expect(packets.all).to.deep.equal([]);
  });
});

describe("the colour of a line", () => {
  it("says first that something can be read, then that something is sealed", () => {
    const of = (...sights: ("readable" | "known" | "sealed")[]) =>
      sightOf({ spans: sights.map((sight) => ({ length: 1, sight })) });
    expect([of("known", "sealed", "readable"), of("known", "sealed"), of("known"), of()]).to.deep.equal([
      "readable",
      "sealed",
      "known",
      "known",
    ]);
  });
});
