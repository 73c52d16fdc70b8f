import { expect } from "chai";
import { Pulse } from "./pulse.ts";

const LIMITS = { quiet: 1000, doubted: 2000, dead: 30_000 };
const NOW = 1_000_000;

describe("the pulse of a connection", () => {
  it("P10.5 what brings something is never asked and never cut, however long it takes", () => {
    const pulse = new Pulse(LIMITS, NOW);
    for (let now = NOW; now < NOW + 600_000; now += 900) {
      pulse.heard(now);
      expect(pulse.look(now + 899)).to.equal("alive");
    }
  });

  it("P10.5 one that is quiet is asked once, then doubted, and cut at last", () => {
    const pulse = new Pulse(LIMITS, NOW);
    const states = Array.from({ length: 34 }, (_, second) => pulse.look(NOW + 1000 * second));
    expect(states).to.deep.equal([
      ...["alive", "ask", "alive"],
      ...Array(28).fill("doubted"),
      ...Array(3).fill("dead"),
    ]);
  });

  it("P10.5 any byte ends a doubt, not only the answer; then it may be quiet anew", () => {
    const pulse = new Pulse(LIMITS, NOW);
    pulse.look(NOW + 1000);
    expect(pulse.look(NOW + 3000)).to.equal("doubted");
    pulse.heard(NOW + 3500);
    expect(pulse.look(NOW + 4000)).to.equal("alive");
    expect(pulse.look(NOW + 4500)).to.equal("ask");
  });

  it("P10.5 after a sleep of hours it is asked first", () => {
    const pulse = new Pulse(LIMITS, NOW);
    expect(pulse.look(NOW + 10_000_000)).to.equal("ask");
    expect(pulse.look(NOW + 10_001_000)).to.equal("alive");
  });
});
