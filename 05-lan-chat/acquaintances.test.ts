import { readFileSync } from "node:fs";
import { expect } from "chai";
import { Acquaintances } from "./acquaintances.ts";
import { type Identity, identityOf } from "./identity.ts";
import { UserError } from "./program.ts";
import { Trust, type TrustedKey } from "./trust.ts";

const { keys, safetyNumbers } = JSON.parse(
  readFileSync(new URL("../tests/vectors/lan.json", import.meta.url), "utf8"),
);

function identity(name: string): Identity {
  const found = identityOf(keys[name].pem);
  if (found === undefined) throw new Error(`no key of ${name}`);
  return found;
}

const ALICE = identity("alice");
const BOB = identity("bob");
const CAROL = identity("carol");
const [bob, carol] = [BOB.fingerprint, CAROL.fingerprint];
const CAROL_AS_BOB = `bob#${carol.slice(0, 4)}`;

describe("whom we know", () => {
  let stored: Map<string, TrustedKey>;
  let known: Acquaintances;

  /** A new start, with what was kept. */
  function start(): void {
    const trust = new Trust(
      [...stored.values()],
      (key) => stored.set(key.fingerprint, key),
      (fingerprint) => stored.delete(fingerprint),
    );
    known = new Acquaintances("alice", ALICE, trust, "team");
  }

  beforeEach(() => {
    stored = new Map();
    start();
  });

  it("finds a key by its name; nobody, oneself, and what is not clear are one sentence each", () => {
    known.heard(BOB, "bob");
    known.heard(CAROL, "Bob");
    expect(known.keyNamed("BOB")).to.equal(bob);
    expect(known.keyNamed(`bob#${carol.slice(0, 6)}`)).to.equal(carol);
    expect(known.isPlain(bob)).to.equal(true);
    expect(known.isPlain(carol)).to.equal(false);
    expect(() => known.keyNamed("dave")).to.throw(UserError, "nobody is known as dave; /peers");
    expect(() => known.keyNamed("alice")).to.throw(UserError, "that is you");
    expect(() => known.keyNamed("bob#")).to.throw(UserError, "nobody is known");
  });

  it("shows the safety number of the known answers, whoever asks", () => {
    known.heard(BOB, "bob");
    const { number } = safetyNumbers.find(
      ({ one, other }: { one: string; other: string }) => one === "alice" && other === "bob",
    );
    expect(known.safetyNumber(bob)).to.equal(`safety number with bob: ${number}`);
    expect(() => known.safetyNumber(carol)).to.throw(UserError, "is not known");
  });

  it("keeps what was pinned and decided over a restart, also for those who are away", () => {
    known.pin(BOB, "bob");
    known.verify(bob);
    known.heard(CAROL, "carol");
    known.block(carol);
    const number = known.safetyNumber(bob);
    start();
    expect(known.keyNamed("bob")).to.equal(bob);
    expect(known.safetyNumber(bob)).to.equal(number);
    expect(known.trusted(bob)).to.include({ isPinned: true, isVerified: true });
    expect(known.isBlocked(known.keyNamed("carol"))).to.equal(true);
    expect(known.judge(carol, "carol")).to.equal("refused");
    known.allow(carol);
    expect(known.judge(carol, "carol")).to.equal("first");
  });

  it("refuses a new key under a pinned name, until /trust takes it for the old one", () => {
    known.pin(BOB, "bob");
    known.heard(CAROL, "bob");
    expect(known.judge(carol, "bob")).to.equal("changed");
    expect(known.hasChanged(carol)).to.equal(true);
    expect(known.shown(carol)).to.equal(CAROL_AS_BOB);
    expect(known.trust(known.keyNamed(CAROL_AS_BOB))).to.equal(bob);
    expect(known.judge(carol, "bob")).to.equal("welcome");
    expect(known.shown(carol)).to.equal("bob");
    expect(known.shown(bob)).to.equal(`bob#${bob.slice(0, 4)}`);
    expect(known.judge(bob, "bob")).to.equal("changed");
    expect(known.trusted(carol)).to.include({ isPinned: true, isVerified: false });
    expect(() => known.trust(carol)).to.throw(UserError, "pinned already");
  });

  it("knows a key that was turned away, though nothing else was heard of it, and tells of it once a minute", () => {
    known.pin(BOB, "Bob");
    expect(known.turnAway(CAROL, "bob", 0)).to.equal("Bob");
    expect(known.turnAway(CAROL, "bob", 59_999)).to.equal(undefined);
    expect(known.turnAway(CAROL, "bob", 60_000)).to.equal("Bob");
    known.tellAgain(bob);
    expect(known.turnAway(CAROL, "bob", 60_001)).to.equal(undefined);
    known.tellAgain(carol);
    expect(known.turnAway(CAROL, "bob", 60_002)).to.equal("Bob");
    known.tellAgain();
    expect(known.turnAway(CAROL, "bob", 60_003)).to.equal("Bob");
    known.forget(carol);
    expect(known.keyNamed(CAROL_AS_BOB)).to.equal(carol);
    expect(known.safetyNumber(carol)).to.match(/^safety number with bob#/);
  });

  it("remembers 64 keys that were turned away, and forgets the oldest", () => {
    known.pin(BOB, "bob");
    const keys = Array.from({ length: 70 }, (_, index) => ({
      ...CAROL,
      fingerprint: String(index).padStart(43, "x"),
    }));
    const forgotten = keys.flatMap((key) => {
      known.turnAway(key, "bob", 0);
      return known.takeForgotten();
    });
    expect(forgotten).to.deep.equal(keys.slice(0, 6).map(({ fingerprint }) => fingerprint));
    for (const fingerprint of forgotten) known.forget(fingerprint);
    expect(known.shown(forgotten[0] ?? "")).to.match(/^\?#/);
    expect(known.shown(keys[6]?.fingerprint ?? "")).to.match(/^bob#/);
  });

  it("forgets a name and a key that nothing needs, and keeps what was pinned", () => {
    known.heard(CAROL, "carol");
    known.forget(carol);
    expect(() => known.keyNamed("carol")).to.throw(UserError);
    expect(() => known.safetyNumber(carol)).to.throw(UserError);
    known.pin(BOB, "bob");
    known.forget(bob);
    expect(known.keyNamed("bob")).to.equal(bob);
    known.remove(bob);
    known.forget(bob);
    expect(() => known.keyNamed("bob")).to.throw(UserError);
    expect(stored.size).to.equal(0);
  });

  it("tells of another name of a pinned key once for each", () => {
    known.pin(BOB, "bob");
    expect(known.judge(bob, "robert")).to.equal("renamed");
    expect(["robert", "robert", "rob", "rob"].map((name) => known.noteOtherName(bob, name))).to.deep.equal([
      true,
      false,
      true,
      false,
    ]);
    known.heard(BOB, "robert");
    expect(known.shown(bob)).to.equal("bob");
  });
});
