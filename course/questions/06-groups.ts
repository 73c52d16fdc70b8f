// Makes a group of three with the functions of stage 06, removes one of them, and tries which of five recorded messages
// this one can open with the card that is left to them.

import type { Prediction } from "../exercises/question.ts";
import { numbersOf } from "./support/numbers.ts";
import { jsonFrom } from "./support/output.ts";

const PROGRAM = `
  const { makeGroupCard, openGroupMessage, removeMember, sealGroupMessage, topicOf } =
    await import("./06-dht-chat/group.ts");
  const { makeIdentity } = await import("./06-dht-chat/identity.ts");
  const { SeenSequences } = await import("./06-dht-chat/seen-sequences.ts");
  const [ann, ben, carol] = [await makeIdentity(), await makeIdentity(), await makeIdentity()];
  const old = makeGroupCard("holidays", [ann, ben, carol].map(({ id, publicKey }) => ({ id, key: publicKey })));
  const next = removeMember(old, carol.id);
  let seq = 0;
  const seal = (card, identity, text) => sealGroupMessage({ card, identity, seq: ++seq, text });
  const messages = [
    await seal(old, ann, "to all three"),
    await seal(old, ben, "while Carol's laptop is off"),
    await seal(next, ann, "Carol is removed"),
    await seal(old, ben, "Ben's page does not know it yet"),
    await seal(next, ben, "now it does"),
  ];
  const open = async (message) =>
    await openGroupMessage({ card: old, topic: await topicOf(old.key), message, seen: new SeenSequences() });
  const opened = await Promise.all(messages.map(open));
  console.log(JSON.stringify(opened.map((message) => message !== undefined)));
`;

export const question: Prediction = {
  async find() {
    const opened = (await jsonFrom(PROGRAM)) as boolean[];
    const numbers = opened.flatMap((isOpen, index) => (isOpen ? [index + 1] : []));
    const others = opened.flatMap((isOpen, index) => (isOpen ? [] : [index + 1]));
    return {
      answers: [numbers.join(" ")],
      observed: `with the old card messages ${numbers.join(", ")} were opened; ${others.join(" and ")} gave nothing`,
    };
  },
  problemOf: (answer) =>
    answer === "none" || /^[1-5](?: [1-5])*$/.test(answer)
      ? undefined
      : "Enter numbers from 1 to 5, such as 1 2 3, or none.",
  explain(answer, { answers }) {
    const [guess, right] = [new Set(numbersOf(answer)), new Set(numbersOf(answers[0] ?? ""))];
    const isIn = (number: string): boolean => guess.has(number);
    if (isIn("3") || isIn("5"))
      return "Messages 3 and 5 are sealed with the new key. Carol's card holds the old one, and from it nobody gets to the new one: it is drawn anew, not derived.";
    if (guess.size === 0)
      return "Nobody can take a key back. What was sealed with it opens for whoever has it, at any time.";
    if (!isIn("4") && right.has("4"))
      return "What counts is not when a message was sent but with which key. Ben's page still had only the old card.";
    return "The same key opens all that was ever sealed with it, also what Carol's own page has never got.";
  },
  normalise: (answer) => {
    const numbers = [...new Set(numbersOf(answer))].sort();
    return numbers.length === 0 ? answer.trim().toLowerCase() : numbers.join(" ");
  },
};
