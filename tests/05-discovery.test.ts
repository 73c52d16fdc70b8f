// Discovery over real sockets (P8.7 to P8.10), in networks of its own. On loopback in one, between hosts in the others.

import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { expect } from "chai";
import { makeBeacon } from "../05-lan-chat/beacons.ts";
import type { DoctorReport } from "../05-lan-chat/discovery.ts";
import { identityOf } from "../05-lan-chat/identity.ts";
import type { ChildProgram } from "../programs/child-program.ts";
import { nodeCommand } from "../programs/node-command.ts";
import { Host, Lan, needsLan } from "./support/lan.ts";
import type { LanOrder } from "./support/lan-listener.ts";
import type { LanPeerOptions } from "./support/lan-peer.ts";
import { leaveOut } from "./support/tools.ts";

const vectors = JSON.parse(readFileSync(new URL("./vectors/lan.json", import.meta.url), "utf8"));
const TEAM_KEY = Buffer.from(vectors.beacons.teamKey, "hex");

async function peer(host: Host, options: LanPeerOptions): Promise<ChildProgram> {
  const words = [...nodeCommand("tests/support/lan-peer.ts"), JSON.stringify(options)];
  const program = host.program(options.name, words);
  await program.line("started");
  return program;
}

async function listener(host: Host, address = "127.0.0.1"): Promise<ChildProgram> {
  const program = host.program("a listener", [...nodeCommand("tests/support/lan-listener.ts"), address]);
  await program.line("ready");
  return program;
}

function order(program: ChildProgram, what: LanOrder): void {
  program.enter(JSON.stringify(what));
}

