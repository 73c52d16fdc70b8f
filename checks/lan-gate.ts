// Checks clause P8.6: in which order stage 05's program looks at a datagram, and what a dropped one changes.

import { setTimeout as sleep } from "node:timers/promises";
import { defineChecks } from "./engine/check.ts";
import { Lan } from "./engine/lan.ts";
import { secondsNow } from "./engine/lan-cryptography.ts";
import { type BeaconParts, beginningOfSecond, type LanPeer } from "./engine/lan-peer.ts";
import { meet } from "./engine/lan-steps.ts";
import type { PeerUnderTest } from "./engine/launcher.ts";

const WRONG_SIGNATURE = Buffer.alloc(256, 1).toString("base64");
/** What no beacon of a peer on this machine can have as its own host. */
const ELSEWHERE = "127.0.0.2:5000";
/** How often a check of whole seconds is made, until it falls into one second. */
const ATTEMPTS = 5;

/** Bodies that are not of the form of P8.5, by what is wrong. */
const SHAPES: Readonly<Record<string, BeaconParts>> = {
  "no JSON as its body": { text: "hello" },
  "an array as its body": { text: "[]" },
  "no signature": { outside: { signature: undefined } },
  "a signature that is a number": { outside: { signature: 7 } },
  "a signature in the other alphabet": { signature: Buffer.alloc(256, 0xff).toString("base64url") },
  "the type hello": { body: { type: "hello" } },
  "the name you": { body: { name: "you" } },
  "the name all": { body: { name: "all" } },
  "a name with a blank": { body: { name: "bo b" } },
  "a team with a dot": { body: { team: "a.b" } },
  "an address without a port": { body: { address: "127.0.0.1" } },
  "an address with a host's name": { body: { address: "localhost:5000" } },
  "an address with port 0": { body: { address: "127.0.0.1:0" } },
  "an address with a leading zero": { body: { address: "127.0.0.01:5000" } },
  "seq 0": { body: { seq: 0 } },
  "seq 1.5": { body: { seq: 1.5 } },
  "a seq that is a text": { body: { seq: "1" } },
  "a session that is a text": { body: { session: "1764360000000" } },
  "a negative session": { body: { session: -1 } },
  "no key": { body: { key: undefined } },
  "a key that is no base64": { body: { key: "?" } },
};

/**
 * A beacon of another key, of the same session and seq, forged for bob: it tells bob's key as its own, and its signature
 * is wrong.
 */
function forged(peer: LanPeer, body: Record<string, unknown>): string {
  return peer.beacon({ body, signature: WRONG_SIGNATURE });
}

/** Expects that a token with this time is accepted, or dropped as time. */
async function isJudged(
  lan: Lan,
  alice: PeerUnderTest,
  peer: LanPeer,
  age: number,
  isAccepted: boolean,
): Promise<void> {
  const what = `a beacon ${Math.abs(age)} s ${age > 0 ? "old" : "ahead"}`;
  for (let attempt = 1; ; attempt += 1) {
    const now = await beginningOfSecond();
    const datagram = peer.beacon({ seconds: now - age });
    try {
      if (isAccepted) await lan.isAccepted(alice, peer, datagram, what);
      else await lan.isDropped(alice, peer, datagram, "time", what);
      return;
    } catch (error) {
      // Only what was sent and judged in one second says anything.
      if (secondsNow() === now || attempt === ATTEMPTS) throw error;
    }
  }
}

