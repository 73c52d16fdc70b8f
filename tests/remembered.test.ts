// Tests that proofs are remembered only while they are the same, only if they succeeded, and never in CI.

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { remembered } from "./support/remembered.ts";

describe("the memory of proofs", () => {
  const { CI } = process.env;
  beforeEach(() => {
    delete process.env.CI;
  });
  afterEach(() => {
    if (CI !== undefined) process.env.CI = CI;
  });

  /** Proves something. @returns how often it was really done so far */
  function proof(): (files: readonly string[], what: string, fails?: boolean) => Promise<number> {
    const name = randomUUID();
    let count = 0;
    return async (files, what, fails = false) => {
      const run = async (): Promise<void> => {
        count += 1;
        if (fails) throw new Error("not proved");
      };
      await remembered(files, [name, what], run).catch(() => {});
      return count;
    };
  }

  it("proves the same once, and anything else again", async () => {
    const prove = proof();
    expect(await prove(["01-calculator"], "a")).to.equal(1);
    expect(await prove(["01-calculator"], "a")).to.equal(1);
    expect(await prove(["01-calculator"], "b")).to.equal(2);
    expect(await prove(["02-basic-p2p"], "a")).to.equal(3);
    expect(await prove(["02-basic-p2p"], "a")).to.equal(3);
  });

  it("does not remember what failed", async () => {
    const prove = proof();
    expect(await prove(["01-calculator"], "a", true)).to.equal(1);
    expect(await prove(["01-calculator"], "a")).to.equal(2);
    expect(await prove(["01-calculator"], "a")).to.equal(2);
  });

  it("remembers nothing in CI", async () => {
    const prove = proof();
    process.env.CI = "true";
    expect(await prove(["01-calculator"], "a")).to.equal(1);
    expect(await prove(["01-calculator"], "a")).to.equal(2);
  });
});
