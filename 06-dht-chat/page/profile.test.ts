import { expect } from "chai";
import { type Locks, readProfile, takeProfile } from "./profile.ts";

/** Web Locks in memory, of one browser: a lock is held until its callback's promise is fulfilled. */
function makeLocks(): Locks {
  const held = new Set<string>();
  return {
    async request(name, _options, callback) {
      if (held.has(name)) return callback(null);
      held.add(name);
      await callback({ name });
      held.delete(name);
    },
  };
}

describe("the profile that a tab uses", () => {
  it("P10.13 ?profile=NAME says which, and without it there is a usual one", () => {
    expect(readProfile("?profile=second-1")).to.deep.equal({ name: "second-1" });
    expect(readProfile("")).to.deep.equal({ name: "default" });
    expect(readProfile("?other=1")).to.deep.equal({ name: "default" });
  });

  it("P10.13 another name is refused in a sentence", () => {
    for (const search of [
      "?profile=",
      "?profile=A",
      "?profile=../x",
      `?profile=${"a".repeat(33)}`,
      "?profile=a%00",
    ]) {
      expect(readProfile(search), search).to.have.property("problem").that.includes("Change the address.");
    }
    expect(readProfile(`?profile=${"a".repeat(32)}`)).to.have.property("name");
  });

  it("P10.13 one tab at a time has a profile; when it gives it back, another one can take it", async () => {
    const locks = makeLocks();
    const giveBack = await takeProfile(locks, "one");
    expect(giveBack).to.be.a("function");
    expect(await takeProfile(locks, "one")).to.equal(undefined);
    expect(await takeProfile(locks, "two")).to.be.a("function");
    giveBack?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await takeProfile(locks, "one")).to.be.a("function");
  });

  it("P10.13 a browser that gives no locks is an error, not a free profile", async () => {
    const locks: Locks = { request: () => Promise.reject(new Error("no locks here")) };
    const problem = await takeProfile(locks, "one").catch((error: unknown) => error);
    expect(problem).to.be.instanceOf(Error);
  });
});
