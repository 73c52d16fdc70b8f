// Lets a direct connection die without a word, between two messengers of stage 06, and looks when a text is delivered and
// over which way. Network and clock are simulated: nothing of it depends on this machine.

import type { Prediction } from "../exercises/question.ts";
import { numbersOf } from "./support/numbers.ts";
import { jsonFrom } from "./support/output.ts";

/** What came of the text: its state, after how many seconds of the simulated clock, by which way, and how often it is shown. */
interface Outcome {
  state: string;
  seconds: number;
  path: string;
  shown: number;
}

const PROGRAM = `
  const { FakeDirect } = await import("./06-dht-chat/testing/fake-direct.ts");
  const { Scene } = await import("./06-dht-chat/testing/messengers.ts");
  const scene = await Scene.make();
  const direct = new FakeDirect();
  scene.makeAttempt = () => direct.make;
  const [ann, ben] = await scene.friendsWho("direct");
  direct.isSevered = true;
  const start = scene.clock.now();
  await ann.messenger.say(ann.chat(ben), "hello");
  const state = () => ann.entries(ben).at(-1)?.state;
  await scene.until(() => state() === "delivered" || state() === "dropped", "the text is delivered or dropped");
  const seconds = Math.round((scene.clock.now() - start) / 1000);
  const path = ann.messenger.view.underneath.last?.path;
  console.log(JSON.stringify({ state: state(), seconds, path, shown: ben.heard(ann).length }));
  await scene.end();
`;

/** The way that an answer names. */
function wayOf(answer: string): string | undefined {
  return ["relayed", "direct", "dropped"].find((way) => answer.includes(way));
}

export const question: Prediction = {
  async find() {
    const { state, seconds, path, shown } = (await jsonFrom(PROGRAM)) as Outcome;
    const way = state === "delivered" ? path : "dropped";
    return {
      answers: [`${seconds} ${way}`],
      observed: `after ${seconds} seconds the text was ${state}; the last frame of it went ${path === "relayed" ? "by the relay" : "direct"}, and Ben's page shows it ${shown === 1 ? "once" : `${shown} times`}`,
    };
  },
  problemOf: (answer) =>
    numbersOf(answer).length === 1 && wayOf(answer) !== undefined
      ? undefined
      : "Enter seconds and one of relayed, direct and dropped, such as 3 direct.",
  explain(answer, { answers }) {
    const [seconds = 0] = numbersOf(answer).map(Number);
    const right = Number(numbersOf(answers[0] ?? "")[0]);
    if (wayOf(answer) === "dropped")
      return "A text is dropped after 30 seconds without an acknowledgement, and the stream by the relay is still there. The pages do not wait so long before they use it again.";
    if (wayOf(answer) === "direct")
      return "Nothing comes through the direct channel any more, and the next attempt begins 30 seconds after the end of this one at the earliest. But the stream by the relay has stayed open.";
    if (seconds < right)
      return "Ann's page cannot know at once: a channel that is dead and one that is slow look alike. It waits for the acknowledgement that the channel owes.";
    return "The way is right. But the channel is given up as soon as it has owed an acknowledgement for 10 seconds.";
  },
  normalise: (answer) => {
    const text = answer.trim().toLowerCase();
    const way = wayOf(text);
    const numbers = numbersOf(text);
    return way === undefined || numbers.length !== 1 ? text : `${numbers[0]} ${way}`;
  },
};
