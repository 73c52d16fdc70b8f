// npm run attack -- name-thief: Mallory is a member of the team, and starts a peer that calls itself bob. Whoever has not
// met Bob believes it. Whoever has, does not: the name belongs to the key of the first session.

import type { LanLab } from "./lan-lab.ts";
import type { LanVictim } from "./lan-victim.ts";
import { runLanAttack, textOption } from "./program.ts";
import { AttackError, proof, say, showScreen, step, stopped } from "./report.ts";

const TEXT = textOption("the door code is 7351", "what Alice writes to Bob");

await runLanAttack("name-thief", { text: TEXT }, async (lab, { option }) => {
  step("Alice has never met Bob. Mallory comes first, and says bob.");
  const first = await lab.startPeer("alice", { data: lab.dataOf("first-alice") });
  const thief = await startThief(lab, first, "first-mallory");
  showScreen("alice", await first.shows(/^found: /));

  step("Alice writes to bob.");
  first.types(`/msg bob ${option("text")}`);
  proof("mallory's screen", await thief.shows(/^alice> /));
  showScreen("alice", await first.shows(/^safety number with bob: /));
  say("   Only if Alice compares this number with the real Bob, it shows.");
  await Promise.all([first.leaves(), thief.leaves()]);

  step("Another Alice has met the real Bob: they had a session. Then Bob goes.");
  const alice = await lab.startPeer("alice");
  const bob = await startBob(lab, alice);
  await alice.shows(/^found: bob$/);
  alice.types("/connect bob");
  showScreen("alice", await alice.shows(/^new key for bob$/));
  await bob.shows(/^new key for alice$/);
  await bob.leaves();
  await alice.shows(/^left: bob$/);

  step("Mallory comes, and says bob. Alice writes to bob.");
  const mallory = await startThief(lab, alice, "mallory");
  stopped("alice's screen", await alice.shows(/^found: bob#/));
  alice.types(`/msg bob ${option("text")}`);
  stopped("alice's screen", await alice.shows(/^queued for bob: /));

  step("Mallory calls Alice.");
  await mallory.shows(/^found: alice$/);
  mallory.types("/connect alice");
  stopped("alice's screen", await alice.shows(/^error: the key of bob has changed$/));
  stopped("mallory's screen", await mallory.shows(/^error: /));

  step("The real Bob comes back, and gets what was written to Bob.");
  const again = await startBob(lab, alice);
  showScreen("bob", await again.shows(/^alice> /));
  showScreen("alice", await alice.shows(/^delivered to bob: /));
  if (mallory.screen.some((line) => line.startsWith("alice> "))) throw new AttackError("mallory has read it");
});

function startBob(lab: LanLab, alice: LanVictim): Promise<LanVictim> {
  return lab.startPeer("bob", { argv: ["--peer", alice.address] });
}

/** The real program, with a key of Mallory's in a folder of Mallory's. */
function startThief(lab: LanLab, alice: LanVictim, folder: string): Promise<LanVictim> {
  return lab.startPeer("bob", { argv: ["--peer", alice.address], data: lab.dataOf(folder) });
}
