// The load generator as a separate process, so that it shares no thread with anything else. It reads a job from each
// line of its input, does it, and prints the result as a line of JSON.

import { createInterface } from "node:readline";
import { type Flood, type Load, runLoad, startFlood } from "./load.ts";

/** A load has a result. A flood goes on until this process is ended. */
export type Job = ({ kind: "load" } & Load) | ({ kind: "flood" } & Flood);

const input = createInterface({ input: process.stdin });
input.on("close", () => process.exit()); // The program that has started us has ended.
input.on("line", async (line) => {
  const job = JSON.parse(line) as Job;
  if (job.kind === "flood") startFlood(job);
  else console.log(JSON.stringify(await runLoad(job)));
});
