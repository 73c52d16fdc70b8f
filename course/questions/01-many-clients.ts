// The question of lessons/01-calculator/8-many-clients.md: ten clients ask a server with one thread.

import { once } from "node:events";
import { startServer } from "../../programs/stage-programs.ts";
import type { Prediction } from "../exercises/question.ts";
import { dialled } from "./support/dialled.ts";

const CLIENTS = 10;

/** The answers to choose from, in milliseconds. */
const OFFERED = [50, 100, 500];

/** Lets all clients ask at once. Returns how many milliseconds later each has its answer, in ascending order. */
async function askAllAtOnce(): Promise<number[]> {
  const { server, port } = await startServer("course/questions/support/busy-server.ts");
  try {
    const sockets = await Promise.all(Array.from({ length: CLIENTS }, () => dialled({ port })));
    const start = performance.now();
    const times = sockets.map(async (socket) => {
      socket.write("a request\n");
      await once(socket, "data");
      return performance.now() - start;
    });
    const inOrder = (await Promise.all(times)).sort((left, right) => left - right);
    for (const socket of sockets) socket.destroy();
    return inOrder;
  } finally {
    await server.kill();
  }
}

export const question: Prediction = {
  async find() {
    const times = await askAllAtOnce();
    const last = times.at(-1) ?? 0;
    // A busy machine makes everything slower, so the nearest of the three answers counts.
    const nearest = [...OFFERED].sort((left, right) => Math.abs(left - last) - Math.abs(right - last))[0];
    const shown = times.map((time) => time.toFixed(0)).join(", ");
    return {
      answers: [String(nearest)],
      observed: `the ${CLIENTS} answers came after ${shown} milliseconds`,
    };
  },
  normalise: (answer) =>
    answer
      .trim()
      .toLowerCase()
      .replace(/ ?(?:ms|milliseconds?)\.?$/, ""),
  problemOf: (answer) =>
    OFFERED.includes(Number(answer)) ? undefined : `Enter one of the numbers ${OFFERED.join(", ")}.`,
  explain(answer) {
    if (answer === "50")
      return "That would be so if all ten were computed side by side. The server has one thread: it computes for one at a time.";
    return "While the server computes for one client, it computes for none of the other nine: the last has to wait for all of them.";
  },
};
