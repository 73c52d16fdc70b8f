// npm run attack -- replay: sends a line of Alice's to Bob twice. Mallory does not need to read it.

import type { Lab } from "./lab.ts";
import type { ChatStage } from "./list.ts";
import { chatThroughMallory, next, refusalFrom } from "./on-the-way.ts";
import { parse } from "./played-peer.ts";
import { runAttack, textOption } from "./program.ts";
import { AttackError, proof, showScreen, showWire, step, stopped } from "./report.ts";
import { flipText } from "./xor.ts";

const TEXT = textOption("pay 100 to carol", "what Alice says");

/** How Mallory changes Alice's line before sending it again. */
interface Attempt {
  description: string;
  change: (line: string) => string;
}

/** The position of the id in the line of the chat, in bytes. */
const ID_POSITION = '{"type":"message","id":'.length;

/** Bob refuses an id out of turn (P3.2). In stage 03 Mallory can change it without the key, because it is known. */
const NEXT_ID: Attempt = {
  description: "the same line again, with the id 1 made 2 by flipping bits",
  change: (line) => flipText(line, ID_POSITION, "1", "2"),
};

const TRIES: Readonly<Record<ChatStage, readonly Attempt[]>> = {
  "02": [],
  "03": [NEXT_ID],
  "04": [
    { description: "the same line again", change: (line) => line },
    {
      description: "the same line again, with the next sequence number",
      change: (line) => JSON.stringify({ ...parse(line), seq: 1 }),
    },
  ],
};

await runAttack("replay", { text: TEXT }, async (lab, { stage, option }) => {
  for (const { description, change } of TRIES[stage])
    await sendTwice(lab, option("text"), description, change);
});

async function sendTwice(
  lab: Lab,
  text: string,
  description: string,
  change: Attempt["change"],
): Promise<void> {
  const { alice, bob, toAlice, toBob } = await chatThroughMallory(lab);
  step("Alice says something. Mallory passes it on, and keeps a copy.");
  alice.types(text);
  const line = await next(toAlice);
  showWire("alice -> bob", line);
  toBob.send(line);
  showScreen("bob", await bob.shows(/^alice> /));

  step(`Mallory sends ${description}.`);
  showWire("mallory -> bob", change(line));
  toBob.send(change(line));
  const shown = await bob.shows(/^alice> |^chat with alice lost/);
  if (shown === `alice> ${text}`) return proof("bob's screen, a second time", shown);
  if (lab.stage !== "04") throw new AttackError(`bob's screen: ${shown}`);
  stopped("bob's answer", await refusalFrom(toBob));
  stopped("bob's screen", shown);
}
