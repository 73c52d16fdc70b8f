// Tests how the rows of a long list are asked for.

import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { RowWindows, WINDOW } from "./row-windows.ts";

describe("windows of rows", () => {
  it("are asked for once, and only where somebody looks", async () => {
    const asked: number[] = [];
    const rows = new RowWindows<number>(
      async (first, count) => {
        asked.push(first);
        return Array.from({ length: count }, (_, i) => first + i);
      },
      () => {},
    );
    expect(rows.at(3)).to.equal(undefined);
    rows.want(0, 30);
    rows.want(0, 30);
    await setImmediate();
    rows.want(0, 30);
    rows.want(10 * WINDOW - 5, 10 * WINDOW + 5);
    await setImmediate();
    expect(asked).to.deep.equal([0, 9 * WINDOW, 10 * WINDOW]);
    expect(rows.at(3)).to.equal(3);
    expect(rows.at(10 * WINDOW + 1)).to.equal(10 * WINDOW + 1);
  });

  it("that somebody has passed by are not asked for", async () => {
    const asked: number[] = [];
    const answers: (() => void)[] = [];
    const rows = new RowWindows<number>(
      (first) =>
        new Promise((resolve) => {
          asked.push(first / WINDOW);
          answers.push(() => resolve([first]));
        }),
      () => {},
    );
    for (const number of [0, 5, 10, 15, 20]) rows.want(number * WINDOW, number * WINDOW + 1);
    for (const answer of answers.splice(0)) answer();
    await setImmediate();
    expect(asked).to.deep.equal([0, 5, 20]);
  });

  it("are forgotten when many others have been looked at", async () => {
    const rows = new RowWindows<number>(
      async (first) => [first],
      () => {},
    );
    for (let number = 0; number < 100; number += 1) {
      rows.want(number * WINDOW, number * WINDOW + 1);
      await setImmediate();
    }
    expect(rows.at(0)).to.equal(undefined);
    expect(rows.at(99 * WINDOW)).to.equal(99 * WINDOW);
  });

  it("that do not come are told of, and asked for again when somebody looks again", async () => {
    const problems: unknown[] = [];
    let asked = 0;
    const rows = new RowWindows<number>(
      async () => {
        asked += 1;
        throw new Error("the capture is gone");
      },
      (problem) => problems.push(problem),
    );
    rows.want(0, 1);
    await setImmediate();
    expect(problems).to.have.length(1);
    expect(asked).to.equal(1);
    rows.want(0, 1);
    await setImmediate();
    expect(asked).to.equal(2);
  });
});
