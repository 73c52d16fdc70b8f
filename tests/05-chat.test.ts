// Peers of stage 05 find each other and chat: whole programs, in a network of their own (P8.7 to P8.9, P9.6, P9.7, P9.12).

import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { type PeerProgram, withTeam } from "./support/team.ts";

/** Waits until two know each other and have a session. */
async function connect(one: PeerProgram, other: PeerProgram): Promise<void> {
  one.enter(`/connect ${other.name}`);
  await Promise.all([one.sees(`connected to ${other.name}`), other.sees(`connected to ${one.name}`)]);
}

/** The port in `listening on 127.0.0.1:5000`. */
function portOf(peer: PeerProgram): number {
  return Number(peer.lines[0]?.split(":").at(-1));
}

withTeam("peers of stage 05", (team) => {
  it("P8.1 P8.7 find each other, each on its own port, and list each other", async () => {
    const [alice, bob, carol] = await team().gather("alice", "bob", "carol");
    if (alice === undefined || bob === undefined || carol === undefined)
      throw new Error("somebody is missing");
    const ports = [alice, bob, carol].map(portOf);
    expect(ports.toSorted()).to.deep.equal([5000, 5001, 5002]);
    const later = [alice, bob, carol].find((peer) => portOf(peer) === 5002);
    await later?.sees("port 5000 is in use, took 5002", 1, "stderr");
    alice.enter("/peers");
    await alice.sees("peers: 2");
    const lines = alice.all(/^peer /);
    expect(lines.map((line) => line.replace(/[0-9]{2}:[0-9]{2}:[0-9]{2}$/, "HH:MM:SS"))).to.deep.equal([
      `peer bob active 127.0.0.1:${portOf(bob)} since HH:MM:SS`,
      `peer carol active 127.0.0.1:${portOf(carol)} since HH:MM:SS`,
    ]);
    expect(await alice.leave()).to.equal(0);
    await Promise.all([bob.sees("left: alice"), carol.sees("left: alice")]);
  });

  it("P8.9 one that was killed is silent, then forgotten; one that is back is found again", async () => {
    const alice = await team().start("alice", "--inactive", "3");
    const bob = await team().start("bob");
    await alice.sees("found: bob");
    await bob.program.kill();
    await alice.sees("left: bob (silent)");
    alice.enter("/peers");
    await alice.sees(/^peer bob silent 127\.0\.0\.1:[0-9]+ since [0-9:]{8}$/);
    await team().start("bob");
    await alice.sees("found: bob", 2);
    const [, again] = await Promise.all([alice.sees("found: bob", 2), team().start("carol")]);
    await alice.sees("found: carol");
    await again.program.kill();
    await alice.sees("forgotten: carol");
  });

  it("P8.3 those with another passphrase, or in another team, do not find them, and are told what to try", async () => {
    writeFileSync(team().file("other"), "open sesame, and slowly!\n");
    const alice = await team().start("alice");
    const mallory = await team().start("mallory", "--passphrase-file", team().file("other"));
    const bob = await team().start("bob");
    await alice.sees("found: bob");
    mallory.enter("/connect 127.0.0.1:5000");
    await mallory.sees(/^error: no session with 127\.0\.0\.1:5000: /);
    await alice.asksUntil("/stats", /^stats: .*token [1-9]/);
    await mallory.asksUntil("/doctor", /^try: .*same passphrase/);
    expect([...alice.lines, ...bob.lines].join()).not.to.include("mallory");
  });

  it("P8.1 a port is taken if TCP or UDP of it are in use; if none of ten is free, exit code 1", async () => {
    const blocker = team().host.program("node", [
      process.execPath,
      "-e",
      `const udp = require("node:dgram").createSocket("udp4");
       udp.bind(5000, "127.0.0.1", () => {
         let left = 8;
         for (let port = 5002; port < 5010; port++)
           require("node:net").createServer().listen(port, "127.0.0.1", () => --left || console.log("there"));
       });`,
    ]);
    await blocker.line("there");
    const alice = await team().start("alice");
    expect(alice.lines[0]).to.equal("listening on 127.0.0.1:5001");
    expect(alice.program.errorLines).to.include("port 5000 is in use, took 5001");
    const bob = team().launch("bob");
    expect(await bob.program.exitCode()).to.equal(1);
    expect(bob.lines).to.deep.equal([]);
    expect(bob.program.errorLines).to.have.length(1);
    expect(bob.program.errorLines[0]).to.match(/^error: .*5000.*--port/);
    expect(await alice.leave()).to.equal(0);
    await blocker.kill();
  });

  it("P8.6 a clock that is an hour off is said, and nobody is found by it", async () => {
    const alice = await team().start("alice");
    const ahead = "data:text/javascript,const now = Date.now; Date.now = () => now() + 3600000;";
    const bob = team().launch("bob", [], undefined, [ahead]);
    await alice.sees(
      /^a beacon from 127\.0\.0\.1 is 3[56][0-9]{2} s ahead: is a clock wrong\?$/,
      1,
      "stderr",
    );
    await bob.sees(/^a beacon from 127\.0\.0\.1 is 3[56][0-9]{2} s old: is a clock wrong\?$/, 1, "stderr");
    expect([...alice.lines, ...bob.lines].filter((line) => line.startsWith("found"))).to.deep.equal([]);
    await bob.asksUntil("/doctor", /^try: .*clocks/);
  });

  it("P9.5 P9.12 a first session pins the key and shows the same safety number on both sides", async () => {
    const [alice, bob] = await pair();
    await connect(alice, bob);
    await Promise.all([alice.sees("new key for bob"), bob.sees("new key for alice")]);
    const number = (await alice.sees(/^safety number with bob: /)).slice("safety number with bob: ".length);
    expect(number).to.match(/^[0-9]{5}(?: [0-9]{5}){5}$/);
    expect(await bob.sees(/^safety number with alice: /)).to.equal(`safety number with alice: ${number}`);
    bob.enter("/verify alice");
    await bob.sees(`safety number with alice: ${number}`, 2);
    alice.enter("/connect bob");
    alice.enter("/quit");
    await bob.sees("disconnected from alice");
    expect(alice.all("connected to bob")).to.have.length(1);
    expect(await alice.program.exitCode()).to.equal(0);
  });

  it("P9.6 two calls at once make one session", async () => {
    const [alice, bob] = await pair();
    alice.enter("/connect bob");
    bob.enter("/connect alice");
    await Promise.all([alice.sees("connected to bob"), bob.sees("connected to alice")]);
    alice.enter("/msg bob one");
    bob.enter("/msg alice two");
    await Promise.all([alice.sees("delivered to bob: 1"), bob.sees("delivered to alice: 1")]);
    for (const peer of [alice, bob]) {
      expect(peer.all(/^connected to /)).to.have.length(1);
      expect(peer.all(/^disconnected/)).to.deep.equal([]);
      expect(peer.all(/^error/)).to.deep.equal([]);
    }
  });

  it("P9.7 messages go both ways, in their order, and are delivered; a number counts one's own", async () => {
    const [alice, bob] = await pair();
    for (let index = 1; index <= 20; index++) alice.enter(`/msg bob message ${index}`);
    bob.enter("/msg alice  two blanks, <end>, \u202eand more");
    await bob.sees("alice> message 20");
    expect(bob.all(/^alice> /)).to.deep.equal(
      Array.from({ length: 20 }, (_, i) => `alice> message ${i + 1}`),
    );
    await alice.sees("bob>  two blanks, <end>, \uFFFDand more");
    await alice.sees("delivered to bob: 20");
    expect(alice.all(/^[0-9]+ to bob> /)).to.deep.equal(
      Array.from({ length: 20 }, (_, i) => `${i + 1} to bob> message ${i + 1}`),
    );
    expect(alice.all(/^delivered to bob: /)).to.have.length(20);
    await bob.sees("delivered to alice: 1");
    alice.enter("/history bob 2");
    await alice.sees(/^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} > message 20 \[delivered\]$/);
    alice.enter("/history bob");
    await alice.sees(/^[0-9-]{10} [0-9:]{8} < {2}two blanks/);
  });

  it("P9.12 in a messaging session every line goes to the peer, until exit", async () => {
    const [alice, bob] = await pair();
    alice.enter("/to bob", "hello", "2", "exit", "2");
    await bob.sees("alice> 2");
    expect(bob.all(/^alice> /)).to.deep.equal(["alice> hello", "alice> 2"]);
    await alice.sees("delivered to bob: 2");
    alice.enter("/to bob", "/quit");
    expect(await alice.program.exitCode()).to.equal(0);
    expect(alice.all("peers: 1")).to.have.length(1);
  });

  it("P9.12 the menu works without a terminal, too: a number, and the answers", async () => {
    const [alice, bob] = await pair();
    alice.enter(
      "5",
      "bob",
      "hello from the menu",
      "4",
      "hello all",
      "3",
      "",
      "9",
      "tea",
      "bob",
      "9",
      "tea",
      "",
      "in the room",
    );
    await bob.sees("alice> hello from the menu");
    await bob.sees("alice to all> hello all");
    await bob.sees("alice in tea> in the room");
    alice.enter("1", "bob", "in the session", "exit", "0");
    await bob.sees("alice> in the session");
    expect(await alice.program.exitCode()).to.equal(0);
  });

  it("P9.8 P9.11 a message to one who is away waits, over restarts of both, and is delivered once", async () => {
    const [alice, bob] = await pair();
    await connect(alice, bob);
    expect(await bob.leave()).to.equal(0);
    await alice.sees("left: bob");
    alice.enter("/msg bob while you were away");
    await alice.sees("1 to bob> while you were away");
    await alice.sees("queued for bob: 1");
    expect(await alice.leave()).to.equal(0);
    const alice2 = await team().start("alice");
    const bob2 = await team().start("bob");
    await bob2.sees("alice> while you were away");
    await alice2.sees("delivered to bob: 1");
    alice2.enter("/msg bob next");
    await alice2.sees("2 to bob> next");
    await bob2.sees("alice> next");
    expect(bob2.all("alice> while you were away")).to.have.length(1);
    expect([...alice2.lines, ...bob2.lines].filter((line) => line.startsWith("new key"))).to.deep.equal([]);
  });

  it("P9.11 what was acknowledged is there after a kill -9, and what was not is delivered", async () => {
    const [alice, bob] = await pair();
    await connect(alice, bob);
    for (let index = 1; index <= 50; index++) alice.enter(`/msg bob ${index}`);
    await bob.sees("alice> 10");
    await bob.program.kill();
    await alice.sees(/^disconnected from bob: /);
    const bob2 = await team().start("bob");
    await alice.sees("delivered to bob: 50");
    bob2.enter("/history alice 1000");
    await bob2.sees(/ < 50/);
    const kept = bob2.all(/^[0-9-]{10} [0-9:]{8} < [0-9]+/).map((line) => line.split(" ")[3]);
    expect(kept).to.deep.equal(Array.from({ length: 50 }, (_, index) => String(index + 1)));
    const shown = [...bob.all(/^alice> /), ...bob2.all(/^alice> /)];
    expect(new Set(shown).size, "none is missing on the screen").to.equal(50);
  });

  it("P9.7 /all goes to each active peer by itself; a dead one delays nobody", async () => {
    const [alice, bob, carol] = await team().gather("alice", "bob", "carol");
    if (alice === undefined || bob === undefined || carol === undefined)
      throw new Error("somebody is missing");
    carol.program.signal("SIGSTOP");
    alice.enter("/all hello everybody");
    await bob.sees("alice to all> hello everybody");
    await alice.sees("1 to all> hello everybody");
    await alice.sees("delivered to bob: 1");
    carol.program.signal("SIGCONT");
    await carol.sees("alice to all> hello everybody");
    await alice.sees("delivered to carol: 1");
  });

  it("P9.13 connections that say nothing keep nobody out", async () => {
    const [alice, bob] = await pair();
    const silent = team().host.program("node", [
      process.execPath,
      "-e",
      `for (let i = 0; i < 200; i++) require("node:net").connect(${portOf(alice)}, "127.0.0.1").on("error", () => {}); setTimeout(() => console.log("there"), 300); setInterval(() => {}, 1000);`,
    ]);
    await silent.line("there");
    await connect(bob, alice);
    bob.enter("/msg alice hi");
    await alice.sees("bob> hi");
    await silent.kill();
  });

  it("P9.13 a flood of nonsense loses no live peer", async () => {
    const [alice, bob] = await pair();
    await connect(alice, bob);
    const flood = team().host.program("node", [
      process.execPath,
      "-e",
      `const socket = require("node:dgram").createSocket("udp4");
       const nonsense = require("node:crypto").randomBytes(800).toString("base64url");
       let left = 20000;
       const send = () => {
         for (let i = 0; i < 200; i++) socket.send(nonsense, left % 2 ? 54545 : ${portOf(alice)}, "127.0.0.1");
         left -= 200;
         if (left > 0) setTimeout(send, 20); else setTimeout(() => { console.log("sent"); socket.close(); }, 100);
       };
       send();`,
    ]);
    await flood.line("sent");
    await alice.asksUntil("/stats", /^stats: .*token [1-9][0-9]{2,}/);
    alice.enter("/msg bob still there");
    await bob.sees("alice> still there");
    expect(alice.all(/^left:|^disconnected/)).to.deep.equal([]);
    await flood.kill();
  });

  /** Alice and Bob, who have found each other. */
  async function pair(): Promise<[PeerProgram, PeerProgram]> {
    const [alice, bob] = await team().gather("alice", "bob");
    if (alice === undefined || bob === undefined) throw new Error("somebody is missing");
    return [alice, bob];
  }
});
