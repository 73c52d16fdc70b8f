// npm run attack -- truncate: Mallory passes on only the beginning of what Alice says, and then ends the chat in
// Alice's name. If Bob believes the goodbye, Bob also believes that Alice said nothing more.

import type { Lab } from "./lab.ts";
import type { LineSocket } from "./line-socket.ts";
import type { ChatStage } from "./list.ts";
import { chatThroughMallory, next } from "./on-the-way.ts";
import { parse } from "./played-peer.ts";
import { runAttack, textOption } from "./program.ts";
import { AttackError, proof, showScreen, showWire, step, stopped } from "./report.ts";
import { flipText } from "./xor.ts";

const OPTIONS = {
  text: textOption("sell my house to carol", "what Alice says first"),
  rest: { ...textOption("but only if they pay 900000", "what Alice says then"), value: "TEXT" },
};

const BYE = '{"type":"bye"}';

/** A way to end the chat in Alice's name. */
interface Attempt {
  description: string;
  /** @param line a line of Alice's; Mallory guesses that it is message 1 */
  end: (toBob: LineSocket, line: string) => void;
}

const sendBye = (toBob: LineSocket, line: string): void => {
  showWire("mallory -> bob", line);
  toBob.send(line);
  toBob.end();
};

const TRIES: Readonly<Record<ChatStage, readonly Attempt[]>> = {
  "02": [],
  "03": [
    {
      // The first bytes of Alice's line are known, so Mallory can change them into any text of the same length.
      description: "makes the beginning of Alice's first line into a bye, and sends that",
      end: (toBob, line) => {
        const beginning = JSON.stringify({ type: "xored", ciphertext: ciphertextOf(line, BYE.length) });
        sendBye(toBob, flipText(beginning, 0, '{"type":"messa', BYE));
      },
    },
  ],
  "04": [
    { description: "sends a bye in clear", end: (toBob) => sendBye(toBob, BYE) },
    { description: "ends the connection, as after a bye", end: (toBob) => toBob.end() },
  ],
};

await runAttack("truncate", OPTIONS, async (lab, { stage, option }) => {
  for (const { description, end } of TRIES[stage])
    await cutShort(lab, [option("text"), option("rest")], description, end);
});

async function cutShort(
  lab: Lab,
  [first, rest]: readonly [string, string],
  description: string,
  end: Attempt["end"],
): Promise<void> {
  const { alice, bob, toAlice, toBob } = await chatThroughMallory(lab);
  step("Alice says two things. Mallory passes on the first one only.");
  for (const text of [first, rest]) {
    alice.types(text);
    showScreen("alice", await alice.shows(/^you> /));
  }
  const line = await next(toAlice);
  toBob.send(line);
  showScreen("bob", await bob.shows(/^alice> /));

  step(`Mallory ${description}.`);
  end(toBob, line);
  const shown = await bob.shows(/^chat with alice |^alice> /);
  if (shown === "chat with alice ended") return proof("bob's screen", shown);
  if (lab.stage !== "04" || !shown.startsWith("chat with alice lost"))
    throw new AttackError(`bob's screen: ${shown}`);
  stopped("bob's screen", shown);
}

/** The first bytes of a line's ciphertext, in hexadecimal. */
function ciphertextOf(line: string, bytes: number): string {
  return String(parse(line).ciphertext).slice(0, 2 * bytes);
}
