// npm run attack -- replayed-beacon: Mallory has no key, and has recorded a beacon of Alice's. It is sent again to
// somebody who has heard it, to the same when Alice has left, to somebody who has just come, and when it is too old.

import { tokenOf } from "../captures/explain/tokens.ts";
import type { Ear } from "./ear.ts";
import type { LanVictim } from "./lan-victim.ts";
import { more } from "./lan-victim.ts";
import { runLanAttack } from "./program.ts";
import { Countdown } from "./progress.ts";
import { AttackError, proof, say, showScreen, step, stopped } from "./report.ts";

/** So many times Mallory sends it. */
const TIMES = 20;

/** A token counts for so many seconds (P8.6). */
const TOLERANCE = 30;

/** Alice and Bob send beacons rarely, so that nothing but Mallory's datagrams comes meanwhile. */
const RARELY = ["--beacon", "300"];

await runLanAttack("replayed-beacon", {}, async (lab) => {
  step("Alice and Bob find each other. Mallory hears Alice's beacon, as everybody does.");
  const mallory = await lab.listenToDatagrams();
  const bob = await lab.startPeer("bob", { argv: RARELY });
  const everywhere = ["--peer", bob.address, "--peer", mallory.address];
  const alice = await lab.startPeer("alice", { argv: [...RARELY, ...everywhere] });
  showScreen("bob", await bob.shows(/^found: /));
  await alice.shows(/^found: /);
  const beacon = await mallory.next();
  const made = tokenOf(beacon)?.seconds;
  if (made === undefined) throw new AttackError("what Alice sends is no token");
  say(`   ${beacon.length} bytes. All that can be read: when it was made, at ${timeOf(made)}`);

  step(`Mallory sends it to Bob ${TIMES} times more.`);
  await dropped(mallory, beacon, bob, ["repeated", "old"]);

  step("Alice says goodbye. Mallory sends it again, to bring Alice back.");
  await alice.leaves();
  showScreen("bob", await bob.shows(/^left: alice/));
  await dropped(mallory, beacon, bob, ["repeated", "old"]);

  step("Carol has just come. Nobody has told Carol of the goodbye.");
  const carol = await lab.startPeer("carol", { argv: ["--beacon", "1", "--peer", bob.address] });
  await carol.shows(/^found: bob/);
  await mallory.send(beacon, carol.port);
  proof("carol's screen", await carol.shows(/^found: alice/));
  showScreen("carol", await carol.shows(/^left: alice/));
  say("   No second beacon followed, so it has ended by itself.");

  step(`Mallory waits until the beacon is older than ${TOLERANCE} seconds.`);
  await new Countdown((made + TOLERANCE + 1) * 1000).end();
  await dropped(mallory, beacon, carol, ["time"]);
  stopped("carol's note", await carol.shows(/^a beacon from .* is a clock wrong\?$/, "stderr"));
});

/** Sends the beacon, and waits until the victim has dropped it for one of these reasons. Nothing else must happen. */
async function dropped(mallory: Ear, beacon: Buffer, victim: LanVictim, reasons: string[]): Promise<void> {
  const before = await victim.stats();
  const events = found(victim);
  await mallory.send(beacon, victim.port, TIMES);
  const after = await victim.statsUntil((drops) => more(reasons, before, drops) >= TIMES);
  if (found(victim) !== events) throw new AttackError(`${victim.name} has found somebody`);
  const counts = reasons.flatMap((reason) => {
    const count = more([reason], before, after);
    return count === 0 ? [] : [`${reason} ${count}`];
  });
  stopped(`${victim.name} has dropped`, counts.join(", "));
}

function found({ screen }: LanVictim): number {
  return screen.filter((line) => line.startsWith("found: ")).length;
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}
