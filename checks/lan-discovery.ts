// Checks clauses P8.7 to P8.10 and P9.13: when and where stage 05's program sends beacons, whom it finds, loses and
// forgets, how it names peers, and that a flood disturbs nobody.

import { setTimeout as sleep } from "node:timers/promises";
import { defineChecks } from "./engine/check.ts";
import { BROADCAST, GROUP, Lan, SHARED_PORT } from "./engine/lan.ts";
import type { LanPeer } from "./engine/lan-peer.ts";
import { meet, talk } from "./engine/lan-steps.ts";
import type { PeerUnderTest } from "./engine/launcher.ts";
import type { Scene } from "./engine/scene.ts";

/** How many peers that are not pinned are remembered (P8.10). */
const MOST_PEERS = 256;
/** How many beacons are sent in a row before a pause: a socket's buffer must hold them. */
const HANDFUL = 10;

/** Expects that a beacon of the program is sent to an address. */
async function isSentTo(scene: Scene, lan: Lan, address: string): Promise<void> {
  const heard = await lan.overhears(address);
  const bob = await lan.peer("bob");
  const alice = await lan.program("alice", { peers: [bob], beacon: 0.3 });
  const { datagram } = await bob.hearsBeacon(alice);
  await scene.step(`its beacons are sent to ${address}, port ${SHARED_PORT}, too`, async () => {
    const came = await lan.eventually(() => (heard.includes(datagram) ? true : undefined), alice);
    if (came === undefined)
      scene.fails({
        expected: `the token that bob got, at ${address}`,
        received: heard.length === 0 ? "nothing" : "other tokens",
        came: heard.length === 0 ? "nothing" : "different",
      });
    scene.observe();
  });
}

/** Expects that the program goes on sending beacons to a peer: so many. */
async function goesOnSending(bob: LanPeer, alice: PeerUnderTest, count: number): Promise<void> {
  for (let beacon = 0; beacon < count; beacon += 1) await bob.hearsBeacon(alice);
}

