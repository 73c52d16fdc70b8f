import { expect } from "chai";
import { SignatureBudget } from "./signature-budget.ts";

const NOW = 1_764_360_000_000;

/** How many of so many checks are allowed. */
function allowed(
  budget: SignatureBudget,
  wanted: number,
  host: string,
  isPinned: boolean,
  nowMs: number,
): number {
  let count = 0;
  for (let i = 0; i < wanted; i++) if (budget.take(host, isPinned, nowMs)) count++;
  return count;
}

describe("how many signatures are checked", () => {
  it("P8.10 20 a second for an address off loopback, pinned or not", () => {
    for (const isPinned of [false, true]) {
      const budget = new SignatureBudget();
      expect(allowed(budget, 30, "10.0.0.1", isPinned, NOW)).to.equal(20);
      expect(allowed(budget, 30, "10.0.0.2", isPinned, NOW)).to.equal(20);
      expect(allowed(budget, 30, "10.0.0.1", isPinned, NOW + 999)).to.equal(0);
      expect(allowed(budget, 30, "10.0.0.1", isPinned, NOW + 1000)).to.equal(20);
    }
  });

  it("P8.10 within any second, wherever it begins", () => {
    const budget = new SignatureBudget();
    expect(allowed(budget, 5, "10.0.0.1", false, NOW)).to.equal(5);
    expect(allowed(budget, 30, "10.0.0.1", false, NOW + 900)).to.equal(15);
    expect(allowed(budget, 30, "10.0.0.1", false, NOW + 1000)).to.equal(5);
    expect(allowed(budget, 30, "10.0.0.1", false, NOW + 1900)).to.equal(15);
  });

  it("P8.10 200 in all, 50 of them kept for pinned keys; loopback has no limit of its own", () => {
    const budget = new SignatureBudget();
    expect(allowed(budget, 300, "127.0.0.1", false, NOW)).to.equal(150);
    expect(allowed(budget, 1, "10.0.0.1", false, NOW)).to.equal(0);
    expect(allowed(budget, 300, "127.0.0.1", true, NOW)).to.equal(50);
  });

  it("P8.10 pinned keys may use all 200", () => {
    const budget = new SignatureBudget();
    expect(allowed(budget, 300, "127.0.0.1", true, NOW)).to.equal(200);
    expect(allowed(budget, 1, "127.0.0.1", false, NOW)).to.equal(0);
  });

  it("what was refused uses nothing up", () => {
    const budget = new SignatureBudget();
    expect(allowed(budget, 1000, "10.0.0.1", false, NOW)).to.equal(20);
    expect(allowed(budget, 300, "127.0.0.1", false, NOW)).to.equal(130);
  });

  it("goes on when the clock is set back", () => {
    const budget = new SignatureBudget();
    expect(allowed(budget, 300, "10.0.0.1", false, NOW)).to.equal(20);
    expect(allowed(budget, 300, "10.0.0.1", false, NOW - 3_600_000)).to.equal(20);
  });

  it("hosts of which there are many are each counted, second after second", () => {
    const budget = new SignatureBudget();
    for (let second = 0; second < 5; second++)
      for (let host = 0; host < 150; host++)
        expect(allowed(budget, 1, `10.0.${second}.${host}`, false, NOW + second * 1000)).to.equal(1);
    expect(allowed(budget, 30, "10.0.4.1", true, NOW + 4000)).to.equal(19);
  });
});
