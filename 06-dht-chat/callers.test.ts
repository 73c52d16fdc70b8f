import { expect } from "chai";
import { Callers } from "./callers.ts";

const NOW = 1_000_000;

describe("who connects to a page", () => {
  it("P10.6 one peer may come eight times in ten seconds; another one has eight of its own", () => {
    const callers = new Callers();
    const tries = (peer: string, now: number): number =>
      Array.from({ length: 20 }, () => callers.mayConnect(peer, 0, now)).filter(Boolean).length;
    expect(tries("one", NOW)).to.equal(8);
    expect(tries("other", NOW)).to.equal(8);
    expect(tries("one", NOW + 9999)).to.equal(0);
    expect(tries("one", NOW + 10_000)).to.equal(8);
  });

  it("P10.6 with twelve connections that stand it has enough, however slowly they came", () => {
    const callers = new Callers();
    expect(callers.mayConnect("one", 11, NOW)).to.equal(true);
    expect(callers.mayConnect("one", 12, NOW)).to.equal(false);
  });

  it("P10.6 1024 peers are remembered: the ones that came longest ago are forgotten", () => {
    const callers = new Callers();
    for (let time = 0; time < 8; time++) callers.mayConnect("first", 0, NOW);
    for (let peer = 0; peer < 1023; peer++) callers.mayConnect(`peer ${peer}`, 0, NOW);
    expect(callers.mayConnect("first", 0, NOW)).to.equal(false);
    callers.mayConnect("one more", 0, NOW);
    expect(callers.mayConnect("first", 0, NOW)).to.equal(true);
  });
});
