// Finds the code for the door in the capture with its key log, and the line that holds it.

import { jsonOf } from "../../captures/explain/protocols.ts";
import type { StreamLine } from "../../captures/explain/stream-lines.ts";
import type { Found, Question } from "../exercises/question.ts";
import { numbersOf, onlyNumbers } from "./support/numbers.ts";
import { readSealedChat } from "./support/sealed-chat.ts";

/** A line with a message, as its receiver has decrypted it. */
interface ReadMessage {
  seq: number;
  id: number;
  text: string;
}

function numberIn(line: StreamLine, member: string): number {
  return line.kind === "line" ? Number(jsonOf(line.bytes)?.[member]) : Number.NaN;
}

async function readMessages(): Promise<ReadMessage[]> {
  const { opened } = await readSealedChat();
  return opened
    .filter(({ held }) => held.type === "message")
    .map(({ line, held: { id, text } }) => {
      return { seq: numberIn(line, "seq"), id: Number(id), text: String(text) };
    });
}

async function find(): Promise<Found> {
  const found = (await readMessages()).find(({ text }) => /code for the door is [0-9]+/.test(text));
  if (found === undefined) throw new Error("the capture cannot be decrypted with its key log");
  const [code = ""] = /[0-9]+/.exec(found.text) ?? [];
  return {
    answers: [`${code} ${found.seq}`],
    observed: `bob's line with seq ${found.seq}, its tag right, holds bob's message ${found.id}: "${found.text}"`,
  };
}

export const question: Question = {
  find,
  explain(answer, { answers }) {
    const [code, seq, ...more] = numbersOf(answer);
    const [rightCode, rightSeq] = numbersOf(answers[0] ?? "");
    if (code === undefined || seq === undefined || more.length > 0)
      return 'Two numbers are asked for, the code and then the seq, such as "1234 7".';
    if (code === rightSeq && seq === rightCode) return "Both are there. The code comes first, then the seq.";
    if (code !== rightCode)
      return "That is not the code that Bob names. Have you decrypted the chat? Without --keys the lines show nothing; look at what bob says.";
    return "The code is right. But seq counts every sealed line of a direction from 0, acks too; the id counts messages from 1. Look at the line on the wire, not at the message in it.";
  },
  normalise: onlyNumbers,
};
