// Measures stage 06's table: what real nodes cost, each a process of its own, and how lookups grow, beside the simulator
// with the same ids and keys; and what the simulated growth says of a million nodes.

import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";
import { fromHex } from "../06-dht-chat/bytes.ts";
import { byPrefix, compareDistances, idOfKey, idOfPeer } from "../06-dht-chat/simulator.ts";
import type { MeasuredLookup } from "../06-dht-chat/testing/measured-lookup.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { startProgram } from "../programs/stage-programs.ts";
import { DhtNode, DhtNodes } from "./dht-nodes.ts";
import { fitToLogarithm, type SimulatedPoint, simulate, simulateSame, valueAt } from "./dht-simulated.ts";
import { linePlot } from "./line-plot.ts";
import type { Row } from "./report.ts";
import { median } from "./statistics.ts";

/** How many real nodes there are. */
const SIZES = [20, 50, 100] as const;
const SIMULATED = [20, 50, 100, 200, 500, 1000, 2000, 5000] as const;
const MILLION = 1_000_000;
/** Lookups at each size. */
const REAL_LOOKUPS = 30;
const SIMULATED_LOOKUPS = 400;
/** How long nodes that have just started are left alone, and how long they are watched, in milliseconds. */
const SETTLE = 5000;
const WINDOW = 10_000;
/** So much memory is left free for a node, in bytes: more than one has taken. */
const MEMORY_OF_A_NODE = 200 * 2 ** 20;
/** How many of the nearest nodes a lookup finds: k of P10.5. */
const NEAREST = 8;
/** js-libp2p's buckets are the first bits of ids: so many, unless its settings say otherwise. */
const ENGINE_PREFIX = 6;

/** What was measured with so many real nodes. */
interface RealPoint {
  size: number;
  /** How many others each node knows, 16 at most. */
  known: number[];
  memory: number[];
  processor: number;
  /** Undefined if it took too long. */
  joining: number | undefined;
  lookups: MeasuredLookup[];
  right: number[];
  simulated: { questions: number[]; hops: number[] };
}

export async function measureDht(): Promise<Row[]> {
  const simulated: SimulatedPoint[] = [];
  for (const size of SIMULATED) simulated.push(await simulate(size, SIMULATED_LOOKUPS));
  const { points, notMeasured } = await measureReal();
  const plot = writePlot(points, simulated);
  console.error(`the plot of questions and rounds: ${plot}`);
  return [
    ...points.flatMap(rowsOf),
    ...notMeasured,
    ...growthRows(points, simulated),
    ...(await prefixRows()),
  ];
}

async function measureReal(): Promise<{ points: RealPoint[]; notMeasured: Row[] }> {
  const points: RealPoint[] = [];
  const notMeasured: Row[] = [];
  if (!existsSync(join(COURSE_FOLDER, "06-dht-chat/node_modules/libp2p"))) {
    return { points, notMeasured: [{ name: "real nodes", notMeasured: "npm run 06:setup first" }] };
  }
  const nodes = new DhtNodes();
  const most = Number(process.env.BENCH_DHT_NODES ?? Number.POSITIVE_INFINITY);
  try {
    for (const size of SIZES) {
      const reason = reasonAgainst(size, nodes.all.length, most);
      if (reason !== undefined) {
        notMeasured.push({ name: `${size} real nodes`, notMeasured: reason });
        continue;
      }
      await nodes.grow(size);
      points.push(await measureAt(nodes));
    }
  } finally {
    await nodes.stop();
  }
  return { points, notMeasured };
}

function reasonAgainst(size: number, running: number, most: number): string | undefined {
  if (size > most) return `BENCH_DHT_NODES=${most} in the environment`;
  const needed = (size - running) * MEMORY_OF_A_NODE;
  const gibibytes = (needed / 2 ** 30).toFixed(1);
  return freemem() < needed ? `it takes ${gibibytes} GiB of memory, and less is free` : undefined;
}

