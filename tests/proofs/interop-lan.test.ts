// Peers of stage 05 that were written from the protocol by two hands, ours and that of interop/python, in one network:
// each test runs twice, with the parts the other way round.

import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { nodeCommand } from "../../programs/node-command.ts";
import { PYTHON, withPython } from "../support/python.ts";
import { PEER, type PeerProgram, type Team, withTeam } from "../support/team.ts";
import { until } from "../support/until.ts";

/** The two programs, and the command of each. */
const COMMANDS = {
  TypeScript: nodeCommand(PEER),
  Python: [PYTHON, "-B", "interop/python/lan_peer.py"],
} as const;
type Kind = keyof typeof COMMANDS;

const BOTH_WAYS: readonly (readonly [Kind, Kind])[] = [
  ["TypeScript", "Python"],
  ["Python", "TypeScript"],
];

/** How many messages each side sends in a row. */
const MANY = 150;

/** How often two peers call each other at the same time. */
const CROSSINGS = 12;

/** Writer, carrier and reader of a letter: all in which not all three are of one kind. */
const MIXED = (["TypeScript", "Python"] as const).flatMap((writer) =>
  (["TypeScript", "Python"] as const).flatMap((carrier) =>
    (["TypeScript", "Python"] as const)
      .filter((reader) => new Set([writer, carrier, reader]).size > 1)
      .map((reader) => [writer, carrier, reader] as const),
  ),
);

const NUMBER = /^safety number with [^:]*: /;

withPython("peers of stage 05 in two languages", () => {
  withTeam("in one network", (team) => {
    for (const [here, there] of BOTH_WAYS) {
      describe(`Alice in ${here}, Bob in ${there}`, () => define(team, here, there));
    }
    for (const kinds of MIXED)
      it(`P9.8 a letter that is written in ${kinds[0]}, carried in ${kinds[1]}, read in ${kinds[2]}`, () =>
        carriesLetter(team(), kinds));
  });
});

async function start(team: Team, kind: Kind, name: string, ...more: string[]): Promise<PeerProgram> {
  const peer = team.launchWith(COMMANDS[kind], name, more);
  await peer.sees(/^listening on [0-9.]+:[0-9]+$/);
  return peer;
}

/** Starts a peer of each kind, and waits until each has found all others. */
async function gather(team: Team, ...peers: [Kind, string][]): Promise<PeerProgram[]> {
  const started = await Promise.all(peers.map(([kind, name]) => start(team, kind, name)));
  await Promise.all(started.map((peer) => findsAll(peer, started)));
  return started;
}

async function findsAll(peer: PeerProgram, all: readonly PeerProgram[]): Promise<void> {
  for (const other of all) if (other !== peer) await peer.sees(`found: ${other.name}`);
}

/** Connects each with each. */
async function acquaint(peers: readonly PeerProgram[]): Promise<void> {
  for (const [index, one] of peers.entries())
    for (const other of peers.slice(index + 1)) {
      one.enter(`/connect ${other.name}`);
      await Promise.all([
        one.sees(new RegExp(`^safety number with ${other.name}: `)),
        other.sees(new RegExp(`^safety number with ${one.name}: `)),
      ]);
    }
}

function addressOf(peer: PeerProgram): string {
  return (peer.all(/^listening on /)[0] ?? "").slice("listening on ".length);
}