export const checks = defineChecks({ stages: ["05"], of: "peer" }, [
  {
    id: "P8.6-order",
    title: "a datagram is dropped for the first reason of the list, and counted under it alone",
    likelyCause:
      "The checks are made in another order. Cheap ones come first, and a reason is told only of what was looked at.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const own = (await lan.keyOf(alice)).der.toString("base64");
      const bob = await lan.peer("bob");
      bob.seq = 5;
      await bob.isFoundBy(alice); // With seq 6.
      const other = await lan.peer("mallory");
      const badKey = Buffer.concat([other.key.der, Buffer.of(0)]).toString("base64");
      const drops = (datagram: string | Buffer, reason: string, what: string): Promise<void> =>
        lan.isDropped(alice, bob, datagram, reason, what);
      await drops(Buffer.alloc(1473, 0x41), "size", "1,473 bytes that are no token");
      await drops(bob.beacon({ seconds: 0, text: "?" }), "time", "an old token without a beacon");
      await drops(forgedAt(bob, 31), "time", "an old beacon with a wrong signature");
      await drops(
        bob.beacon({ body: { key: own, name: "you" } }),
        "shape",
        "a beacon with its own key and the name you",
      );
      await drops(forged(bob, { key: own }), "own", "its own key with a wrong signature");
      await drops(forged(bob, { seq: 6 }), "repeated", "the last seq again, with a wrong signature");
      await drops(forged(bob, { seq: 5 }), "old", "an earlier seq with a wrong signature");
      await drops(
        forged(bob, { session: bob.session - 1, seq: 99 }),
        "old",
        "an earlier session with a greater seq",
      );
      await drops(forged(other, { key: badKey }), "key", "a key of another form with a wrong signature");
      await drops(
        forged(other, { address: ELSEWHERE }),
        "signature",
        "a wrong signature and an address that is not its own",
      );
      await drops(
        other.beacon({ body: { address: ELSEWHERE, team: "other" } }),
        "address",
        "another host's address and another team",
      );
      await drops(other.beacon({ body: { team: "other" } }), "team", "another team");
      await bob.leaves(alice);
      await drops(forged(bob, { seq: 99 }), "ended", "a session that has ended, with a wrong signature");
      await alice.hasNotShown("found: mallory");
    },
  },
  {
    id: "P8.6-size",
    title: "a datagram of 1,472 bytes may be a beacon; a longer one is dropped as size",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const bob = await lan.peer("bob");
      const longest = withLength(bob, (length) => length <= 1472);
      const longer = withLength(bob, (length) => length > 1472);
      await lan.isDropped(alice, bob, longer, "size", `a right beacon of ${longer.length} bytes`);
      await lan.isAccepted(alice, bob, longest, `a beacon of ${longest.length} bytes`);
    },
  },
  {
    id: "P8.6-time",
    title: "the time of a token may be 30 s off, in whole seconds, and no more",
    likelyCause: "The ages are compared in milliseconds, or the 30 s themselves are refused.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      for (const [age, isAccepted] of [
        [30, true],
        [-30, true],
        [31, false],
        [-31, false],
      ] as const) {
        const peer = await lan.peer(`peer${Math.abs(age)}`);
        peer.session -= 60_000;
        await isJudged(lan, alice, peer, age, isAccepted);
      }
    },
  },
  {
    id: "P8.6-clock",
    title: "a time that is off is said on standard error, once a minute and source",
    async run(scene) {
      for (const [age, words] of [
        [300, "30[01] s old"],
        [-60, "(?:59|60) s ahead"],
      ] as const) {
        const lan = await Lan.open(scene);
        const alice = await lan.program("alice");
        const bob = await lan.peer("bob");
        for (let time = 0; time < 3; time += 1)
          await lan.isDropped(
            alice,
            bob,
            bob.beacon({ seconds: secondsNow() - age }),
            "time",
            `a beacon ${words}`,
          );
        const line = new RegExp(`(?:^|: )a beacon from 127\\.0\\.0\\.1 is ${words}: is a clock wrong\\?$`);
        await scene.step(`${alice.name} says so once`, async () => {
          const count = (): number => alice.errors.filter((one) => line.test(one)).length;
          await lan.eventually(() => (count() > 0 ? true : undefined), alice);
          if (count() !== 1)
            scene.fails({
              expected: `once: a beacon from 127.0.0.1 is ${Math.abs(age)} s ${age > 0 ? "old" : "ahead"}: is a clock wrong?`,
              received: `${count()} times; standard error: ${alice.errors.join(" / ")}`,
            });
        });
      }
    },
  },
  {
    id: "P8.6-shape",
    title: "a body that is not of the form of P8.5 is dropped as shape",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const bob = await lan.peer("bob");
      for (const [what, parts] of Object.entries(SHAPES))
        await lan.isDropped(alice, bob, bob.beacon(parts), "shape", `a beacon with ${what}`);
      bob.session = Date.now() + 40_000;
      await lan.isDropped(
        alice,
        bob,
        bob.beacon(),
        "shape",
        "a beacon whose session is 40 s later than the token's time",
      );
      bob.session = Date.now();
      await bob.isFoundBy(alice);
    },
  },
  {
    id: "P8.6-later",
    title: "a later session, or a later seq of the same one, is accepted; gaps do not matter",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      for (const [what, step] of [
        ["a seq greater by 1", () => {}],
        [
          "a seq greater by 1000",
          () => {
            bob.seq += 999;
          },
        ],
        [
          "a later session that begins with seq 1 again",
          () => {
            bob.session += 1;
            bob.seq = 0;
          },
        ],
      ] as const) {
        step();
        await lan.isAccepted(alice, bob, bob.beacon(), what);
      }
    },
  },
  {
    id: "P8.6-each-address",
    title: "seq is compared with the last from that key and address; a goodbye ends all addresses",
    likelyCause: "One seq is kept for each key. A laptop with two addresses sends on both.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const bob = await lan.peer("bob");
      const there = await bob.elsewhere();
      bob.seq = 50;
      await bob.isFoundBy(alice);
      await lan.isAccepted(alice, there, there.beacon(), "a first beacon from another address, with seq 1");
      bob.seq = 60;
      await bob.leaves(alice);
      there.seq = 70;
      await lan.isDropped(alice, there, there.beacon(), "ended", "a beacon from the other address");
    },
  },
  {
    id: "P8.6-changes-nothing",
    title: "a datagram that was dropped changes nothing: a forged one shuts nobody out, and ends nothing",
    likelyCause: "Session and seq are noted before the signature is checked.",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      const far = { session: bob.session, seq: 1_000_000 };
      await lan.isDropped(
        alice,
        bob,
        forged(bob, far),
        "signature",
        "a forged beacon with a far greater seq",
      );
      const later = { session: bob.session + 20_000, seq: 1 };
      await lan.isDropped(alice, bob, forged(bob, later), "signature", "a forged beacon of a later session");
      const bye = { type: "bye", seq: 1_000_001 };
      await lan.isDropped(alice, bob, forged(bob, bye), "signature", "a forged goodbye");
      await lan.isAccepted(alice, bob, bob.beacon(), "bob's own next beacon");
      await alice.hasNotShown("left: bob");
      await bob.leaves(alice);
    },
  },
  {
    id: "P8.6-forgotten",
    title: "what was heard last of a key is kept when the key is forgotten: a replay brings nobody back",
    likelyCause: "Session and seq are thrown away with the peer. Keep them 61 s longer.",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice", { beacon: 0.3, argv: ["--inactive", "1.5"] });
      const bob = await lan.peer("bob");
      const first = bob.beacon();
      const last = bob.beacon();
      await bob.emits(alice, first);
      await bob.emits(alice, last);
      await alice.shows("found: bob");
      await alice.shows("forgotten: bob");
      await lan.isDropped(alice, bob, last, "repeated", "bob's last beacon again");
      await lan.isDropped(alice, bob, first, "old", "the one before it");
      const lines = alice.lines.filter((line) => line === "found: bob").length;
      await scene.step("nobody is found by that", () => {
        if (lines !== 1) scene.fails({ expected: "found: bob, once", received: `${lines} times` });
      });
      await bob.isFoundBy(alice);
    },
  },
  {
    id: "P8.6-own-session",
    title: "each start takes a session greater than those before",
    async run(scene) {
      const lan = await Lan.open(scene);
      const bob = await lan.peer("bob");
      let alice = await lan.program("alice", { peers: [bob] });
      let before = 0;
      for (let start = 0; start < 3; start += 1) {
        if (start > 0) alice = await lan.killsAndRestarts(alice, { peers: [bob] });
        const { body } = await bob.hearsBeacon(alice);
        await scene.step(`its session is greater than ${before}`, () => {
          if (!(Number(body.session) > before))
            scene.fails({ expected: `more than ${before}`, received: String(body.session) });
          before = Number(body.session);
        });
        bob.forgetsHeard();
        await sleep(5);
      }
    },
  },
]);

/** An old beacon with a wrong signature. */
function forgedAt(peer: LanPeer, age: number): string {
  return peer.beacon({ seconds: secondsNow() - age - 1, signature: WRONG_SIGNATURE });
}

/** The longest, or the shortest, right beacon of a peer whose length fits. */
function withLength(peer: LanPeer, fits: (length: number) => boolean): string {
  const lengths = Array.from({ length: 300 }, (_, index) => index);
  const wanted = fits(1) ? lengths.reverse() : lengths;
  for (const length of wanted) {
    const token = peer.beacon({ outside: { filler: "x".repeat(length) } });
    if (fits(token.length)) return token;
  }
  throw new Error("no beacon is so long");
}