async function ask<Answer>(program: ChildProgram, question: string): Promise<Answer> {
  program.enter(question);
  return JSON.parse(await program.line(/^[[{]/)) as Answer;
}

/** Asks again until the answer is right. Each question waits for its answer, so this is no busy loop. */
async function askUntil<Answer>(
  program: ChildProgram,
  question: string,
  isRight: (answer: Answer) => boolean,
): Promise<Answer> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const answer = await ask<Answer>(program, question);
    if (isRight(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`${question} stays ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function leave(program: ChildProgram): Promise<void> {
  program.endInput();
  expect((await program.exit()).code).to.equal(0);
}

describe("discovery on loopback", () => {
  let host: Host;

  before(function () {
    needsLan(this);
  });
  beforeEach(async () => {
    host = await Host.start();
  });
  afterEach(async () => {
    await host.end();
  });

  it("P8.8 two peers find each other within one round trip: nobody waits for the next beat", async () => {
    const alice = await peer(host, { name: "alice", beaconSeconds: 3600 });
    const bob = await peer(host, { name: "bob", beaconSeconds: 3600 });
    await Promise.all([alice.line("found: bob"), bob.line("found: alice")]);
    const carol = await peer(host, { name: "carol", beaconSeconds: 3600 });
    await Promise.all([alice.line("found: carol"), bob.line("found: carol")]);
    await askUntil<string[][]>(carol, "peers", (peers) => peers.length === 2);
  });

  it("P8.8 a new session is answered, too", async () => {
    const alice = await peer(host, { name: "alice", beaconSeconds: 3600 });
    const first = await peer(host, { name: "bob", beaconSeconds: 3600 });
    await first.line("found: alice");
    await first.kill();
    // Alice has not noticed, and still takes bob for active.
    const second = await peer(host, { name: "bob", beaconSeconds: 3600 });
    await second.line("found: alice");
    // Whoever has something for bob must learn that bob is back, although bob was never missed.
    await alice.line("bob has started");
    await alice.line("bob has started");
    expect(alice.lines.filter((line) => line.startsWith("left"))).to.deep.equal([]);
  });

  it("P8.9 a goodbye is heard at once, and a later session comes back", async () => {
    const alice = await peer(host, { name: "alice", beaconSeconds: 3600 });
    const bob = await peer(host, { name: "bob", beaconSeconds: 3600 });
    await alice.line("found: bob");
    await leave(bob);
    await alice.line("left: bob");
    const again = await peer(host, { name: "bob", beaconSeconds: 3600 });
    await alice.line("found: bob");
    await again.line("found: alice");
  });

  it("P8.9 who is killed is silent after three beats, and forgotten after --inactive", async () => {
    const alice = await peer(host, { name: "alice", beaconSeconds: 0.3, inactiveSeconds: 2 });
    const bob = await peer(host, { name: "bob", beaconSeconds: 0.3 });
    await alice.line("found: bob");
    await bob.kill();
    await alice.line("left: bob (silent)");
    await alice.line("forgotten: bob");
  });

  it("P8.9 after the goodbye no beat goes out, whenever it is said", async () => {
    const ear = await listener(host);
    for (let i = 0; i < 5; i++) {
      const alice = await peer(host, { name: "alice", beaconSeconds: 0.005 });
      await ear.line(new RegExp(`^beacon ${10 + i} of alice`));
      await leave(alice);
    }
    order(ear, { to: "127.0.0.1", port: 54_545, texts: ["the end"] });
    await ear.line("text: the end");
    const types = ear.lines
      .filter((line) => line.includes(" of alice "))
      .map((line) => line.split(" ", 1)[0]);
    // Each token comes twice: by the group, and by the broadcast.
    const sessions = types.join(" ").match(/(?:beacon )+bye bye/g);
    expect(sessions).to.have.length(5);
    expect(types.at(-1)).to.equal("bye");
  });

  it("P8.3 who has another passphrase is not seen, and sees nobody", async () => {
    const alice = await peer(host, { name: "alice", beaconSeconds: 0.3 });
    const mallory = await peer(host, { name: "mallory", beaconSeconds: 0.3, teamKey: "00".repeat(32) });
    const bob = await peer(host, { name: "bob", beaconSeconds: 0.3 });
    await Promise.all([alice.line("found: bob"), bob.line("found: alice")]);
    type Stats = Record<string, number>;
    await askUntil<Stats>(alice, "stats", ({ token = 0 }) => token > 4);
    await askUntil<Stats>(mallory, "stats", ({ token = 0 }) => token > 4);
    expect(alice.lines.join("\n")).to.not.include("mallory");
    expect(mallory.lines.join("\n")).to.not.match(/found|clock/);
  });

  it("P8.7 a token goes to the group and to the broadcast address, and both bring the same", async () => {
    const ear = await listener(host);
    await peer(host, { name: "alice", beaconSeconds: 3600 });
    await ear.line("beacon 1 of alice from 127.0.0.1");
    await ear.line("beacon 1 of alice from 127.0.0.1");
  });

  it("P8.7 each program of a machine hears what comes to the shared port", async () => {
    const all = [];
    for (const name of ["alice", "bob", "carol", "mallory"])
      all.push(await peer(host, { name, beaconSeconds: 0.5 }));
    for (const one of all)
      await askUntil<DoctorReport>(one, "doctor", ({ addresses: [own] }) => (own?.heardShared ?? 0) >= 6);
    const known = await askUntil<string[][]>(all[0] as ChildProgram, "peers", (peers) => peers.length === 3);
    expect(known.flat().sort()).to.deep.equal(["127.0.0.1:5001", "127.0.0.1:5002", "127.0.0.1:5003"]);
  });

  it("P8.6 a clock that is off is spoken of, and the beacon counts for nothing", async () => {
    const alice = await peer(host, { name: "alice", beaconSeconds: 3600 });
    const ear = await listener(host);
    const bob = identityOf(vectors.keys.bob.pem);
    if (bob === undefined) throw new Error("no key");
    const content = {
      type: "beacon",
      name: "bob",
      team: "rocket",
      address: "127.0.0.1:5001",
      seq: 1,
    } as const;
    const token = makeBeacon({ ...content, session: 1 }, bob, TEAM_KEY, Date.now() - 3_600_000);
    order(ear, { to: "127.0.0.1", port: 5000, texts: [token, token] });
    await alice.line(/^note: a beacon from 127\.0\.0\.1 is 360[0-9] s old: is a clock wrong\?$/);
    expect(await ask(alice, "peers")).to.deep.equal([]);
    expect(alice.lines.filter((line) => line.startsWith("note"))).to.have.length(1);
  });

  it("a program that was stopped for a while does not take the others for silent", async () => {
    const alice = await peer(host, { name: "alice", beaconSeconds: 0.4, inactiveSeconds: 4 });
    const bob = await peer(host, { name: "bob", beaconSeconds: 0.4, inactiveSeconds: 4 });
    await Promise.all([alice.line("found: bob"), bob.line("found: alice")]);
    alice.signal("SIGSTOP");
    await bob.line("left: alice (silent)");
    await bob.line("forgotten: alice");
    alice.signal("SIGCONT");
    await bob.line("found: alice");
    expect(alice.lines.filter((line) => /left|forgotten/.test(line))).to.deep.equal([]);
    // It still notices who goes.
    await leave(bob);
    await alice.line("left: bob");
  });

  it("P9.13 20,000 datagrams of nonsense in 2 s lose no live peer", async () => {
    const alice = await peer(host, { name: "alice", beaconSeconds: 0.5 });
    const bob = await peer(host, { name: "bob", beaconSeconds: 0.5 });
    await Promise.all([alice.line("found: bob"), bob.line("found: alice")]);
    const ear = await listener(host);
    order(ear, { to: "127.0.0.1", port: 5000, nonsense: 10_000, seconds: 2 });
    order(ear, { to: "127.255.255.255", port: 54_545, nonsense: 10_000, seconds: 2 });
    await ear.line("sent");
    await ear.line("sent");
    await askUntil<Record<string, number>>(alice, "stats", ({ token = 0 }) => token > 1000);
    for (const one of [alice, bob]) expect(one.lines.filter((line) => /left/.test(line))).to.deep.equal([]);
    const carol = await peer(host, { name: "carol", beaconSeconds: 0.5 });
    await Promise.all([alice.line("found: carol"), carol.line(/found/)]);
  });

  it("P9.1 on IPv6, where there is no group, --peer finds them, and both stay", async function () {
    const has = Object.values(networkInterfaces()).some((infos) =>
      infos?.some(({ address }) => address === "::1"),
    );
    if (!has) leaveOut(this, "this machine has no IPv6");
    const options = { host: "::1", beaconSeconds: 0.5 };
    const alice = await peer(host, { name: "alice", ...options });
    const bob = await peer(host, { name: "bob", ...options, peers: ["[::1]:5000"] });
    await Promise.all([alice.line("found: bob"), bob.line("found: alice")]);
    await askUntil<DoctorReport>(alice, "doctor", ({ accepted }) => accepted >= 8);
    await askUntil<DoctorReport>(bob, "doctor", ({ accepted }) => accepted >= 8);
    for (const one of [alice, bob])
      expect(one.lines.filter((line) => /left|note: c/.test(line))).to.deep.equal([]);
    await leave(bob);
    await alice.line("left: bob");
  });

  it("goes on without the shared port, and says so", async () => {
    const keeper = host.program("a program that keeps the port", [
      process.execPath,
      "-e",
      "require('dgram').createSocket('udp4').bind(54545, () => console.log('bound'))",
    ]);
    await keeper.line("bound");
    const bob = host.program("bob", [
      ...nodeCommand("tests/support/lan-peer.ts"),
      JSON.stringify({ name: "bob", beaconSeconds: 0.5, peers: ["localhost:5001"] }),
    ]);
    await bob.line("started");
    const alice = await peer(host, { name: "alice", beaconSeconds: 0.5 });
    await Promise.all([bob.line("found: alice"), alice.line("found: bob")]);
    expect(bob.lines.join("\n")).to.match(/note: cannot listen on UDP port 54545 \(EADDRINUSE\): .*--peer/);
  });
});

describe("discovery between hosts", () => {
  let lan: Lan;

  before(function () {
    needsLan(this);
  });
  beforeEach(async () => {
    lan = await Lan.start(["red", "blue"]);
  });
  afterEach(async () => {
    await lan.end();
  });

  it("P8.1 with 0.0.0.0 peers in one network find each other, and loopback is none of their addresses", async () => {
    const hosts = [];
    for (let i = 1; i <= 5; i++) hosts.push(await lan.host({ red: `10.1.0.${i}/24` }));
    const all = [];
    for (const [i, host] of hosts.entries())
      all.push(
        await peer(host, { name: ["alice", "bob", "carol", "mallory", "eve"][i] ?? "", host: "0.0.0.0" }),
      );
    const answers = all.map((one) => askUntil<string[][]>(one, "peers", (peers) => peers.length === 4));
    expect((await answers[0])?.flat().sort()).to.deep.equal([2, 3, 4, 5].map((i) => `10.1.0.${i}:5000`));
    await Promise.all(answers);
  });

  it("P8.7 two programs of one host and one of another find each other", async () => {
    const [one, two] = [await lan.host({ red: "10.1.0.1/24" }), await lan.host({ red: "10.1.0.2/24" })];
    const options = { host: "0.0.0.0", beaconSeconds: 0.5 };
    const all = [
      await peer(one, { name: "alice", ...options }),
      await peer(one, { name: "bob", ...options }),
      await peer(two, { name: "carol", ...options }),
    ];
    for (const one of all) {
      await askUntil<string[][]>(one, "peers", (peers) => peers.length === 2);
      await askUntil<DoctorReport>(one, "doctor", ({ addresses: [own] }) => (own?.heardShared ?? 0) >= 6);
      expect(one.lines.filter((line) => /left/.test(line))).to.deep.equal([]);
    }
  });

  it("P8.7 two networks by the group alone: from each address its own token, on its own interface", async () => {
    // Networks of two addresses have no broadcast address.
    const alice = await lan.host({ red: "10.1.0.0/31", blue: "10.2.0.0/31" });
    const [bob, carol] = [await lan.host({ red: "10.1.0.1/31" }), await lan.host({ blue: "10.2.0.1/31" })];
    const ears = [await listener(bob, "10.1.0.1"), await listener(carol, "10.2.0.1")];
    await peer(alice, { name: "alice", host: "0.0.0.0", beaconSeconds: 0.5 });
    for (let beat = 0; beat < 3; beat++) {
      await ears[0]?.line(/^beacon \d+ of alice from 10\.1\.0\.0$/);
      await ears[1]?.line(/^beacon \d+ of alice from 10\.2\.0\.0$/);
    }
    const heard = (ear: ChildProgram | undefined): string => ear?.lines.join("\n") ?? "";
    expect(heard(ears[0])).to.not.include("from 10.2.0.0");
    expect(heard(ears[1])).to.not.include("from 10.1.0.0");
  });

  it("P8.9 a peer in two networks has two addresses, and who is in one network only does not see the other", async () => {
    const both = await lan.host({ red: "10.1.0.1/24", blue: "10.2.0.1/24" });
    const too = await lan.host({ red: "10.1.0.2/24", blue: "10.2.0.2/24" });
    const red = await lan.host({ red: "10.1.0.3/24" });
    const blue = await lan.host({ blue: "10.2.0.4/24" });
    const start = (host: Host, name: string) => peer(host, { name, host: "0.0.0.0", beaconSeconds: 0.5 });
    const alice = await start(both, "alice");
    const bob = await start(too, "bob");
    const carol = await start(red, "carol");
    const mallory = await start(blue, "mallory");
    await askUntil<string[][]>(alice, "peers", (peers) => peers.length === 3 && peers.flat().length === 4);
    await askUntil<string[][]>(
      bob,
      "peers",
      (peers) => peers.flat().includes("10.1.0.1:5000") && peers.flat().length === 4,
    );
    const ofCarol = await askUntil<string[][]>(carol, "peers", (peers) => peers.length === 2);
    expect(ofCarol.flat().sort()).to.deep.equal(["10.1.0.1:5000", "10.1.0.2:5000"]);
    const ofMallory = await askUntil<string[][]>(mallory, "peers", (peers) => peers.length === 2);
    expect(ofMallory.flat().sort()).to.deep.equal(["10.2.0.1:5000", "10.2.0.2:5000"]);
    for (const one of [alice, bob, carol, mallory])
      expect(one.lines.filter((line) => /left|note/.test(line))).to.deep.equal([]);
  });

  it("P8.7 addresses are looked up anew at every beat: a network that comes, goes, and comes again", async () => {
    const [one, other] = [await lan.host({}), await lan.host({ red: "10.1.0.1/31" })];
    const alice = await peer(one, { name: "alice", host: "0.0.0.0", beaconSeconds: 0.5 });
    const bob = await peer(other, { name: "bob", host: "0.0.0.0", beaconSeconds: 0.5 });
    expect(alice.lines).to.include("note: there is no network: this machine has no address but loopback");
    lan.link(one, "red", "10.1.0.0/31");
    await Promise.all([alice.line("found: bob"), bob.line("found: alice")]);
    // Down and up: the address stays.
    one.sh("ip link set red down");
    await Promise.all([alice.line("left: bob (silent)"), bob.line("left: alice (silent)")]);
    one.sh("ip link set red up");
    await Promise.all([alice.line("found: bob"), bob.line("found: alice")]);
    // Away and back: for as long, Alice can hear but not speak.
    one.sh("ip address del 10.1.0.0/31 dev red");
    await bob.line("left: alice (silent)");
    one.sh("ip address add 10.1.0.0/31 dev red");
    await bob.line("found: alice");
    const heard = await ask<DoctorReport>(alice, "doctor");
    const before = heard.addresses[0]?.heardShared ?? 0;
    await askUntil<DoctorReport>(
      alice,
      "doctor",
      ({ addresses: [own] }) => (own?.heardShared ?? 0) > before + 2,
    );
    // Another interface in its place.
    one.sh("ip link del red");
    await Promise.all([alice.line("left: bob (silent)"), bob.line("left: alice (silent)")]);
    lan.link(one, "red", "10.1.0.0/31");
    await Promise.all([alice.line("found: bob"), bob.line("found: alice")]);
  });

  it("P8.7 --peer reaches through a router, and the answer comes back as long as both are there", async () => {
    const router = await lan.host({ red: "10.1.0.254/24", blue: "10.2.0.254/24" });
    router.sh("echo 1 > /proc/sys/net/ipv4/ip_forward");
    const near = await lan.host({ red: "10.1.0.1/24" });
    const far = await lan.host({ blue: "10.2.0.1/24" });
    near.sh("ip route add default via 10.1.0.254");
    far.sh("ip route add default via 10.2.0.254");
    const options = { host: "0.0.0.0", beaconSeconds: 0.5 };
    const bob = await peer(far, { name: "bob", ...options });
    const alice = await peer(near, { name: "alice", ...options, peers: ["10.2.0.1:5000"] });
    await Promise.all([alice.line("found: bob"), bob.line("found: alice")]);
    const isOften = ({ heardElsewhere }: DoctorReport): boolean => heardElsewhere >= 8;
    await askUntil<DoctorReport>(alice, "doctor", isOften);
    await askUntil<DoctorReport>(bob, "doctor", isOften);
    for (const one of [alice, bob]) expect(one.lines.filter((line) => /left/.test(line))).to.deep.equal([]);
    await leave(alice);
    await bob.line("left: alice");
  });

  it("P8.9 who is killed or says goodbye is seen by all, and the others stay", async () => {
    const [one, two, three] = [
      await lan.host({ red: "10.1.0.1/24" }),
      await lan.host({ red: "10.1.0.2/24" }),
      await lan.host({ red: "10.1.0.3/24" }),
    ];
    const options = { host: "0.0.0.0", beaconSeconds: 0.5 };
    const alice = await peer(one, { name: "alice", ...options });
    const bob = await peer(two, { name: "bob", ...options });
    await Promise.all([alice.line("found: bob"), bob.line("found: alice")]);
    const carol = await peer(three, { name: "carol", ...options });
    await Promise.all([alice.line("found: carol"), bob.line("found: carol")]);
    await carol.kill();
    await Promise.all([alice.line("left: carol (silent)"), bob.line("left: carol (silent)")]);
    await leave(bob);
    await alice.line("left: bob");
    expect(alice.lines.filter((line) => /left/.test(line))).to.have.length(2);
  });
});
