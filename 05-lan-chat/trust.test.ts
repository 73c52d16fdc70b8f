import { expect } from "chai";
import { knownIdentity } from "../tests/support/lan-sessions.ts";
import { type Access, Trust, type TrustedKey } from "./trust.ts";

const [BOB, CAROL, MALLORY] = ["bob", "carol", "mallory"].map(knownIdentity);
if (BOB === undefined || CAROL === undefined || MALLORY === undefined) throw new Error("no keys");

/** A Trust, and what it keeps. */
function fresh(stored: TrustedKey[] = []): { trust: Trust; kept: Map<string, TrustedKey> } {
  const kept = new Map(stored.map((key) => [key.fingerprint, key]));
  const trust = new Trust(
    stored,
    (key) => kept.set(key.fingerprint, key),
    (fingerprint) => kept.delete(fingerprint),
  );
  return { trust, kept };
}

function judgeAll(trust: Trust, fingerprint: string, name: string): string[] {
  return (["team", "known", "verified"] satisfies Access[]).map((access) =>
    trust.judge(fingerprint, name, access),
  );
}

describe("trust", () => {
  it("P9.5 lets in the team, or keys that are pinned, or keys that are verified", () => {
    const { trust } = fresh();
    expect(judgeAll(trust, BOB.fingerprint, "bob")).to.deep.equal(["first", "refused", "refused"]);
    trust.pin(BOB, "bob");
    expect(judgeAll(trust, BOB.fingerprint, "bob")).to.deep.equal(["welcome", "welcome", "refused"]);
    trust.verify(BOB, "bob");
    expect(judgeAll(trust, BOB.fingerprint, "bob")).to.deep.equal(["welcome", "welcome", "welcome"]);
  });

  it("P9.5 keeps a key under the name that it was pinned to", () => {
    const { trust } = fresh();
    trust.pin(BOB, "bob");
    expect(trust.judge(BOB.fingerprint, "robert", "team")).to.equal("renamed");
    trust.pin(BOB, "robert");
    expect(trust.get(BOB.fingerprint)?.name).to.equal("bob");
    expect(trust.holderOf("robert")).to.equal(undefined);
    expect(trust.judge(CAROL.fingerprint, "robert", "team")).to.equal("first");
    expect(trust.judge(BOB.fingerprint, "BOB", "team"), "names are compared without regard to case").to.equal(
      "welcome",
    );
  });

  it("P9.5 refuses another key under a name that is pinned, whatever stands in the access list", () => {
    const { trust, kept } = fresh();
    trust.pin(BOB, "Bob");
    expect(judgeAll(trust, MALLORY.fingerprint, "bob")).to.deep.equal(["changed", "changed", "changed"]);
    trust.allow(MALLORY, "bob");
    trust.verify(MALLORY, "bob");
    expect(judgeAll(trust, MALLORY.fingerprint, "bOB")).to.deep.equal(["changed", "changed", "changed"]);
    trust.pin(MALLORY, "bob");
    expect(trust.holderOf("bob")?.fingerprint).to.equal(BOB.fingerprint);
    expect(kept.get(MALLORY.fingerprint)?.isPinned).to.equal(false);
    expect(judgeAll(trust, MALLORY.fingerprint, "mallory"), "under another name").to.deep.equal([
      "first",
      "first",
      "first",
    ]);
  });

  it("P9.5 a pinned key may say the name of another: it keeps its own", () => {
    const { trust } = fresh();
    trust.pin(BOB, "bob");
    trust.pin(CAROL, "carol");
    expect(trust.judge(CAROL.fingerprint, "bob", "team")).to.equal("renamed");
  });

  it("P9.5 /trust gives the name to the new key, not verified, and takes it from the old one", () => {
    const { trust, kept } = fresh();
    trust.pin(BOB, "bob");
    trust.verify(BOB, "bob");
    expect(trust.trust(MALLORY, "bob")?.fingerprint).to.equal(BOB.fingerprint);
    expect(trust.judge(MALLORY.fingerprint, "bob", "team")).to.equal("welcome");
    expect(trust.judge(MALLORY.fingerprint, "bob", "verified")).to.equal("refused");
    expect(trust.judge(BOB.fingerprint, "bob", "team"), "the old key").to.equal("changed");
    expect([...kept.keys()]).to.deep.equal([MALLORY.fingerprint]);
    expect(trust.trust(MALLORY, "bob"), "again").to.equal(undefined);
  });

  it("P9.5 /remove unpins: the next session is the first again", () => {
    const { trust, kept } = fresh();
    trust.pin(BOB, "bob");
    trust.verify(BOB, "bob");
    trust.unpin(BOB.fingerprint);
    trust.unpin(CAROL.fingerprint);
    expect(kept.size).to.equal(0);
    expect(judgeAll(trust, BOB.fingerprint, "bob")).to.deep.equal(["first", "refused", "refused"]);
    expect(trust.judge(MALLORY.fingerprint, "bob", "team")).to.equal("first");
  });

  it("P9.5 /block and /allow stand above the access level, and hold for the key", () => {
    const { trust, kept } = fresh();
    trust.allow(BOB, "bob");
    expect(judgeAll(trust, BOB.fingerprint, "bob")).to.deep.equal(["first", "first", "first"]);
    trust.pin(BOB, "bob");
    trust.block(BOB, "bob");
    expect(judgeAll(trust, BOB.fingerprint, "bob")).to.deep.equal(["refused", "refused", "refused"]);
    expect(trust.judge(BOB.fingerprint, "robert", "team"), "under another name").to.equal("refused");
    trust.unpin(BOB.fingerprint);
    expect(kept.get(BOB.fingerprint)).to.include({ isPinned: false, standing: "blocked" });
    expect(judgeAll(trust, BOB.fingerprint, "bob")).to.deep.equal(["refused", "refused", "refused"]);
    expect(trust.judge(CAROL.fingerprint, "bob", "team"), "the name is free").to.equal("first");
    trust.allow(BOB, "bob");
    expect(judgeAll(trust, BOB.fingerprint, "bob")).to.deep.equal(["first", "first", "first"]);
  });

  it("P9.5 is the same after a restart", () => {
    const before = fresh();
    before.trust.pin(BOB, "bob");
    before.trust.verify(BOB, "bob");
    before.trust.pin(CAROL, "carol");
    before.trust.block(MALLORY, "mallory");
    const after = fresh([...before.kept.values()]).trust;
    expect(judgeAll(after, BOB.fingerprint, "bob")).to.deep.equal(["welcome", "welcome", "welcome"]);
    expect(judgeAll(after, CAROL.fingerprint, "carol")).to.deep.equal(["welcome", "welcome", "refused"]);
    expect(judgeAll(after, MALLORY.fingerprint, "mallory")).to.deep.equal(["refused", "refused", "refused"]);
    expect(after.get(CAROL.fingerprint)?.der.equals(CAROL.der)).to.equal(true);
    expect(after.all().length).to.equal(3);
  });
});
