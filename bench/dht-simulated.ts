// How lookups grow in the simulated table of stage 06, and what a line through them says of a million nodes. Pure.

import type { Bytes } from "../06-dht-chat/bytes.ts";
import {
  type BucketRule,
  byDistance,
  idsFromSeed,
  randomFromSeed,
  SimulatedNetwork,
} from "../06-dht-chat/simulator.ts";

/** What lookups cost among so many nodes, on average, and how many of the k nearest they find. */
export interface SimulatedPoint {
  size: number;
  rounds: number;
  questions: number;
  hops: number;
  right: number;
}

/** Builds a network, and looks so many keys up in it, from nodes that are drawn. */
export async function simulate(
  size: number,
  lookups: number,
  rule: BucketRule = byDistance,
): Promise<SimulatedPoint> {
  const random = randomFromSeed(size);
  const network = new SimulatedNetwork({ random, rule });
  for (const id of await idsFromSeed("bench nodes", size)) network.join(id);
  const sum: SimulatedPoint = { size, rounds: 0, questions: 0, hops: 0, right: 0 };
  for (const target of await idsFromSeed("bench keys", lookups)) {
    const lookup = network.lookup(Math.floor(random() * size), target).run();
    sum.rounds += lookup.cost.rounds / lookups;
    sum.questions += lookup.cost.questions / lookups;
    sum.hops += lookup.hops / lookups;
    sum.right += rightOf(network, lookup.found, target, lookup.from) / lookups;
  }
  return sum;
}

/** How the same nodes and the same keys fare in the simulator, when the last node asks. */
export async function simulateSame(
  ids: readonly Bytes[],
  keys: readonly Bytes[],
): Promise<{ questions: number[]; hops: number[] }> {
  const network = new SimulatedNetwork({ random: randomFromSeed(ids.length) });
  for (const id of ids) network.join(id);
  const lookups = keys.map((key) => network.lookup(ids.length - 1, key).run());
  return {
    questions: lookups.map(({ cost }) => cost.questions),
    hops: lookups.map(({ hops }) => hops),
  };
}

function rightOf(
  network: SimulatedNetwork,
  found: readonly { number: number }[],
  target: Bytes,
  from: number,
): number {
  const numbers = new Set(found.map(({ number }) => number));
  return network.trueClosest(target, network.bucketSize, from).filter(({ number }) => numbers.has(number))
    .length;
}

/** A line `base + each * log2(size)` through points, by least squares; and how much of their spread it explains (R²). */
export interface Fit {
  base: number;
  each: number;
  explained: number;
}

export function fitToLogarithm(points: readonly { size: number; value: number }[]): Fit {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const xs = points.map(({ size }) => Math.log2(size));
  const ys = points.map(({ value }) => value);
  const [middleX, middleY] = [mean(xs), mean(ys)];
  const spread = mean(xs.map((x) => (x - middleX) ** 2));
  const each = mean(xs.map((x, index) => (x - middleX) * ((ys[index] ?? 0) - middleY))) / spread;
  const base = middleY - each * middleX;
  const left = mean(xs.map((x, index) => ((ys[index] ?? 0) - base - each * x) ** 2));
  return { base, each, explained: 1 - left / mean(ys.map((y) => (y - middleY) ** 2)) };
}

export function valueAt({ base, each }: Fit, size: number): number {
  return base + each * Math.log2(size);
}
