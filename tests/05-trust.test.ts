// Whom a peer of stage 05 trusts: whole programs, in a network of their own (P8.10, P9.5).

import { rmSync } from "node:fs";
import { expect } from "chai";
import { type PeerProgram, withTeam } from "./support/team.ts";

withTeam("whom a peer of stage 05 trusts", (team) => {
  /** Alice and Bob, who know each other's keys. */
  async function acquainted(): Promise<[PeerProgram, PeerProgram]> {
    const [alice, bob] = await team().gather("alice", "bob");
    if (alice === undefined || bob === undefined) throw new Error("somebody is missing");
    alice.enter("/connect bob");
    await Promise.all([alice.sees("connected to bob"), bob.sees("connected to alice")]);
    await Promise.all([alice.sees(/^safety number with bob: /), bob.sees(/^safety number with alice: /)]);
    return [alice, bob];
  }

  /** Bob ends, loses their data, and comes back with a new key. */
  async function newKey(alice: PeerProgram, bob: PeerProgram): Promise<PeerProgram> {
    await bob.leave();
    await alice.sees("left: bob");
    rmSync(team().file("bob"), { recursive: true });
    return team().start("bob");
  }

  it("P8.10 a name twice: the plain one is that of the key first heard, the other is shown with a warning", async () => {
    const alice = await team().start("alice");
    const ann = await team().start("Ann", "--data", team().file("first"));
    await alice.sees("found: Ann");
    const other = await team().start("ann", "--data", team().file("second"));
    const found = await alice.sees(/^found: ann#[A-Za-z0-9_-]{4}$/);
    const name = found.slice("found: ".length);
    await alice.sees(new RegExp(`^warning: ${name} says a name`), 1, "stderr");
    alice.enter("/msg ANN to the first");
    await ann.sees("alice> to the first");
    // From here on the name is pinned to the first key.
    alice.enter(`/msg ${name} to the second`);
    await alice.sees("error: the key of Ann has changed");
    await alice.sees(`queued for ${name}: 2`);
    expect([...ann.lines, ...other.lines].filter((line) => line.endsWith("to the second"))).to.deep.equal([]);
    alice.enter("/peers");
    await alice.sees("peers: 2");
    expect(alice.all(/^peer (?:Ann|ann#....) active /)).to.have.length(2);
  });

  it("P8.10 somebody who says our own name is shown with # as well", async () => {
    const alice = await team().start("alice");
    await team().start("alice", "--data", team().file("second"));
    await alice.sees(/^found: alice#[A-Za-z0-9_-]{4}$/);
    alice.enter("/msg alice hi");
    await alice.sees("error: that is you");
  });

  it("P9.5 a changed key is refused, and not trusted before /trust says so", async () => {
    const [alice, bob] = await acquainted();
    const first = await alice.sees(/^safety number with bob: /);
    const second = await newKey(alice, bob);
    const name = (await alice.sees(/^found: bob#/)).slice("found: ".length);
    await second.sees("found: alice");
    second.enter("/connect alice");
    await second.sees(/^error: no session with alice: /);
    await alice.sees("error: the key of bob has changed");
    const number = await alice.sees(/^safety number with bob#/);
    expect(number).to.match(new RegExp(`^safety number with ${name}: [0-9 ]{35}$`));
    expect(number.split(": ")[1]).not.to.equal(first.split(": ")[1]);
    expect(alice.all(/^connected to bob/)).to.have.length(1);

    alice.enter("/trust bob");
    await alice.sees(/^error: \/trust takes a name with #/);
    alice.enter(`/trust ${name}`);
    await alice.sees("new key for bob", 2);
    const pinned = await alice.sees(/^safety number with bob: /, 2);
    expect(pinned.split(": ")[1]).to.equal(number.split(": ")[1]);
    second.enter("/connect alice");
    await Promise.all([second.sees("connected to alice"), alice.sees("connected to bob", 2)]);
    alice.enter("/msg bob hello");
    await second.sees("alice> hello");
  });

  it("P9.5 what was queued for the old key stays for the old key", async () => {
    const [alice, bob] = await acquainted();
    await bob.leave();
    await alice.sees("left: bob");
    alice.enter("/msg bob for the old key");
    await alice.sees("queued for bob: 1");
    const second = await team().start("bob", "--data", team().file("second"));
    const name = (await alice.sees(/^found: bob#/)).slice("found: ".length);
    alice.enter(`/trust ${name}`);
    await alice.sees("new key for bob", 2);
    alice.enter("/msg bob for the new key");
    await second.sees("alice> for the new key");
    const third = await team().start("bob");
    const old = (await alice.sees(/^found: bob#/, 2)).slice("found: ".length);
    expect(old).not.to.equal(name);
    alice.enter(`/trust ${old}`);
    await third.sees("alice> for the old key");
    expect(second.all(/for the old key/)).to.deep.equal([]);
  });

  it("P9.5 a pinned key that says another name is shown under its old one", async () => {
    const [alice, bob] = await acquainted();
    await bob.leave();
    await alice.sees("left: bob");
    const robert = await team().start("robert", "--data", team().file("bob"));
    await Promise.all([alice.sees("found: bob", 2), robert.sees("found: alice")]);
    robert.enter("/connect alice");
    await alice.sees("bob is now called robert");
    robert.enter("/msg alice hi");
    await alice.sees("bob> hi");
    expect(alice.all(/^new key for robert/)).to.deep.equal([]);
  });

  it("P9.5 --access known lets in who is pinned, nobody else, but whom /allow names", async () => {
    const [alice, bob] = await acquainted();
    await alice.leave();
    await bob.sees("left: alice");
    const alice2 = await team().start("alice", "--access", "known");
    const carol = await team().start("carol");
    await Promise.all([bob.sees("found: alice", 2), carol.sees("found: alice")]);
    bob.enter("/connect alice");
    await alice2.sees("connected to bob");
    carol.enter("/connect alice");
    await carol.sees(/^error: no session with alice: /);
    expect(alice2.all(/^connected to carol|^new key/)).to.deep.equal([]);
    alice2.enter("/allow carol");
    await alice2.sees("carol is allowed", 1, "stderr");
    carol.enter("/connect alice");
    await carol.sees("connected to alice");
    await alice2.sees("new key for carol");
    alice2.enter("/access verified");
    await bob.sees("disconnected from alice");
    expect(alice2.all(/^disconnected from carol/)).to.deep.equal([]);
    alice2.enter("/verified bob");
    await alice2.sees("bob is verified", 1, "stderr");
    bob.enter("/connect alice");
    await bob.sees("connected to alice", 2);
  });

  it("P9.5 /block ends the session and lets nobody in again, also after a restart, until /allow", async () => {
    const [alice, bob] = await acquainted();
    alice.enter("/block bob");
    await bob.sees("disconnected from alice");
    bob.enter("/connect alice");
    await bob.sees(/^error: no session with alice: /);
    await alice.leave();
    const alice2 = await team().start("alice");
    await bob.sees("found: alice", 2);
    bob.enter("/connect alice");
    await bob.sees(/^error: no session with alice: /, 2);
    alice2.enter("/connect bob");
    await alice2.sees(/^error: bob is blocked/);
    alice2.enter("/allow bob");
    bob.enter("/connect alice");
    await bob.sees("connected to alice", 2);
  });

  it("P9.5 a pinned key is there after a restart, with its safety number and what was noted, while its peer is away", async () => {
    const [alice, bob] = await acquainted();
    const number = await alice.sees(/^safety number with bob: /);
    alice.enter("/verified bob");
    await alice.sees("bob is verified", 1, "stderr");
    await Promise.all([alice.leave(), bob.leave()]);
    const again = await team().start("alice", "--access", "verified");
    again.enter("/verify bob");
    expect(await again.sees(/^safety number with /)).to.equal(number);
    await again.sees("you have compared it before (/verified bob)", 1, "stderr");
    const back = await team().start("bob");
    await back.sees("found: alice");
    back.enter("/connect alice");
    await again.sees("connected to bob");
    expect(again.all(/^new key/)).to.deep.equal([]);
  });

  it("P9.5 /remove unpins: the next key of that name is a new one", async () => {
    const [alice, bob] = await acquainted();
    await bob.leave();
    await alice.sees("left: bob");
    alice.enter("/remove bob");
    await alice.sees("forgotten: bob");
    const second = await team().start("bob", "--data", team().file("second"));
    await Promise.all([alice.sees("found: bob", 2), second.sees("found: alice")]);
    second.enter("/connect alice");
    await alice.sees("new key for bob", 2);
    expect(alice.all(/^error/)).to.deep.equal([]);
  });
});
