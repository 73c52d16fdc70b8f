// Ten minutes of stage 06's messengers with drawn faults: what is lost or comes twice, and whether memory grows.

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SoakOutcome } from "../06-dht-chat/testing/soak-outcome.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { lastLineOf } from "./last-line.ts";
import type { Row } from "./report.ts";

/** In seconds; another time for who has less of it. */
const SECONDS = Number(process.env.BENCH_SOAK_SECONDS ?? 600);
const SEED = 20_260;

export async function measureDhtSoak(): Promise<Row[]> {
  if (!existsSync(join(COURSE_FOLDER, "06-dht-chat/node_modules/libp2p")))
    return [{ name: "the soak", notMeasured: "npm run 06:setup first" }];
  const line = await lastLineOf("06-dht-chat/testing/soak.ts", [String(SECONDS), String(SEED)]);
  const outcome = JSON.parse(line) as SoakOutcome;
  const none = { bound: "at most", value: 0, of: "value" } as const;
  const flat = { bound: "at most", value: 1.2, of: "ratio" } as const;
  const faults = Object.entries(outcome.faults).map(([what, count]) => `${count} × ${what}`);
  return [
    { name: `texts said in ${SECONDS} s, with ${faults.join(", ")}`, unit: "texts", runs: [outcome.said] },
    { name: "files offered meanwhile, up to 600 kB", unit: "files", runs: [outcome.files] },
    { name: "lost", unit: "texts and files", runs: [outcome.lost.length], limit: none },
    {
      name: "twice, or said by nobody",
      unit: "texts and files",
      runs: [outcome.twice.length + outcome.foreign.length],
      limit: none,
    },
    { name: "dropped at first, and said again", unit: "texts", runs: [outcome.again] },
    memory("a node's memory at the end", outcome.nodeMemory),
    memory("a page's memory at the end, in Node.js", outcome.pageMemory),
  ];

  function memory(name: string, [early, late]: [number, number]): Row {
    return {
      name,
      unit: "MiB",
      runs: [late],
      beside: { name: "after a fifth of the time", runs: [early] },
      limit: flat,
    };
  }
}
