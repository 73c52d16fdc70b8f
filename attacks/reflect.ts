// npm run attack -- reflect: sends a line of Alice's back to Alice. With one key for both sides, it would be accepted.

import { chatThroughMallory, next, refusalFrom } from "./on-the-way.ts";
import { runAttack, textOption } from "./program.ts";
import { AttackError, proof, showScreen, showWire, step, stopped } from "./report.ts";

const TEXT = textOption("do you promise to pay?", "what Alice says");

await runAttack("reflect", { text: TEXT }, async (lab, { stage, option }) => {
  const { alice, toAlice } = await chatThroughMallory(lab);
  step("Alice says something to Bob. Mallory does not pass it on.");
  alice.types(option("text"));
  showScreen("alice", await alice.shows(/^you> /));
  const line = await next(toAlice);
  showWire("alice -> bob", line);

  step("Mallory sends the same line back to Alice.");
  showWire("mallory -> alice", line);
  toAlice.send(line);
  const shown = await alice.shows(/^bob> |^chat with bob lost/);
  if (shown === `bob> ${option("text")}`) return proof("alice's screen", shown);
  if (stage !== "04") throw new AttackError(`alice's screen: ${shown}`);
  stopped("alice's answer", await refusalFrom(toAlice));
  stopped("alice's screen", shown);
});
