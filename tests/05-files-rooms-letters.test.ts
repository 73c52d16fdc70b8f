// Files, rooms and letters of stage 05: whole programs, in a network of their own (P9.8 to P9.10).

import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type PeerProgram, withTeam } from "./support/team.ts";
import { until } from "./support/until.ts";

withTeam("files, rooms and letters of stage 05", (team) => {
  async function gather<Names extends string[]>(
    ...names: Names
  ): Promise<{ [Name in keyof Names]: PeerProgram }> {
    return (await team().gather(...names)) as { [Name in keyof Names]: PeerProgram };
  }

  /** Has everybody meet everybody, so that all keys are pinned. */
  async function acquaint(peers: readonly PeerProgram[]): Promise<void> {
    for (const [index, one] of peers.entries())
      for (const other of peers.slice(index + 1)) {
        one.enter(`/connect ${other.name}`);
        await Promise.all([one.sees(`connected to ${other.name}`), other.sees(`connected to ${one.name}`)]);
      }
  }

  it("P9.9 a file is offered, taken, and arrives with its hash; a second one of that name gets another", async () => {
    const [alice, bob] = await gather("alice", "bob");
    const bytes = randomBytes(3_000_001);
    writeFileSync(team().file("my photo.jpg"), bytes);
    alice.enter(`/send bob ${team().file("my photo.jpg")}`);
    await bob.sees("alice offers file 1: my photo.jpg, 3000001 bytes");
    bob.enter("/take 1");
    await alice.sees("file 1 sent to bob");
    const path = (await bob.sees(/^file 1 received: /)).slice("file 1 received: ".length);
    expect(path).to.match(/bob.files.my photo\.jpg$/);
    expect(readFileSync(path).equals(bytes)).to.equal(true);
    alice.enter(`/send bob "${team().file("my photo.jpg")}"`);
    await bob.sees("alice offers file 2: my photo.jpg, 3000001 bytes");
    bob.enter("/take 2");
    const second = (await bob.sees(/^file 2 received: /)).slice("file 2 received: ".length);
    expect(second).to.match(/my photo \(1\)\.jpg$/);
    expect(createHash("sha256").update(readFileSync(second)).digest("hex")).to.equal(
      createHash("sha256").update(bytes).digest("hex"),
    );
  });

  it("P9.9 a file that is refused, that is not there, that is a folder: one line", async () => {
    const [alice, bob] = await gather("alice", "bob");
    writeFileSync(team().file("empty.txt"), "");
    alice.enter(`/send bob ${team().file("empty.txt")}`);
    await bob.sees("alice offers file 1: empty.txt, 0 bytes");
    bob.enter("/refuse 1");
    await alice.sees(/^file 1 failed: /);
    alice.enter(`/send bob ${team().file("none")}`, `/send bob ${team().folder}`, "/take 7");
    await alice.sees(/^error: /, 3);
    expect(existsSync(join(team().file("bob"), "files", "empty.txt"))).to.equal(false);
  });

  it("P9.9 after a kill -9 of the one who takes it, it goes on where the part ends", async () => {
    const [alice, bob] = await gather("alice", "bob");
    const bytes = randomBytes(20_000_000);
    writeFileSync(team().file("big.bin"), bytes);
    alice.enter(`/send bob ${team().file("big.bin")}`);
    await bob.sees(/^alice offers file 1: /);
    bob.enter("/take 1");
    const parts = join(team().file("bob"), "files", ".part");
    const size = (): number =>
      existsSync(parts)
        ? readdirSync(parts).reduce((sum, name) => sum + readFileSync(join(parts, name)).length, 0)
        : 0;
    await until(() => size() > 1_000_000, "a first megabyte");
    await bob.program.kill();
    expect(size(), "not all has come before the kill").to.be.lessThan(bytes.length);
    const again = await team().start("bob");
    const path = (await again.sees(/^file [0-9]+ received: /)).replace(/^file [0-9]+ received: /, "");
    expect(readFileSync(path).equals(bytes)).to.equal(true);
    await alice.sees("file 1 sent to bob");
    expect(readdirSync(parts)).to.deep.equal([]);
  });

  it("P9.10 a room: its members are told, and hear what is said in it; strangers hear nothing", async () => {
    const [alice, bob, carol, dave] = await gather("alice", "bob", "carol", "dave");
    alice.enter("/room tea carol bob");
    for (const peer of [alice, bob, carol]) await peer.sees("room tea: alice, bob, carol");
    bob.enter("/in tea who comes?");
    await alice.sees("bob in tea> who comes?");
    await carol.sees("bob in tea> who comes?");
    await bob.sees("1 in tea> who comes?");
    await Promise.all([bob.sees("delivered to alice: 1"), bob.sees("delivered to carol: 1")]);
    alice.enter("/room tea Alice", "/room tea bob alice BOB");
    await alice.sees(/^error: /);
    await Promise.all([alice.sees("room tea: alice, bob"), bob.sees("room tea: alice, bob")]);
    alice.enter("/in tea without carol");
    await bob.sees("alice in tea> without carol");
    carol.enter("/in tea am I there?");
    await carol.sees(/^error: /);
    dave.enter("/in tea and I?");
    await dave.sees(/^error: no room tea/);
    expect(carol.all(/without carol/)).to.deep.equal([]);
    expect(dave.all(/tea>/)).to.deep.equal([]);
  });

  it("P9.8 a letter to one who is away is carried by a third, who cannot read it", async () => {
    const [alice, bob, carol] = await gather("alice", "bob", "carol");
    await acquaint([alice, bob, carol]);
    await bob.leave();
    await Promise.all([alice.sees("left: bob"), carol.sees("left: bob")]);
    alice.enter("/letter bob meet me at nine");
    await alice.sees("1 to bob> meet me at nine");
    await alice.sees("queued for bob: 1");
    await alice.sees(/private key of bob .* can read this letter/, 1, "stderr");
    const log = join(team().file("carol"), "history.db-wal");
    await until(() => readFileSync(log).includes('"token"'), "a letter that Carol carries");
    await alice.leave();
    await carol.sees("left: alice");
    const again = await team().start("bob");
    await again.sees("found: carol");
    await again.sees("letter from alice> meet me at nine");
    expect(carol.lines.join()).not.to.include("meet me");
    expect(readFileSync(log).includes("meet me")).to.equal(false);
    const back = await team().start("alice");
    await back.sees("delivered to bob: 1");
    expect(again.all(/meet me at nine/)).to.have.length(1);
  });
});
