// Measures how many messages per second pass between two clients, and how long one takes from the input of one client
// to the output of the other. It compares stages 02, 03 and 04 with two programs that only pass on bytes, and stage 04
// also with what its cryptography costs.

import { emptyOf, forgetRuns, MESSAGES, type Measured, measureRun, TEXT } from "./pair-figures.ts";
import { startBarePair, startChat } from "./pairs.ts";
import type { Limit, Row } from "./report.ts";
import { timeOfSealing } from "./sealing.ts";

const STAGES = ["02-basic-p2p", "03-dh-chat", "04-aes-chat"];
const RUNS = 5;

/**
 * How much of the rate stage 04 must reach that a message of stage 02 and four operations of cryptography would give, one
 * after the other. The rest is for lines that are twice as long. Two programs on two cores can also be faster than that.
 */
const SHARE: Limit = { bound: "at least", value: 0.8, of: "ratio" };

export async function measureChat(): Promise<Row[]> {
  const all: Measured[] = [];
  try {
    for (const folder of STAGES) all.push(emptyOf(await startChat(folder)));
    const bare = emptyOf(await startBarePair());
    all.push(bare);
    for (const measured of all) await measureRun(measured);
    for (const measured of all) forgetRuns(measured); // The first run only warms up.
    const texts = Array.from({ length: MESSAGES }, (_, index) => `${TEXT} ${index}`);
    timeOfSealing(texts);
    const sealing: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      for (const measured of all) await measureRun(measured); // In turn: see calculator.ts.
      sealing.push(timeOfSealing(texts));
    }
    return rowsOf(all.slice(0, STAGES.length), bare, sealing);
  } finally {
    await Promise.all(all.map(({ pair }) => pair.end()));
  }
}

/** @param sealing the seconds that the cryptography of a message takes, in each run */
function rowsOf(stages: readonly Measured[], bare: Measured, sealing: readonly number[]): Row[] {
  const [first, , last] = stages;
  if (first === undefined || last === undefined) return [];
  const together = first.rates.map((rate, run) => 1 / (1 / rate + (sealing[run] ?? 0)));
  return [
    ...stages.map((stage, i) => ({
      name: `messages, stage ${numberOf(i)}`,
      unit: "per second",
      runs: stage.rates,
      beside: { name: "echo", runs: bare.rates },
    })),
    {
      name: "messages, stage 04 beside stage 02",
      unit: "per second",
      runs: last.rates,
      beside: { name: "stage 02", runs: first.rates },
    },
    {
      name: "messages, stage 04 beside stage 02 and its cryptography",
      unit: "per second",
      runs: last.rates,
      beside: { name: "both in turn", runs: together },
      limit: SHARE,
    },
    {
      name: "two seals and two opens, alone",
      unit: "µs",
      runs: sealing.map((seconds) => seconds * 1_000_000),
    },
    ...stages.map((stage, i) => ({
      name: `delivery, 50th percentile, stage ${numberOf(i)}`,
      unit: "ms",
      runs: stage.medians,
      beside: { name: "echo", runs: bare.medians },
    })),
    ...stages.map((stage, i) => ({
      name: `delivery, 99th percentile, stage ${numberOf(i)}`,
      unit: "ms",
      runs: stage.slowest,
      beside: { name: "echo", runs: bare.slowest },
    })),
  ];
}

function numberOf(stage: number): string {
  return STAGES[stage]?.slice(0, 2) ?? "";
}
