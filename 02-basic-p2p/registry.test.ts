import { expect } from "chai";
import fc from "fast-check";
import { Registry } from "./registry.ts";
import type { User } from "./registry-messages.ts";

function user(username: string): User {
  return { username, host: "127.0.0.1", port: 50001 };
}

describe("Registry", () => {
  it("P2.2 gives a name to one owner, in whatever case it is asked for", () => {
    const registry = new Registry<number>();
    expect(registry.claim(1, user("Alice"))).to.equal("registered");
    expect(registry.claim(2, user("aLICE"))).to.equal("username-taken");
    expect(registry.claim(1, user("bob"))).to.equal("already-registered");
    expect(registry.find("ALICE")).to.deep.equal(user("Alice"));
    expect(registry.find("bob")).to.equal(undefined);
  });

  it("P2.2 frees a name at once, and only for whoever had it", () => {
    const registry = new Registry<number>();
    registry.claim(1, user("alice"));
    expect(registry.release(2)).to.equal(undefined);
    expect(registry.release(1)).to.deep.equal(user("alice"));
    expect(registry.release(1)).to.equal(undefined);
    expect(registry.claim(2, user("ALICE"))).to.equal("registered");
  });

  it("P2.4 lists everyone but the asker, by lower case, code unit by code unit", () => {
    const registry = new Registry<string>();
    for (const name of ["bob", "Zoe", "_x", "alice", "Bob2", "a-b", "10", "9"])
      registry.claim(name, user(name));
    expect(registry.others("alice").map(({ username }) => username)).to.deep.equal([
      "10",
      "9",
      "_x",
      "a-b",
      "bob",
      "Bob2",
      "Zoe",
    ]);
    expect(registry.others("stranger")).to.have.length(8);
  });

  it("P2.2 P2.4 never has two owners for a name, whoever comes and goes in whatever order", () => {
    const names = fc.constantFrom("a", "A", "b", "B", "c");
    const step = fc.record({ owner: fc.nat(4), name: fc.option(names) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const registry = new Registry<number>();
        for (const { owner, name } of steps) {
          if (name === null) registry.release(owner);
          else registry.claim(owner, user(name));
          const listed = registry.others(-1).map(({ username }) => username.toLowerCase());
          expect(listed).to.deep.equal([...new Set(listed)].sort());
        }
      }),
    );
  });
});
