// npm run attack -- replayed-beacon: Mallory, who has no passphrase, sends a beacon of Alice's again. Who has heard Alice drops
// it. Who has just come, and has not, believes it for a while.

import { awaited } from "./lab.ts";
import { droppedBy, type LabTeam, withTeam } from "./lab-team.ts";
import { runAttack } from "./program.ts";
import { AttackError, proof, showScreen, showWire, step, stopped } from "./report.ts";

await runAttack("replayed-beacon", {}, (lab) =>
  withTeam(lab, "a passphrase that Mallory does not know", replay),
);

async function replay(team: LabTeam): Promise<void> {
  step("Bob's program runs. Alice's starts, and says to all that it is here. Mallory hears it once.");
  const bob = await team.start("bob");
  const heard = awaited(team.hears());
  const alice = await team.start("alice", [team.earPort, bob.port]);
  showScreen("bob", await bob.program.line("found: alice"));
  const token = await heard;
  showWire("alice -> all", token.toString("latin1"));

  step("Alice goes, and says goodbye.");
  alice.program.enter("/quit");
  showScreen("bob", await bob.program.line("left: alice"));

  step("Mallory sends Alice's beacon to Bob again. Its time is still good.");
  const before = await droppedBy(bob, "old");
  team.sends(token, bob);
  const after = await droppedBy(bob, "old", before);
  if (bob.program.lines.filter((line) => line === "found: alice").length > 1)
    throw new AttackError("bob's program believes it");
  stopped("bob's screen", `stats: old ${before}, then old ${after}; alice is not found again`);

  step("Carol starts now, and has not heard Alice's goodbye. Mallory sends the same beacon to Carol.");
  const carol = await team.start("carol");
  team.sends(token, carol);
  proof("carol's screen", await carol.program.line("found: alice"));
  showScreen("carol", await carol.program.line("left: alice (silent)"));
}
