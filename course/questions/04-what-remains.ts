// Counts Alice's messages by the lengths of Alice's lines alone, and compares the result with the decrypted lines.

import type { Found, Question } from "../exercises/question.ts";
import type { ObservedLine } from "../observer.ts";
import { readSealedChat } from "./support/sealed-chat.ts";

/** The shortest ciphertext of a message, in bytes: its line has at least 36 bytes, that of an ack 21 to 31. */
const SHORTEST_MESSAGE = 48;

/** How many of the lines are so long that they must be messages. */
function countMessages(lines: readonly ObservedLine[], from: string): number {
  return lines.filter((line) => line.from === from && line.length >= SHORTEST_MESSAGE).length;
}

async function find(): Promise<Found> {
  const { sealed, opened } = await readSealedChat();
  const sent = opened.filter(({ line, held }) => line.from === "a" && held.type === "message").length;
  const counted = countMessages(sealed, "alice");
  if (counted !== sent) throw new Error("the lengths in the capture do not tell messages from acks");
  const lengths = sealed.filter(({ from }) => from === "alice").map(({ length }) => length);
  return {
    answers: [String(counted)],
    observed: [
      `alice's ${lengths.length} lines, in bytes of ciphertext: ${lengths.join(" ")}`,
      `${counted} of them have ${SHORTEST_MESSAGE} or more. Opened with the key log, they are ${sent} messages.`,
    ].join("\n"),
  };
}

export const question: Question = {
  find,
  explain(answer, { observed }) {
    const number = Number(answer);
    if (!/^[0-9]+$/.test(answer)) return "One number is asked for.";
    const lengths = (/: ([0-9 ]+)$/m.exec(observed)?.[1] ?? "").split(" ").map(Number);
    if (number === lengths.length)
      return "Those are all of alice's sealed lines. Some of them are acks, and one is the goodbye: how long are these?";
    if (number === lengths.length - 1)
      return "You have left out the goodbye. But alice acknowledges each message of bob's, too, and an ack is short.";
    if (number === lengths.filter((length) => length < SHORTEST_MESSAGE).length - 1)
      return "You have counted alice's acks: so many messages has bob sent. How many messages has alice sent?";
    return 'Write down the shortest message, {"type":"message","id":1,"text":"x"}, and count its bytes; do the same with an ack and a bye. Round each up to whole blocks with PKCS#7. Which lengths can only be messages? Count alice\'s lines alone.';
  },
};
