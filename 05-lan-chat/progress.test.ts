import { expect } from "chai";
import { progressText } from "./progress.ts";

const moving = (number: number, done: number, size: number) =>
  ({ number, done, size, state: "moving" }) as const;

describe("how far files have come", () => {
  it("is a bar and a percentage, rounded down", () => {
    expect(progressText([moving(1, 0, 1000)])).to.equal("file 1 ---------- 0%");
    expect(progressText([moving(2, 559, 1000)])).to.equal("file 2 =====----- 55%");
    expect(progressText([moving(2, 999, 1000)])).to.equal("file 2 =========- 99%");
    expect(progressText([moving(2, 1000, 1000)])).to.equal("file 2 ========== 100%");
    expect(progressText([moving(3, 0, 0)])).to.equal("file 3 ========== 100%");
  });

  it("names the first that moves, and counts the others", () => {
    const offered = { number: 1, done: 0, size: 5, state: "offered" } as const;
    expect(progressText([offered])).to.equal(undefined);
    expect(progressText([])).to.equal(undefined);
    expect(progressText([offered, moving(2, 1, 2), moving(3, 0, 2)])).to.equal("file 2 =====----- 50% +1");
  });
});
