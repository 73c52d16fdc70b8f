// Checks clause P9.5: which keys stage 05's program trusts, and what it says when one is new, renamed or changed.

import { defineChecks } from "./engine/check.ts";
import { Lan } from "./engine/lan.ts";
import { lanSafetyNumber } from "./engine/lan-cryptography.ts";
import type { LanPeer } from "./engine/lan-peer.ts";
import { type Meeting, meet } from "./engine/lan-steps.ts";
import type { PeerUnderTest } from "./engine/launcher.ts";
import type { Scene } from "./engine/scene.ts";

/** How long a program may try to reach a peer, in seconds (P9.8). */
const REACHING = 5;

/** What a program shows as the safety number with a peer. */
async function numberLine(lan: Lan, alice: PeerUnderTest, bob: LanPeer, shown = bob.name): Promise<string> {
  const own = await lan.keyOf(alice);
  return `safety number with ${shown}: ${lanSafetyNumber(own.der, bob.key.der)}`;
}

/** A program that has pinned bob, in a session that has ended. */
async function aliceKnowsBob(scene: Scene): Promise<Meeting> {
  const lan = await Lan.open(scene);
  const alice = await lan.program("alice");
  const bob = await lan.peer("bob");
  await scene.preparing(async () => {
    await bob.isFoundBy(alice);
    const session = await bob.opens(alice);
    await session.saysBye();
    await alice.shows("disconnected from bob");
  });
  return { lan, alice, bob };
}

/** A proof that is right, and is answered like a wrong one. */
async function isTurnedAway(bob: LanPeer, alice: PeerUnderTest): Promise<void> {
  const session = await bob.connects(alice);
  await session.exchangesHellos();
  await session.sendsProof();
  await session.isRefused();
}

async function comesAndGoes(bob: LanPeer, alice: PeerUnderTest, shown = bob.name): Promise<void> {
  const session = await bob.opens(alice, shown);
  await session.saysBye();
  await alice.shows(`disconnected from ${shown}`);
}

