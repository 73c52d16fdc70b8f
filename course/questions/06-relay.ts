// Has a messenger of stage 06 send two short texts over a simulated relay, and measures the frames that it carries.

import type { Prediction } from "../exercises/question.ts";
import { numbersOf, onlyNumbers } from "./support/numbers.ts";
import { jsonFrom } from "./support/output.ts";

/** The first one stands on the page; the other two are asked for. */
const TEXTS = ["yes", "no", "да"] as const;

const PROGRAM = `
  const { Scene } = await import("./06-dht-chat/testing/messengers.ts");
  const scene = await Scene.make();
  const [ann, ben] = await scene.friends();
  const route = scene.world.routes.find(({ isOver }) => !isOver);
  const sent = () => route.pair.ends.flatMap((end) => end.sent);
  const lengths = [];
  for (const text of ${JSON.stringify(TEXTS)}) {
    const before = new Set(sent());
    await ann.messenger.say(ann.chat(ben), text);
    await scene.until(() => ann.states(ben).every((state) => state === "delivered"), "it is delivered");
    lengths.push(Math.max(...sent().filter((frame) => !before.has(frame)).map(({ length }) => length)));
  }
  console.log(JSON.stringify(lengths));
  await scene.end();
`;

export const question: Prediction = {
  async find() {
    const lengths = (await jsonFrom(PROGRAM)) as number[];
    const [, no, yes] = lengths;
    return {
      answers: [`${no} ${yes}`],
      observed: TEXTS.map((text, index) => `${text}: a frame of ${lengths[index]} bytes`).join("\n"),
    };
  },
  problemOf: (answer) =>
    numbersOf(answer).length === 2 ? undefined : "Enter two numbers of bytes, such as 80 90.",
  explain(answer, { answers }) {
    const [no, yes] = numbersOf(answer).map(Number);
    const [rightNo, rightYes] = numbersOf(answers[0] ?? "").map(Number);
    if (no === yes && yes !== rightNo)
      return "AES-GCM fills no blocks, as CBC does: what is sealed is as long as the text, and the tag comes on top.";
    if (no === rightNo && yes === no)
      return "A frame carries bytes and not characters. In UTF-8 a Cyrillic letter has two of them.";
    if (no === rightNo && yes !== rightYes)
      return "The second text has two letters. How many bytes is each of them in UTF-8? The rest of the frame is as long as before.";
    return "Each byte of the text is one byte of the frame. All that stands around it is as long as with yes.";
  },
  normalise: onlyNumbers,
};
