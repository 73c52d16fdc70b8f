// npm run attack -- rogue-registry: whoever runs the registry decides where calls to Bob go.

import { startDeceivedUsers } from "./deceived-users.ts";
import { PlayedPeer } from "./played-peer.ts";
import { runAttack, textOption } from "./program.ts";
import { AttackError, proof, say, showScreen, showWire, step } from "./report.ts";

const TEXT = textOption("are you really Bob?", "what Alice says");

await runAttack("rogue-registry", { text: TEXT }, async (lab, { stage, option }) => {
  step("Mallory runs the registry. Alice and Bob register there.");
  const { alice, bob, callers } = await startDeceivedUsers(lab);
  say(`   bob listens on port ${bob.port}, and has said so to the registry`);

  step("Alice wants to chat with Bob. The registry gives Mallory's address.");
  alice.types("/chat bob");
  const wire = await callers.accept();
  say(`   alice was told port ${callers.port}, and connects there`);
  const hello = (await wire.line()) ?? "";
  showWire("alice -> mallory", hello);
  const mallory = await PlayedPeer.answer(wire, stage, hello);
  showScreen("alice", await alice.shows(/^chat with bob started$/));

  step("Mallory reads what is meant for Bob, and answers in Bob's name.");
  alice.types(option("text"));
  const message = await mallory.hear();
  if (message?.type !== "message") throw new AttackError("Alice's program sent something else");
  proof("mallory reads", `alice> ${message.text}`);
  mallory.say({ type: "ack", id: 1 });
  mallory.say({ type: "message", id: 1, text: `of course. You said: ${message.text}` });
  proof("alice's screen", await alice.shows(/^bob> /));

  step("Bob knows nothing of it.");
  bob.types("/chats");
  showScreen("bob", await bob.shows(/chat/));
  if (mallory.safetyNumber === undefined) return;
  alice.types("/verify");
  showScreen("alice", await alice.shows(/^safety number with /));
  bob.types("/verify");
  showScreen("bob", await bob.shows(/^error: |^safety number with /));
});