export const checks = defineChecks({ stages: ["05"], of: "peer" }, [
  {
    id: "P9.5-pinned",
    title: "a key is pinned at the first session, with its safety number, and never again",
    likelyCause:
      "The safety number is over other bytes: it takes the text `p2p-mesh safety number` and both keys in DER, the smaller first.",
    async run(scene) {
      const { lan, alice, bob } = await meet(scene);
      await alice.hasNotShown("new key");
      const session = await bob.calls(alice);
      await alice.showsInAnyOrder("new key for bob", await numberLine(lan, alice, bob), "connected to bob");
      await session.saysBye();
      await comesAndGoes(bob, alice);
      const again = await lan.killsAndRestarts(alice);
      bob.session += 1;
      await bob.isFoundBy(again);
      await comesAndGoes(bob, again);
      await scene.step("the key was new once", () => {
        const lines = [...alice.lines, ...again.lines].filter((line) => line.startsWith("new key"));
        if (lines.length !== 1)
          scene.fails({ expected: "new key for bob, once", received: lines.join(", ") });
      });
    },
  },
  {
    id: "P9.5-not-by-beacon",
    title: "a beacon pins no key: another key may come first under the same name",
    async run(scene) {
      const lan = await Lan.open(scene);
      const alice = await lan.program("alice");
      const thief = await lan.peer("bob");
      await thief.isFoundBy(alice);
      await alice.hasNotShown("new key");
      await thief.leaves(alice);
      const again = await lan.killsAndRestarts(alice);
      const bob = await lan.peer("bob");
      await bob.isFoundBy(again);
      await bob.opens(again);
    },
  },
  {
    id: "P9.5-verify",
    title: "/verify shows the safety number again, the same as before",
    async run(scene) {
      const { lan, alice, bob } = await aliceKnowsBob(scene);
      await alice.enters("/verify bob");
      await alice.showsNext(await numberLine(lan, alice, bob));
      const again = await lan.killsAndRestarts(alice);
      await again.enters("/verify bob");
      await again.shows(await numberLine(lan, again, bob));
    },
  },
  {
    id: "P9.5-renamed",
    title: "a pinned key that says another name is shown under its old one",
    async run(scene) {
      const { lan, alice, bob } = await aliceKnowsBob(scene);
      const robert = await lan.peer("robert", bob.key);
      robert.session = bob.session + 10;
      const session = await robert.calls(alice);
      await alice.shows("bob is now called robert");
      await session.tells("it is me");
      await alice.shows("bob> it is me");
    },
  },
  {
    id: "P9.5-changed",
    title:
      "another key under a pinned name is refused, and said with its safety number; also after a restart",
    likelyCause: "A known name with a new key is pinned anew: whoever takes a name is believed.",
    async run(scene) {
      const { lan, alice } = await aliceKnowsBob(scene);
      const thief = await lan.peer("bob");
      await isTurnedAway(thief, alice);
      await alice.shows("error: the key of bob has changed");
      await alice.showsNext(await numberLine(lan, alice, thief, thief.suffixed));
      const again = await lan.killsAndRestarts(alice);
      const other = await lan.peer("Bob");
      await isTurnedAway(other, again);
      await again.shows(/^error: the key of bob has changed$/i);
      await again.hasNotShown("connected to");
    },
  },
  {
    id: "P9.5-trust",
    title:
      "/trust with the fingerprint takes the new key for the old one; /trust with the name alone does not",
    async run(scene) {
      const { lan, alice, bob } = await aliceKnowsBob(scene);
      const fresh = await lan.peer("bob");
      await fresh.isFoundBy(alice, fresh.suffixed);
      await isTurnedAway(fresh, alice);
      await alice.shows("error: the key of bob has changed");
      await alice.shows(await numberLine(lan, alice, fresh, fresh.suffixed));
      await alice.enters("/trust bob");
      await alice.showsNext(/^error: /);
      await isTurnedAway(fresh, alice);
      await alice.enters(`/trust ${fresh.suffixed}`);
      await lan.stats(alice);
      const session = await fresh.opens(alice);
      await session.tells("the new one");
      await alice.shows("bob> the new one");
      await isTurnedAway(bob, alice);
    },
  },
  {
    id: "P9.5-queued-for-old",
    title: "what was queued for the old key stays for the old key",
    likelyCause: "Messages wait for a name, and not for a key.",
    async run(scene) {
      const { lan, alice, bob } = await aliceKnowsBob(scene);
      await bob.goesAway(alice);
      await alice.enters("/msg bob only for the old key");
      await alice.showsLater("queued for bob: 1", REACHING);
      const fresh = await lan.peer("bob");
      await isTurnedAway(fresh, alice);
      await alice.enters(`/trust ${fresh.suffixed}`);
      await lan.stats(alice);
      const session = await fresh.calls(alice);
      await session.tells("the new one");
      await session.says({ type: "ping" });
      await session.hears({ type: "pong" });
    },
  },
  {
    id: "P9.5-remove",
    title: "/remove unpins a key: then it is new once more",
    async run(scene) {
      const { lan, alice, bob } = await aliceKnowsBob(scene);
      await alice.enters("/remove bob");
      await lan.stats(alice);
      bob.session += 1;
      const session = await bob.calls(alice);
      await alice.shows("new key for bob");
      await session.saysBye();
    },
  },
  {
    id: "P9.5-known",
    title: "with --access known only keys that were pinned before may have a session",
    async run(scene) {
      const { lan, alice, bob } = await aliceKnowsBob(scene);
      const again = await lan.killsAndRestarts(alice, { argv: ["--access", "known"] });
      const carol = await lan.peer("carol");
      await carol.isFoundBy(again);
      await isTurnedAway(carol, again);
      await again.hasNotShown("new key for carol");
      await bob.opens(again);
    },
  },
  {
    id: "P9.5-verified",
    title: "with --access verified only keys that were verified may have a session",
    async run(scene) {
      const { lan, alice, bob } = await aliceKnowsBob(scene);
      const again = await lan.killsAndRestarts(alice, { argv: ["--access", "verified"] });
      await isTurnedAway(bob, again);
      await again.enters("/verified bob");
      await lan.stats(again);
      await bob.opens(again);
    },
  },
  {
    id: "P9.5-access-command",
    title: "/access sets the level while the program runs",
    async run(scene) {
      const { lan, alice, bob } = await aliceKnowsBob(scene);
      const carol = await lan.peer("carol");
      await carol.isFoundBy(alice);
      await alice.enters("/access known");
      await lan.stats(alice);
      await isTurnedAway(carol, alice);
      await comesAndGoes(bob, alice);
      await alice.enters("/access team");
      await lan.stats(alice);
      await carol.opens(alice);
    },
  },
  {
    id: "P9.5-block-and-allow",
    title: "/block and /allow stand above the level, hold for keys, and outlast a restart",
    async run(scene) {
      const { lan, alice, bob } = await aliceKnowsBob(scene);
      await alice.enters("/block bob");
      await lan.stats(alice);
      await isTurnedAway(bob, alice);
      const later = await lan.killsAndRestarts(alice);
      await isTurnedAway(bob, later);
      const again = await lan.killsAndRestarts(later, { argv: ["--access", "verified"] });
      await again.enters("/allow bob");
      await lan.stats(again);
      await bob.opens(again);
    },
  },
]);