function define(team: () => Team, here: Kind, there: Kind): void {
  const pair = async (): Promise<[PeerProgram, PeerProgram]> => {
    const [alice, bob] = await gather(team(), [here, "alice"], [there, "bob"]);
    if (alice === undefined || bob === undefined) throw new Error("somebody is missing");
    return [alice, bob];
  };

  it("P8.7 P9.4 P9.7 they find each other, connect, pin, and talk, also at length and much; a goodbye", async () => {
    const [alice, bob] = await pair();
    alice.enter("/connect bob");
    for (const [peer, other] of [
      [alice, "bob"],
      [bob, "alice"],
    ] as const) {
      await peer.sees(NUMBER);
      const session = peer.lines.filter((line) => !/^(?:listening|found|left)/.test(line));
      expect(session.map((line) => line.replace(/: [0-9 ]+$/, ""))).to.deep.equal([
        `connected to ${other}`,
        `new key for ${other}`,
        `safety number with ${other}`,
      ]);
    }
    const [ours] = alice.all(NUMBER);
    const [theirs] = bob.all(NUMBER);
    expect(ours).to.match(/: (?:[0-9]{5} ){5}[0-9]{5}$/);
    expect(ours?.replace(NUMBER, "")).to.equal(theirs?.replace(NUMBER, ""));

    const texts = [
      "naïve ☕ 𝄞 <end> <10.0.0.1:5000> @ <rocket>",
      ` blanks and "quotes" \\ stay `,
      "é".repeat(4096),
      ...Array.from({ length: MANY }, (_, i) => `text ${i}`),
    ];
    for (const text of texts) {
      alice.enter(`/msg bob ${text}`);
      bob.enter(`/msg alice ${text}`);
    }
    for (const [peer, other] of [
      [alice, "bob"],
      [bob, "alice"],
    ] as const) {
      await peer.sees(new RegExp(`^delivered to ${other}: `), texts.length);
      const heard = peer.all(new RegExp(`^${other}> `));
      expect(heard).to.deep.equal(texts.map((text) => `${other}> ${text}`));
    }
    alice.enter("/verify bob", "/peers");
    await alice.sees(`safety number with bob: ${ours?.replace(NUMBER, "")}`, 2);
    await alice.sees(/^peer bob active 127\.0\.0\.1:[0-9]+ since [0-9:]{8}$/);
    bob.enter("/quit");
    await Promise.all([alice.sees("disconnected from bob"), alice.sees("left: bob")]);
    expect(await bob.program.exitCode()).to.equal(0);
    expect(alice.all(/^error: /)).to.deep.equal([]);
    alice.enter("/peers");
    await alice.sees(/^peer bob silent 127\.0\.0\.1:/);
    const again = await start(team(), there, "bob");
    await Promise.all([alice.sees("found: bob", 2), again.sees("found: alice")]);
    again.enter("/connect alice");
    await Promise.all([alice.sees("connected to bob", 2), again.sees("connected to alice")]);
    again.enter("/msg alice back");
    await alice.sees("bob> back");
    expect([...again.lines, ...alice.lines].filter((line) => NUMBER.test(line))).to.have.length(2);
    await again.program.kill();
    await alice.sees(/^disconnected from bob: ./);
    await alice.sees("left: bob (silent)");
  });

  it("P9.4 they connect by address alone; a wrong passphrase hears nothing", async () => {
    const alice = await start(team(), here, "alice", "--no-discovery");
    const bob = await start(team(), there, "bob", "--no-discovery");
    bob.enter(`/connect ${addressOf(alice)}`);
    await Promise.all([bob.sees("connected to alice"), alice.sees("connected to bob")]);
    alice.enter("/msg bob hi");
    await bob.sees("alice> hi");
    const file = team().file("wrong");
    writeFileSync(file, "open barley, and quickly\n");
    const mallory = await start(team(), there, "mallory", "--passphrase-file", file);
    mallory.enter(`/connect ${addressOf(alice)}`);
    await mallory.sees(/^error: /);
    const carol = await start(team(), here, "carol");
    const token = /^stats: size 0, token [1-9]/;
    await Promise.all([carol.asksUntil("/stats", token), mallory.asksUntil("/stats", token)]);
    for (const peer of [alice, bob, carol]) peer.enter("/peers");
    await Promise.all([alice.sees("peers: 1"), bob.sees("peers: 1"), carol.sees("peers: 0")]);
    expect([...alice.lines, ...bob.lines, ...carol.lines].join("\n")).not.to.include("mallory");
  });

  it("P9.7 a message to all reaches each of three, and is delivered for each", async () => {
    const [alice, bob, carol] = await gather(team(), [here, "alice"], [there, "bob"], [here, "carol"]);
    if (alice === undefined || bob === undefined || carol === undefined)
      throw new Error("somebody is missing");
    const peers = [alice, bob, carol];
    for (const peer of peers) {
      const others = peers.filter((other) => other !== peer);
      peer.enter(`/all ${peer.name} to everybody ☕`);
      await peer.sees(`1 to all> ${peer.name} to everybody ☕`);
      await Promise.all(
        others.flatMap((other) => [
          other.sees(`${peer.name} to all> ${peer.name} to everybody ☕`),
          peer.sees(`delivered to ${other.name}: 1`),
        ]),
      );
    }
    await bob.program.kill();
    alice.enter("/all who is left?");
    await carol.sees("alice to all> who is left?");
    await alice.sees("delivered to carol: 2");
  });

  it("P9.7 P9.8 what is written to one who is away waits over restarts of both, and comes once and in order", async () => {
    const [alice, bob] = await pair();
    await acquaint([alice, bob]);
    await bob.leave();
    await alice.sees("disconnected from bob");
    alice.enter("/msg bob first", "/msg bob second");
    await alice.sees("queued for bob: 1");
    await alice.sees("2 to bob> second");
    await alice.program.kill();
    const [alice2, bob2] = await pair();
    await Promise.all([alice2.sees("delivered to bob: 2"), bob2.sees("alice> second")]);
    expect(bob2.all(/^alice> /)).to.deep.equal(["alice> first", "alice> second"]);
    await bob2.program.kill();
    await alice2.sees(/^disconnected from bob: ./);
    alice2.enter("/msg bob third");
    await alice2.sees("3 to bob> third");
    const bob3 = await start(team(), there, "bob");
    await Promise.all([bob3.sees("alice> third"), alice2.sees("delivered to bob: 3")]);
    expect(bob3.all(/^alice> /)).to.deep.equal(["alice> third"]);
    bob3.enter("/history alice");
    await bob3.sees(/^[0-9-]{10} [0-9:]{8} < third \[.+\]$/);
    expect(bob3.all(/^[0-9-]{10} [0-9:]{8} < /)).to.have.length(3);
  });

  it("P9.9 a file is refused, taken, and goes on after a kill of either side where it stopped", async () => {
    const [alice, bob] = await pair();
    const bytes = randomBytes(30_000_000);
    const path = team().file("big photo.jpg");
    writeFileSync(path, bytes);
    const parts = join(team().file("bob"), "files", ".part");
    const size = (): number =>
      existsSync(parts)
        ? readdirSync(parts).reduce((sum, name) => sum + statSync(join(parts, name)).size, 0)
        : 0;
    alice.enter(`/send bob ${path}`);
    await bob.sees(`alice offers file 1: big photo.jpg, ${bytes.length} bytes`);
    bob.enter("/refuse 1");
    await alice.sees(/^file 1 failed: ./);
    alice.enter(`/send bob ${path}`);
    await bob.sees(`alice offers file 2: big photo.jpg, ${bytes.length} bytes`);
    bob.enter("/take 2");
    await until(() => size() > 1_000_000, "a first megabyte");
    await bob.program.kill();
    const first = size();
    expect(first).to.be.lessThan(bytes.length);
    const bob2 = await start(team(), there, "bob");
    await until(() => size() > first + 1_000_000 || bob2.all(/ received: /).length > 0, "more of it");
    await alice.program.kill();
    expect(bob2.all(/ received: /), "it has come before the second kill").to.deep.equal([]);
    const alice2 = await start(team(), here, "alice");
    const received = (await bob2.sees(/^file 2 received: /)).slice("file 2 received: ".length);
    expect(readFileSync(received).equals(bytes)).to.equal(true);
    await alice2.sees("file 2 sent to bob");
    expect(size()).to.equal(0);
    // The other way, an empty one, and a name that is there.
    mkdirSync(team().file("other"));
    for (const [index, content] of ["", "two"].entries()) {
      writeFileSync(team().file(join("other", "big photo.jpg")), content);
      const number = 3 + index;
      bob2.enter(`/send alice ${team().file(join("other", "big photo.jpg"))}`);
      await alice2.sees(`bob offers file ${number}: big photo.jpg, ${content.length} bytes`);
      alice2.enter(`/take ${number}`);
      const place = await alice2.sees(new RegExp(`^file ${number} received: `));
      expect(place).to.match(index === 0 ? /big photo\.jpg$/ : /big photo \(1\)\.jpg$/);
      await bob2.sees(`file ${number} sent to alice`);
    }
  });

  it("P9.10 a room of either maker: its members are told of it and of its changes, and hear what is said", async () => {
    const [alice, bob, carol] = await gather(team(), [here, "alice"], [there, "bob"], [here, "carol"]);
    if (alice === undefined || bob === undefined || carol === undefined)
      throw new Error("somebody is missing");
    alice.enter("/room tea bob carol");
    for (const peer of [alice, bob, carol]) await peer.sees("room tea: alice, bob, carol");
    bob.enter("/in tea who comes?");
    await Promise.all([alice.sees("bob in tea> who comes?"), carol.sees("bob in tea> who comes?")]);
    await Promise.all([bob.sees("delivered to alice: 1"), bob.sees("delivered to carol: 1")]);
    await bob.leave();
    await Promise.all([alice.sees("disconnected from bob"), carol.sees("disconnected from bob")]);
    alice.enter("/room tea bob");
    await alice.sees("room tea: alice, bob");
    await carol.sees(/no longer in .*room tea$/, 1, "stderr");
    carol.enter("/in tea and I?");
    await carol.sees(/^error: /);
    const bob2 = await start(team(), there, "bob");
    await bob2.sees("room tea: alice, bob");
    bob2.enter("/in tea two of us");
    await alice.sees("bob in tea> two of us");
    await bob2.sees("delivered to alice: 2");
    expect(carol.all(/two of us/)).to.deep.equal([]);
  });

  it("P9.5 another key under a name that is pinned is refused, until it is trusted", async () => {
    const [alice, bob] = await pair();
    await acquaint([alice, bob]);
    await bob.leave();
    await alice.sees("disconnected from bob");
    renameSync(team().file("bob"), team().file("bob.old"));
    const stranger = await start(team(), there, "bob");
    const name = (await alice.sees(/^found: bob#[A-Za-z0-9_-]{4}$/)).slice("found: ".length);
    await stranger.sees("found: alice");
    stranger.enter("/connect alice");
    await stranger.sees(/^error: .*alice/);
    await alice.sees("error: the key of bob has changed");
    const number = (await alice.sees(new RegExp(`^safety number with ${name}: `))).replace(NUMBER, "");
    expect(stranger.all(/^connected|^new key/)).to.deep.equal([]);
    alice.enter("/trust bob");
    await alice.sees(/^error: /, 2);
    alice.enter(`/trust ${name}`);
    await alice.sees("new key for bob", 2);
    await alice.sees(`safety number with bob: ${number}`);
    stranger.enter("/connect alice");
    await Promise.all([stranger.sees("connected to alice"), alice.sees("connected to bob", 2)]);
    await stranger.sees(`safety number with alice: ${number}`);
    alice.enter("/msg bob hello again");
    await stranger.sees("alice> hello again");
  });

  it("P9.5 who is blocked has no session, until they are allowed", async () => {
    const [alice, bob] = await pair();
    await acquaint([alice, bob]);
    alice.enter("/block bob");
    await Promise.all([alice.sees("disconnected from bob"), bob.sees("disconnected from alice")]);
    bob.enter("/connect alice");
    await bob.sees(/^error: .*alice/);
    bob.enter("/msg alice do you hear me?");
    await bob.sees("queued for alice: 1");
    alice.enter("/allow bob");
    await alice.sees(/bob is allowed/, 1, "stderr");
    bob.enter("/connect alice");
    await Promise.all([bob.sees("connected to alice", 2), alice.sees("bob> do you hear me?")]);
    await bob.sees("delivered to alice: 1");
  });

  it("P9.6 who call each other at the same time have one session, of which both sides say the same", async () => {
    const [alice, bob] = await pair();
    for (let round = 1; round <= CROSSINGS; round += 1) {
      alice.enter("/connect bob", `/msg bob a${round}`);
      bob.enter("/connect alice", `/msg alice b${round}`);
      await Promise.all([
        alice.sees("connected to bob", round),
        bob.sees("connected to alice", round),
        alice.sees(`delivered to bob: ${round}`),
        bob.sees(`delivered to alice: ${round}`),
        alice.sees(`bob> b${round}`),
        bob.sees(`alice> a${round}`),
      ]);
      alice.enter("/access verified");
      await Promise.all([
        alice.sees("disconnected from bob", round),
        bob.sees("disconnected from alice", round),
      ]);
      alice.enter("/access team", "/peers");
      await alice.sees("peers: 1", round);
    }
    for (const peer of [alice, bob]) {
      expect(peer.all(/^error: |^disconnected from [a-z]+: /)).to.deep.equal([]);
      expect(peer.all(/^disconnected from /)).to.have.length(CROSSINGS);
      expect(peer.all(/^(?:alice|bob)> /)).to.have.length(CROSSINGS);
    }
  });
}

/** The writer is gone when the reader comes, and the reader when the writer does. */
async function carriesLetter(
  team: Team,
  [writer, carrier, reader]: readonly [Kind, Kind, Kind],
): Promise<void> {
  const [alice, carol, bob] = await gather(team, [writer, "alice"], [carrier, "carol"], [reader, "bob"]);
  if (alice === undefined || bob === undefined || carol === undefined) throw new Error("somebody is missing");
  await acquaint([alice, bob, carol]);
  await bob.leave();
  await Promise.all([alice.sees("disconnected from bob"), carol.sees("disconnected from bob")]);
  alice.enter("/letter bob meet me at nine ☕");
  await alice.sees("queued for bob: 1");
  await alice.sees(/private key.* letter/, 1, "stderr");
  const kept = (): boolean =>
    readdirSync(team.file("carol")).some(
      (file) =>
        file.startsWith("history.db") && readFileSync(join(team.file("carol"), file)).includes('"token"'),
    );
  await until(kept, "a letter that Carol carries");
  await alice.leave();
  await carol.sees("disconnected from alice");
  const bob2 = await start(team, reader, "bob");
  await bob2.sees("letter from alice> meet me at nine ☕");
  await carol.sees("connected to bob", 2);
  await bob2.leave();
  await carol.sees("disconnected from bob", 2);
  const alice2 = await start(team, writer, "alice");
  await alice2.sees("delivered to bob: 1");
  const bob3 = await start(team, reader, "bob");
  await Promise.all([alice2.sees("found: bob"), bob3.sees("found: alice")]);
  alice2.enter("/msg bob here I am");
  await bob3.sees("alice> here I am");
  expect(bob3.all(/meet me at nine/)).to.deep.equal([]);
  expect(carol.lines.join("\n")).not.to.include("meet me");
}
