// Measures two programs that chat (pairs.ts): how many messages per second pass, and how long one takes.

import type { Pair } from "./pairs.ts";
import { median, percentile } from "./statistics.ts";

/** All are entered at once: the sender keeps its window of 64 messages full until the last one is sent. */
export const MESSAGES = 3000;
/** These are entered one after the other: each when the one before has been acknowledged. */
const DELIVERIES = 300;
export const TEXT = "The quick brown fox jumps over the lazy dog.";

/** A pair of programs, and the figures of each run with it. */
export interface Measured {
  pair: Pair;
  /** How many texts were entered. */
  entered: number;
  /** Messages per second. */
  rates: number[];
  /** Percentiles of the time of delivery, in milliseconds. */
  medians: number[];
  slowest: number[];
}

export function emptyOf(pair: Pair): Measured {
  return { pair, entered: 0, rates: [], medians: [], slowest: [] };
}

/** The first run only warms up. */
export function forgetRuns(measured: Measured): void {
  measured.rates = [];
  measured.medians = [];
  measured.slowest = [];
}

export async function measureRun(measured: Measured): Promise<void> {
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
