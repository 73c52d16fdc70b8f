// Measures how many messages per second pass between two clients, and how long one takes from the input of one client
// to the output of the other. It compares stages 02, 03 and 04 with two programs that only pass on bytes, and stage 04
// also with what its cryptography costs.

import { type Pair, startBarePair, startChat } from "./pairs.ts";
import type { Limit, Row } from "./report.ts";
import { timeOfSealing } from "./sealing.ts";
import { median, percentile } from "./statistics.ts";

const STAGES = ["02-basic-p2p", "03-dh-chat", "04-aes-chat"];
const RUNS = 5;

/** All are entered at once: the sender keeps its window of 64 messages full until the last one is sent. */
const MESSAGES = 3000;
/** These are entered one after the other: each when the one before has been acknowledged. */
const DELIVERIES = 300;
/**
 * How much of the rate stage 04 must reach that a message of stage 02 and four operations of cryptography would give, one
 * after the other. The rest is for lines that are twice as long. Two programs on two cores can also be faster than that.
 */
const SHARE: Limit = { bound: "at least", value: 0.8, of: "ratio" };
const TEXT = "The quick brown fox jumps over the lazy dog.";

/** A pair of programs, and the figures of each run with it. */
interface Measured {
  pair: Pair;
  /** How many texts were entered. */
  entered: number;
  /** Messages per second. */
  rates: number[];
  /** Percentiles of the time of delivery, in milliseconds. */
  medians: number[];
  slowest: number[];
}

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

function emptyOf(pair: Pair): Measured {
  return { pair, entered: 0, rates: [], medians: [], slowest: [] };
}

function forgetRuns(measured: Measured): void {
  measured.rates = [];
  measured.medians = [];
  measured.slowest = [];
}

async function measureRun(measured: Measured): Promise<void> {
  measured.rates.push(await measureRate(measured));
  const times: number[] = [];
  for (let i = 0; i < DELIVERIES; i += 1) times.push(await measureDelivery(measured));
  measured.medians.push(median(times));
  measured.slowest.push(percentile(times, 0.99));
}

/** Messages per second, from the first input until the last message is shown. */
async function measureRate(measured: Measured): Promise<number> {
  const { sender, receiver, received, delivered } = measured.pair;
  const texts = Array.from({ length: MESSAGES }, () => nextText(measured));
  const last = texts.at(-1) ?? "";
  const shown = receiver.line(received(last));
  const acknowledged = sender.line(delivered(last, measured.entered));
  const start = performance.now();
  sender.write(texts.map((text) => `${text}\n`).join(""));
  await shown;
  const seconds = (performance.now() - start) / 1000;
  await acknowledged;
  return MESSAGES / seconds;
}

/** Measures the time from entering a message until it is shown, in milliseconds. */
async function measureDelivery(measured: Measured): Promise<number> {
  const { sender, receiver, received, delivered } = measured.pair;
  const text = nextText(measured);
  const shown = receiver.line(received(text));
  const acknowledged = sender.line(delivered(text, measured.entered));
  const start = performance.now();
  sender.enter(text);
  await shown;
  const time = performance.now() - start;
  await acknowledged;
  return time;
}

/** A text that has not been entered before. */
function nextText(measured: Measured): string {
  measured.entered += 1;
  return `${TEXT} ${measured.entered}`;
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
