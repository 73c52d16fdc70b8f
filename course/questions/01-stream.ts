// The question of lessons/01-calculator/2-stream.md: one side writes three times, the other side reads late.

import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { quote } from "../../checks/engine/readable-bytes.ts";
import type { Prediction } from "../exercises/question.ts";
import { dialled } from "./support/dialled.ts";

const WRITES = ["1 + 1\n", "2 + 2\n", "3 + 3\n"] as const;

/** Reads only after all writes have arrived. Returns what each read gives. */
async function readLate(): Promise<string[]> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const accepted = once(server, "connection");
    const writer = await dialled(server);
    const [reader]: Socket[] = await accepted;
    if (reader === undefined) throw new Error("nobody has connected");
    for (const bytes of WRITES) await new Promise((resolve) => writer.write(bytes, resolve));
    await becauseItIsBusy(server);
    const pieces: string[] = [];
    reader.on("data", (bytes: Buffer) => pieces.push(bytes.toString()));
    writer.end();
    reader.resume();
    await once(reader, "end");
    reader.destroy();
    return pieces;
  } finally {
    server.close();
  }
}

/** Lets another client connect and leave. By then, everything that the first one wrote has arrived. */
async function becauseItIsBusy(server: ReturnType<typeof createServer>): Promise<void> {
  const accepted = once(server, "connection");
  const other = await dialled(server);
  const [socket]: Socket[] = await accepted;
  socket?.destroy();
  other.destroy();
}

export const question: Prediction = {
  async find() {
    const pieces = await readLate();
    const calls = pieces.map((piece) => `  read ${quote(piece)}`).join("\n");
    return {
      answers: [String(pieces.length)],
      observed: `wrote ${WRITES.map(quote).join(", ")}; the function was called ${pieces.length} ${pieces.length === 1 ? "time" : "times"}:\n${calls}`,
    };
  },
  normalise: (answer) => answer.trim().match(/^(\d+)(?: times?)?$/)?.[1] ?? answer.trim().toLowerCase(),
  problemOf: (answer) => (/^\d+$/.test(answer) ? undefined : "Enter a number, such as 4."),
  explain(answer) {
    if (answer === String(WRITES.length))
      return "You counted one read for each write. But nothing is kept of a write, once its bytes are in the stream.";
    if (answer === String(WRITES.join("").length))
      return "Those are the bytes. A read takes as many as are there, up to some 64 KiB.";
    return "Think of what lies there when the reader comes: all the bytes, in one row, and no mark between them.";
  },
};
