// npm run attack -- mitm: Mallory sits between Alice and Bob. Each agrees on a key with Mallory by mistake.

import { startDeceivedUsers } from "./deceived-users.ts";
import { awaited, type Lab } from "./lab.ts";
import { sitBetweenInLan } from "./lan-middle.ts";
import { Middle, raise } from "./middle.ts";
import { type Given, runAttack, textOption } from "./program.ts";
import { AttackError, proof, say, showScreen, step } from "./report.ts";

const TEXT = textOption("pay 100 to carol", "what Alice says");

await runAttack("mitm", { text: TEXT }, sitBetween, sitBetweenInLan);

async function sitBetween(lab: Lab, { stage, option }: Given): Promise<void> {
  step("Mallory runs the registry. Alice and Bob register, and Alice calls Bob.");
  const { alice, bob, registry, callers } = await startDeceivedUsers(lab);
  alice.types("/chat bob");

  step("The call comes to Mallory, who calls Bob in Alice's name. Bob accepts.");
  const taken = awaited(Middle.take(await callers.accept(), lab, registry, stage));
  showScreen("bob", await bob.shows(/^alice wants to chat/));
  bob.types("/accept alice");
  const middle = await taken;
  await Promise.all([alice.shows(/^chat with bob started$/), bob.shows(/^chat with alice started$/)]);
  say("   Mallory has agreed on one key with Alice, and on another one with Bob.");

  step("Alice says something. Mallory reads it, changes it, and passes it on.");
  let read = "";
  void awaited(
    middle.passOn((text, from) => {
      read ||= `${from}> ${text}`;
      return raise(text);
    }),
  );
  alice.types(option("text"));
  showScreen("alice", await alice.shows(/^you> /));
  const shown = await bob.shows(/^alice> |^chat with alice lost/);
  if (shown !== `alice> ${raise(option("text"))}`) throw new AttackError(`bob's screen: ${shown}`);
  proof("mallory reads", read);
  proof("bob's screen", shown);
  showScreen("alice", await alice.shows(/^delivered to bob: 1$/));

  step("Only now they compare safety numbers.");
  alice.types("/verify");
  bob.types("/verify");
  const ofAlice = await alice.shows(/^safety number with bob: /);
  const ofBob = await bob.shows(/^safety number with alice: /);
  showScreen("alice", ofAlice);
  showScreen("bob", ofBob);
  const differ = digits(ofAlice) !== digits(ofBob);
  if (!differ) throw new AttackError("the safety numbers are equal, as they must not be");
  say("   They differ: somebody sits in the middle.");
}

function digits(line: string): string {
  return line.slice(line.indexOf(":"));
}
