// npm run attack -- name-thief: Mallory is a member of the team, and takes Bob's name, with a key of Mallory's own. Who has met
// Bob refuses that; who has not, takes Mallory for Bob.

import { type LabTeam, withTeam } from "./lab-team.ts";
import { runAttack } from "./program.ts";
import { AttackError, proof, showScreen, step, stopped } from "./report.ts";

await runAttack("name-thief", {}, (lab) => withTeam(lab, "a passphrase that Mallory has, too", take));

async function take(team: LabTeam): Promise<void> {
  step("Alice and Bob meet. Alice's program pins Bob's key to the name. Then Bob goes.");
  const alice = await team.start("alice");
  const bob = await team.start("bob", [alice.port]);
  await bob.program.line("found: alice");
  bob.program.enter("/msg alice hello, it is me");
  showScreen("alice", await alice.program.line(/^new key for bob$/));
  showScreen("alice", await alice.program.line(/^bob> /));
  bob.program.enter("/quit");
  await alice.program.line("left: bob");

  step("Mallory starts a program of stage 05 with the name bob, and a key of its own.");
  const mallory = await team.start("bob", [alice.port], "mallory");
  const shown = await alice.program.line(/^found: /);
  showScreen("alice", shown);
  if (shown === "found: bob") throw new AttackError("alice's program takes Mallory for bob");

  step("Mallory calls Alice, and proves to have this key.");
  await mallory.program.line("found: alice");
  mallory.program.enter("/msg alice send me the code for the door");
  stopped("alice's screen", await alice.program.line(/^error: /));

  step("Carol has never met Bob. Mallory calls Carol.");
  const carol = await team.start("carol", [mallory.port]);
  await mallory.program.line("found: carol");
  mallory.program.enter("/msg carol send me the code for the door");
  proof("carol's screen", await carol.program.line(/^new key for bob$/));
  proof("carol's screen", await carol.program.line(/^bob> /));
}