export const checks = defineChecks({ stages: ["05"], of: "peer" }, [
  {
    id: "P8.7-at-start",
    title: "a beacon is sent at the start, to each --peer, and the same token to all",
    likelyCause: "Each destination gets a token of its own, or the first beacon comes a pause later.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const [bob, carol] = [await lan.peer("bob"), await lan.peer("carol")];
      const alice = await lan.program("alice", { peers: [bob, carol], beacon: 60 });
      const one = await bob.hearsBeacon(alice);
      const other = await carol.hearsBeacon(alice);
      await scene.step("both are the same", () => {
        if (one.datagram !== other.datagram)
          scene.fails({
            labels: ["one", "another"],
            expected: one.datagram,
            received: other.datagram,
            exact: true,
          });
      });
    },
  },
  {
    id: "P8.7-pauses",
    title: "each pause between beacons is drawn anew, from 0.9 to 1.1 of --beacon",
    likelyCause:
      "The pause is always the same: then all programs that start together send together, for ever.",
    waits: 10,
    async run(scene) {
      const lan = await Lan.open(scene);
      const bob = await lan.peer("bob");
      const alice = await lan.program("alice", { peers: [bob], beacon: 1 });
      let { at } = await bob.hearsBeacon(alice);
      const pauses: number[] = [];
      for (let beat = 0; beat < 10; beat += 1) {
        const next = await bob.hearsBeacon(alice);
        pauses.push(next.at - at);
        at = next.at;
      }
      await scene.step("the pauses differ, and are about 1 s", () => {
        const shown = pauses.map((pause) => `${(pause / 1000).toFixed(2)} s`).join(", ");
        const mean = pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length;
        const sorted = [...pauses].sort((one, other) => one - other);
        const spread = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
        // Without the two longest and the two shortest: a busy machine delays one or another beacon.
        const spreadOfMost = (sorted.at(-3) ?? 0) - (sorted[2] ?? 0);
        // A busy machine makes pauses longer, and no pause shorter on the average.
        if (mean < 890 || mean > 2500 || spread < 60 || spreadOfMost < 15)
          scene.fails({ expected: "pauses from 0.9 s to 1.1 s, none like another", received: shown });
      });
    },
  },
  {
    id: "P8.7-group",
    title: "beacons are sent to the group 239.255.54.45, port 54545, on the loopback interface",
    likelyCause: "The interface of the multicast is not set: without a default route it goes nowhere.",
    async run(scene) {
      await isSentTo(scene, await Lan.open(scene), GROUP);
    },
  },
  {
    id: "P8.7-broadcast",
    title: "beacons are sent to the broadcast address 127.255.255.255, port 54545",
    likelyCause: "The socket may not send to broadcast addresses until it is told so (SO_BROADCAST).",
    async run(scene) {
      await isSentTo(scene, await Lan.open(scene), BROADCAST);
    },
  },
  {
    id: "P8.7-hears-group",
    title: "beacons that come to the shared port are heard, from the group and from the broadcast",
    likelyCause: "The shared port is not bound for all to share, or the group is not joined on 127.0.0.1.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      for (const [name, address] of [
        ["bob", GROUP],
        ["carol", BROADCAST],
      ] as const) {
        const peer = await lan.peer(name);
        peer.reachesAll();
        scene.transcript.steps.push(`${name} sends beacons to ${address}`);
        // The first may come before the program has joined the group.
        const stop = peer.keepsBeaconing({ port: SHARED_PORT }, 200, address);
        await alice.shows(`found: ${name}`);
        stop();
      }
    },
  },
  {
    id: "P8.7-unicast",
    title: "a known peer that is not heard on the shared port for three beats is sent beacons of its own",
    async run(scene) {
      const { alice, bob } = await meet(scene, { beacon: 0.3 });
      bob.keepsBeaconing(alice, 200);
      await goesOnSending(bob, alice, 5);
    },
  },
  {
    id: "P8.7-no-unicast",
    title: "a known peer that is heard on the shared port is sent none",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice", { beacon: 0.3 });
      const bob = await lan.peer("bob");
      bob.reachesAll();
      bob.keepsBeaconing({ port: SHARED_PORT }, 100, GROUP);
      await alice.shows("found: bob");
      await bob.hearsBeacon(alice); // The answer of P8.8.
      await sleep(1200); // In its first beats it may take bob for one that is not heard there.
      bob.forgetsHeard();
      await bob.hearsNothing(alice, 1500);
    },
  },
  {
    id: "P8.8-answer",
    title: "a beacon of an unknown key, or of a new session, is answered at once by a beacon; others are not",
    async run(scene) {
      const { alice, bob } = await meet(scene);
      await bob.hearsBeacon(alice);
      await sleep(1100); // A new answer would be allowed now.
      await bob.beacons(alice);
      await bob.hearsNothing(alice, 500);
      bob.session += 1000;
      bob.seq = 0;
      await bob.beacons(alice);
      await bob.hearsBeacon(alice);
    },
  },
  {
    id: "P8.8-once-a-second",
    title: "a key is answered once a second at most, however many sessions it begins",
    likelyCause: "Each new session is answered: whoever sends many of them makes the program send as many.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const bob = await lan.peer("bob");
      const started = performance.now();
      for (let session = 0; session < 20; session += 1) {
        bob.session += 1;
        await bob.emits(alice, bob.beacon());
      }
      await bob.hearsBeacon(alice);
      await lan.isAccepted(alice, bob, bob.beacon(), "one more beacon");
      await scene.step("it has answered once a second at most", () => {
        const most = 1 + Math.ceil((performance.now() - started) / 1000);
        const answers = 1 + bob.unheard(alice);
        if (answers > most)
          scene.fails({ expected: `${most} at most`, received: `${answers} answers to 20 sessions` });
        scene.observe();
      });
    },
  },
  {
    id: "P8.9-goodbye",
    title: "after a goodbye only a later session brings the key back",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      await bob.leaves(alice);
      await lan.isDropped(alice, bob, bob.beacon(), "ended", "a later beacon of the session that has ended");
      bob.session += 1;
      await bob.isFoundBy(alice);
    },
  },
  {
    id: "P8.9-silent",
    title: "a peer is silent when it was not heard for three beats, and forgotten after --inactive seconds",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice", { beacon: 0.5, argv: ["--inactive", "3"] });
      const bob = await lan.peer("bob");
      const before = performance.now();
      await bob.isFoundBy(alice);
      const since = performance.now();
      await alice.showsAfter(1.35, before, "left: bob (silent)");
      await alice.showsAfter(2.9, before, "forgotten: bob");
      await scene.step("neither took much longer", () => {
        if (performance.now() - since > 6000 + scene.timeout)
          scene.fails({ expected: "forgotten after 3 s", received: "much later" });
      });
      await alice.enters("/peers");
      await alice.shows("peers: 0");
      await bob.isFoundBy(alice);
    },
  },
  {
    id: "P8.9-session-open",
    title: "a peer with an open session is active, though it sends no beacons",
    likelyCause: "Only beacons count as signs of life.",
    async run(scene) {
      const { alice, session } = await talk(scene, { beacon: 0.3, argv: ["--inactive", "1.5"] });
      await sleep(2500);
      await session.tells("still here");
      await alice.shows("bob> still here");
      await alice.hasNotShown("left: bob");
      await alice.hasNotShown("forgotten: bob");
      await alice.enters("/peers");
      await alice.shows(/^peer bob active /);
    },
  },
  {
    id: "P8.9-newest-address",
    title: "calls try the newest address first, and then the others",
    likelyCause: "A peer has one address, the first or the last that was heard.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const bob = await lan.peer("bob");
      const there = await bob.elsewhere();
      await bob.isFoundBy(alice);
      await sleep(20);
      await lan.isAccepted(alice, there, there.beacon(), "a beacon from another address of bob");
      await alice.enters("/connect bob");
      const session = await there.answers(alice);
      await alice.shows("connected to bob");
      await session.saysBye();
      await alice.shows("disconnected from bob");
      there.listener.close();
      await alice.enters("/connect bob");
      await bob.answers(alice);
      await alice.shows("connected to bob");
    },
  },
  {
    id: "P8.10-same-name",
    title: "a second key of one name, in any case, is shown with the beginning of its fingerprint",
    likelyCause: "Peers are told apart by their names: the second takes the place of the first.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const bob = await lan.peer("bob");
      const second = await lan.peer("BoB");
      await bob.isFoundBy(alice);
      const errors = alice.errors.length;
      await second.isFoundBy(alice, second.suffixed);
      await scene.step("there is a warning on standard error", async () => {
        const warned = await lan.eventually(() => (alice.errors.length > errors ? true : undefined), alice);
        if (!warned) scene.fails({ expected: "a warning on standard error", received: "none" });
      });
      // Each is called by its own name. A session would pin the name to one of them.
      for (const [peer, name] of [
        [bob, "bob"],
        [second, second.suffixed],
      ] as const) {
        await alice.enters(`/connect ${name}`);
        const session = await peer.isCalled(alice);
        await session.receivesHello(peer.key.fingerprint);
        await session.breaks();
      }
    },
  },
  {
    id: "P8.10-suffix-case",
    title: "what follows # is compared with regard to case",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      await (await lan.peer("bob")).isFoundBy(alice);
      let second = await lan.peer("bob");
      while (swapCase(second.key.fingerprint.slice(0, 4)) === second.key.fingerprint.slice(0, 4))
        second = await lan.peer("bob");
      await second.isFoundBy(alice, second.suffixed);
      await alice.enters(`/connect bob#${swapCase(second.key.fingerprint.slice(0, 4))}`);
      await alice.showsNext(/^error: /);
      await scene.step("nobody was called by that", () => {
        if (second.listener.waiting > 0) scene.fails({ expected: "no call", received: "a call" });
      });
      await alice.enters(`/connect ${second.suffixed}`);
      const session = await second.isCalled(alice);
      await session.receivesHello(second.key.fingerprint);
      await session.breaks();
    },
  },
  {
    id: "P8.10-pinned-name",
    title: "a name belongs to the key that is pinned to it, also while that is away",
    likelyCause: "The name goes to whoever is heard first after a start.",
    async run(scene) {
      const { lan, alice, bob, session } = await talk(scene);
      await session.tells("now you know me");
      session.connection.ignoresTheRest();
      const again = await lan.killsAndRestarts(alice);
      const thief = await lan.peer("bob");
      await thief.isFoundBy(again, thief.suffixed);
      bob.session += 1;
      await bob.isFoundBy(again);
    },
  },
  {
    id: "P8.10-full",
    title: "256 peers that are not pinned are remembered; one more is dropped as full, and nobody is lost",
    likelyCause: "A new peer pushes out one that is alive: whoever makes many keys clears the list.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice", { beacon: 60 });
      const first = await lan.peer("first");
      await first.isFoundBy(alice);
      const session = await first.opens(alice); // It is pinned, so it does not count.
      await session.saysBye(); // On a busy machine it would be pinged meanwhile.
      const last = await scene.step(`${MOST_PEERS} peers are found`, async () => {
        const peers: LanPeer[] = [];
        for (let count = 0; count < MOST_PEERS; count += 1) {
          const peer = await lan.peer(`peer${count}`);
          peers.push(peer);
          await peer.emits(alice, peer.beacon());
          // At most 150 signatures of unknown keys are checked in a second, and a datagram may be lost.
          if (count % HANDFUL === HANDFUL - 1) await sleep(110);
        }
        const missing = (): LanPeer[] => peers.filter(({ name }) => !alice.lines.includes(`found: ${name}`));
        await lan.eventually(async () => {
          const left = missing();
          for (const peer of left.slice(0, HANDFUL)) await peer.emits(alice, peer.beacon());
          if (left.length > 0) await sleep(110);
          return left.length === 0 ? true : undefined;
        }, alice);
        const left = missing();
        if (left.length > 0)
          scene.fails({
            expected: `found: … for ${MOST_PEERS} peers`,
            received: `${MOST_PEERS - left.length} of them`,
          });
        scene.observe();
        return lan.peer("last");
      });
      await lan.isDropped(alice, last, last.beacon(), "full", `a beacon of one more than ${MOST_PEERS}`);
      await alice.hasNotShown("found: last");
      await alice.hasNotShown("forgotten: ");
    },
  },
  {
    id: "P8.10-rate",
    title: "at most 200 signatures are checked in a second, and live peers are heard afterwards",
    likelyCause: "Each datagram costs the work of a signature: a flood of forged ones takes all the time.",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      const mallory = await lan.peer("mallory");
      const forged = Array.from({ length: 1500 }, () =>
        mallory.beacon({ signature: Buffer.alloc(256, 1).toString("base64") }),
      );
      await scene.step("mallory sends 1,500 beacons with wrong signatures within two seconds", async () => {
        const before = await lan.stats(alice);
        const started = performance.now();
        for (const [index, datagram] of forged.entries()) {
          await mallory.emits(alice, datagram);
          if (index % HANDFUL === 0) await sleep(8);
        }
        const seconds = (performance.now() - started) / 1000;
        const counted = await lan.eventually(async () => {
          const after = await lan.stats(alice);
          const more = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
          return more("rate") > 0 ? { checked: more("signature"), left: more("rate") } : undefined;
        }, alice);
        const most = 200 * Math.ceil(seconds + 1);
        if (counted === undefined || counted.checked > most)
          scene.fails({
            expected: `at most ${most} signature, the others rate`,
            received: counted === undefined ? "none under rate" : `${counted.checked} signature`,
          });
        scene.observe();
      });
      await sleep(1100);
      await lan.isAccepted(alice, bob, bob.beacon(), "bob's next beacon");
    },
  },
  {
    id: "P9.13-datagrams",
    title: "20,000 datagrams of nonsense in 2 s lose no live peer, and delay no message",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice", { beacon: 1 });
      const [bob, carol] = [await lan.peer("bob"), await lan.peer("carol")];
      await bob.isFoundBy(alice);
      await carol.isFoundBy(alice);
      const session = await bob.opens(alice);
      const stop = carol.keepsBeaconing(alice, 250);
      const mallory = await lan.peer("mallory");
      const nonsense = Buffer.alloc(600, 0x41);
      await scene.step("mallory sends 20,000 datagrams of nonsense", async () => {
        for (let round = 0; round < 200; round += 1) {
          await Promise.all(Array.from({ length: 100 }, () => mallory.emits(alice, nonsense)));
          await sleep(8);
        }
      });
      await session.tells("in the middle of it");
      await alice.shows("bob> in the middle of it");
      stop();
      await lan.isAccepted(alice, carol, carol.beacon(), "carol's next beacon");
      await alice.hasNotShown("left: carol");
    },
  },
  {
    id: "P9.13-connections",
    title: "200 connections that say nothing, or nonsense, keep nobody out",
    async run(scene) {
      const { lan, alice, session } = await talk(scene);
      for (let count = 0; count < 200; count += 1) {
        const silent = await scene.connect({ port: alice.port }, `stranger ${count}`);
        silent.ignoresTheRest();
        if (count % 4 === 0) silent.write("x".repeat(2000));
      }
      await session.tells("through the crowd");
      const carol = await lan.peer("carol");
      await carol.isFoundBy(alice);
      const other = await carol.opens(alice);
      await other.tells("me, too");
      await alice.shows("carol> me, too");
    },
  },
]);

function swapCase(text: string): string {
  return [...text]
    .map((letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()))
    .join("");
}
