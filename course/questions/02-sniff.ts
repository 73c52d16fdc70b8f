// Reads from the recorded chat of stage 02 how much money Alice asks Bob to pay, as any observer could.

import { join } from "node:path";
import { jsonOf } from "../../captures/explain/protocols.ts";
import { linesOf } from "../../captures/explain/stream-lines.ts";
import { loadCapture } from "../../captures/follow/load.ts";
import type { Stream } from "../../captures/read/packet.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import type { Found, Question } from "../exercises/question.ts";

const CAPTURE = "captures/02-basic-p2p.pcap";

/** A line that asks for a payment. */
const PAYMENT = /\bpay ([0-9]+) to (\S+)$/;

/** A message of the recorded chat. */
interface Message {
  from: string;
  packet: number;
  text: string;
}

export const question: Question = {
  async find(): Promise<Found> {
    const { streams } = await loadCapture(join(COURSE_FOLDER, CAPTURE), false);
    const messages = streams.flatMap(messagesOf);
    const asked = messages.filter(({ from, text }) => from === "alice" && PAYMENT.test(text));
    if (asked.length === 0) throw new Error(`no payment can be read in ${CAPTURE}; was it recorded anew?`);
    const total = sum(asked.map(({ text }) => amountIn(text)));
    return {
      answers: [String(total)],
      observed: [
        `What Alice says in ${CAPTURE}, for everybody to read:`,
        ...asked.map(({ packet, text }) => `  packet ${packet}: ${text}`),
        `All in all ${total}.`,
      ].join("\n"),
    };
  },

  normalise: (answer) => answer.trim().replace(/[ ,']/g, ""),

  explain(answer, { observed }) {
    const number = Number(answer);
    if (!Number.isInteger(number)) return "The answer is a number: add what Alice asks for in each line.";
    const payments = observed.split("\n").flatMap((line) => PAYMENT.exec(line)?.[0] ?? []);
    if (number === sum([...new Set(payments)].map(amountIn)))
      return "Is there a line that says the same as another? It has an id of its own, and Bob pays twice.";
    if (number === 2 * sum(payments.map(amountIn)))
      return "Bob confirms what was done, in lines of Bob's own. Count only what Alice asks for.";
    const isOne = payments.some((payment) => {
      const to = receiverIn(payment);
      const same = payments.filter((other) => receiverIn(other) === to);
      return number === amountIn(payment) || number === sum(same.map(amountIn));
    });
    if (isOne)
      return "That is one payment, or what one person gets. Alice asks for others, too: look for all lines that ask for one.";
    return 'Find all lines that ask for a payment: show them with --find "pay ", and look who says each.';
  },
};

/** The messages of an unencrypted chat, with their senders; empty for other streams. */
function messagesOf(stream: Stream): Message[] {
  const names: Partial<Record<"a" | "b", string>> = {};
  const messages: Message[] = [];
  for (const line of linesOf(stream)) {
    if (line.kind !== "line") continue;
    const { type, from, text } = jsonOf(line.bytes) ?? {};
    if (type === "hello" && typeof from === "string") names[line.from] = from;
    if (type !== "message" || typeof text !== "string") continue;
    messages.push({ from: names[line.from] ?? "", packet: line.packet, text });
  }
  return messages;
}

function amountIn(text: string): number {
  return Number(PAYMENT.exec(text)?.[1]);
}

function receiverIn(text: string): string {
  return PAYMENT.exec(text)?.[2] ?? "";
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