async function measureAt(nodes: DhtNodes): Promise<RealPoint> {
  const size = nodes.all.length;
  const known = await Promise.all(nodes.all.map((node) => node.knows(NEAREST)));
  await new Promise((resolve) => setTimeout(resolve, SETTLE));
  const processor = await nodes.processorShare(WINDOW);
  const memory = nodes.all.map((node) => node.memory);
  const joining = await joiningTime(nodes);
  const client = startProgram("06-dht-chat/testing/table-client.ts", [
    nodes.address,
    `of ${size}`,
    String(REAL_LOOKUPS),
  ]);
  try {
    const { peerId, lookups } = JSON.parse(await client.line(/^\{/)) as {
      peerId: string;
      lookups: MeasuredLookup[];
    };
    const peerIds = nodes.all.map((node) => node.peerId);
    const ids = await Promise.all([...peerIds, peerId].map(idOfPeer));
    const keys = await Promise.all(lookups.map(({ key }) => idOfKey(fromHex(key) ?? new Uint8Array())));
    const right = lookups.map(({ found }, index) => {
      const key = keys[index] ?? new Uint8Array(32);
      const sorted = peerIds
        .map((name, number) => ({ name, id: ids[number] ?? key }))
        .sort((one, other) => compareDistances(key, one.id, other.id));
      return sorted.slice(0, NEAREST).filter(({ name }) => found.includes(name)).length;
    });
    return {
      size,
      known,
      memory,
      processor,
      joining,
      lookups,
      right,
      simulated: await simulateSame(ids, keys),
    };
  } finally {
    await client.kill();
  }
}

/** How long one more node takes from when it listens until it knows as many others as a lookup finds, in milliseconds. */
async function joiningTime(nodes: DhtNodes): Promise<number | undefined> {
  const node = await DhtNode.start(nodes.address);
  try {
    const started = performance.now();
    return (await node.knows(NEAREST)) >= NEAREST ? performance.now() - started : undefined;
  } finally {
    await node.stop();
  }
}

function rowsOf({ size, known, memory, processor, joining, lookups, right, simulated }: RealPoint): Row[] {
  const among = `among ${size} real nodes`;
  return [
    {
      name: `memory of a node ${among}`,
      unit: "MiB",
      runs: memory,
      limit: { bound: "at most", value: 200, of: "value" },
    },
    {
      name: `processor time of an idle node ${among}`,
      unit: "% of a core",
      runs: [processor],
      limit: { bound: "at most", value: 1, of: "value" },
    },
    {
      name: `others that each node knows ${among} (16 are told at most)`,
      unit: "nodes",
      runs: known,
      limit: { bound: "at least", value: NEAREST, of: "value", everyRun: true },
    },
    joining === undefined
      ? {
          name: `one more node knows ${NEAREST} others, ${among}`,
          notMeasured: "it did not come to that in time",
        }
      : {
          name: `one more node knows ${NEAREST} others, ${among}`,
          unit: "ms",
          runs: [joining],
          limit: { bound: "at most", value: 5000, of: "value" },
        },
    {
      name: `a lookup ${among}`,
      unit: "ms",
      runs: lookups.map(({ milliseconds }) => milliseconds),
      limit: { bound: "at most", value: 1000, of: "value" },
    },
    {
      name: `questions of a lookup ${among}`,
      unit: "questions",
      runs: lookups.map(({ questions }) => questions),
      beside: { name: "simulated, same ids and keys", runs: simulated.questions },
      limit: { bound: "at most", value: 2, of: "ratio" },
    },
    {
      name: `hops to the nearest ${among}`,
      unit: "hops",
      runs: lookups.map(({ hops }) => hops),
      beside: { name: "simulated, same ids and keys", runs: simulated.hops },
    },
    {
      name: `of the ${NEAREST} nearest, found ${among}`,
      unit: "nodes",
      runs: right,
      limit: { bound: "at least", value: NEAREST, of: "value" },
    },
  ];
}

function growthRows(points: readonly RealPoint[], simulated: readonly SimulatedPoint[]): Row[] {
  const drawn = (name: string, unit: string, pick: (point: SimulatedPoint) => number): Row => ({
    name,
    unit,
    bars: simulated.map((point) => ({ label: point.size.toLocaleString("en-US"), value: pick(point) })),
  });
  const fitted = (pick: (point: SimulatedPoint) => number) =>
    fitToLogarithm(simulated.map((point) => ({ size: point.size, value: pick(point) })));
  const [questions, rounds] = [fitted((point) => point.questions), fitted((point) => point.rounds)];
  return [
    {
      name: "of the 8 nearest, found in the simulated table, at each size",
      unit: "nodes",
      runs: simulated.map(({ right }) => right),
      limit: { bound: "at least", value: 7.9, of: "value", everyRun: true },
    },
    {
      name: "simulated questions: how well base + each * log2(nodes) fits (R²)",
      unit: "",
      runs: [questions.explained],
      limit: { bound: "at least", value: 0.95, of: "value" },
    },
    {
      name: "more questions each time that the nodes double, simulated",
      unit: "questions",
      runs: [questions.each],
    },
    {
      name: "rounds among 1,000,000 nodes, by that line",
      unit: "rounds",
      runs: [valueAt(rounds, MILLION)],
      beside: { name: "log2 of 1,000,000", runs: [Math.log2(MILLION)] },
      limit: { bound: "at most", value: 1, of: "ratio" },
    },
    {
      name: "questions among 1,000,000 nodes, by that line",
      unit: "questions",
      runs: [valueAt(questions, MILLION)],
    },
    drawn("questions of a simulated lookup, with N nodes", "questions", (point) => point.questions),
    drawn("rounds of a simulated lookup, with N nodes", "rounds", (point) => point.rounds),
    ...(points.length === 0
      ? []
      : [
          {
            name: "questions of a real lookup, with N nodes",
            unit: "questions",
            bars: points.map(({ size, lookups }) => ({
              label: String(size),
              value: lookups.reduce((sum, one) => sum + one.questions, 0) / lookups.length,
            })),
          },
        ]),
  ];
}

/** The engine's buckets are not Kademlia's: so few bits of an id are not enough to know one's neighbours in a large network. */
async function prefixRows(): Promise<Row[]> {
  const points = [];
  for (const size of SIMULATED)
    points.push(await simulate(size, SIMULATED_LOOKUPS / 4, byPrefix(ENGINE_PREFIX)));
  return [
    {
      name: `of the 8 nearest, found with js-libp2p's buckets of ${ENGINE_PREFIX} bits (its default), simulated, with N nodes`,
      unit: "nodes",
      bars: points.map(({ size, right }) => ({ label: size.toLocaleString("en-US"), value: right })),
    },
  ];
}

/** @returns the file's path */
function writePlot(points: readonly RealPoint[], simulated: readonly SimulatedPoint[]): string {
  const values = (pick: (point: SimulatedPoint) => number) =>
    simulated.map((point) => ({ size: point.size, value: pick(point) }));
  const [questions, rounds] = [values((point) => point.questions), values((point) => point.rounds)];
  const real = points.map(({ size, lookups }) => ({
    size,
    value: median(lookups.map((one) => one.questions)),
  }));
  const ends = [SIMULATED[0], MILLION];
  const line = (all: typeof questions) => {
    const fit = fitToLogarithm(all);
    return ends.map((size) => ({ size, value: valueAt(fit, size) }));
  };
  const svg = linePlot(
    "A lookup, by the number of nodes",
    "questions or rounds",
    [20, 100, 1000, 5000, 100_000, MILLION],
    [
      { name: "questions, simulated", colour: "#0b6b57", kind: "dots", points: questions },
      { name: "questions, real nodes", colour: "#b3261e", kind: "dots", points: real },
      { name: "rounds, simulated", colour: "#7a3fb0", kind: "dots", points: rounds },
      { name: "", colour: "#0b6b57", kind: "line", points: line(questions) },
      { name: "", colour: "#7a3fb0", kind: "line", points: line(rounds) },
    ],
  );
  const file = join(mkdtempSync(join(tmpdir(), "bench-dht-")), "lookups.svg");
  writeFileSync(file, svg);
  return file;
}
