// Measures how many messages pass between two peers of stage 05, which keep each of them on the disk before they show or
// acknowledge it; the same with a history in memory; and stage 04 beside it, which keeps nothing.

import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { makeIdentities } from "./lan-identities.ts";
import { LanTeam, noMemoryFolder } from "./lan-team.ts";
import { emptyOf, forgetRuns, type Measured, measureRun } from "./pair-figures.ts";
import { type Pair, startChat } from "./pairs.ts";
import type { Limit, Row } from "./report.ts";
import { median } from "./statistics.ts";

const RUNS = 3;
/** How often a write to the disk is timed in each run. */
const WRITES = 50;
/** A page of a database and its header in the log: the least that a commit writes. In bytes. */
const WRITE_BYTES = 4096 + 24;
/** A user must not wait for a message. In milliseconds. */
const DELIVERY: Limit = { bound: "at most", value: 100, of: "value" };

export async function measureMessages(): Promise<Row[]> {
  const noMemory = noMemoryFolder();
  const disk = new LanTeam("on disk");
  const memory = noMemory === undefined ? new LanTeam("in memory") : undefined;
  const all: Measured[] = [];
  try {
    const before = emptyOf(await startChat("04-aes-chat"));
    all.push(before);
    const onDisk = emptyOf(await startPeers(disk));
    all.push(onDisk);
    const inMemory = memory === undefined ? undefined : emptyOf(await startPeers(memory));
    if (inMemory !== undefined) all.push(inMemory);
    for (const measured of all) await measureRun(measured);
    for (const measured of all) forgetRuns(measured); // The first run only warms up.
    const waits: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      for (const measured of all) await measureRun(measured); // In turn: see calculator.ts.
      waits.push(timeOfWrite(disk.folder));
    }
    return rowsOf(before, onDisk, inMemory, waits, noMemory ?? "");
  } finally {
    await Promise.all(all.map(({ pair }) => pair.end()));
    await Promise.all([disk.end(), memory?.end()]);
  }
}

/** Alice and Bob, with a session, in which every line goes to Bob. */
async function startPeers(team: LanTeam): Promise<Pair> {
  const pems = makeIdentities(2);
  const bob = await team.start("bob", [], pems.pop());
  const alice = await team.start("alice", [], pems.pop());
  await Promise.all([alice.sees(/^found: bob$/), bob.sees(/^found: alice$/)]);
  await alice.asks("/to bob", /^connected to bob$/);
  return {
    sender: alice.program,
    receiver: bob.program,
    received: (text) => `alice> ${text}`,
    delivered: (_, number) => `delivered to bob: ${number}`,
    end: () => Promise.all([alice, bob].map(({ program }) => program.kill())).then(() => {}),
  };
}

/** How long it takes until a small write is on the disk, in milliseconds. */
function timeOfWrite(folder: string): number {
  const file = openSync(join(folder, "write"), "w");
  const bytes = Buffer.alloc(WRITE_BYTES, 1);
  const times: number[] = [];
  for (let i = 0; i < WRITES; i += 1) {
    const start = performance.now();
    writeSync(file, bytes);
    fdatasyncSync(file);
    times.push(performance.now() - start);
  }
  closeSync(file);
  return median(times);
}

function rowsOf(
  before: Measured,
  onDisk: Measured,
  inMemory: Measured | undefined,
  waits: readonly number[],
  noMemory: string,
): Row[] {
  const stage04 = (runs: number[]) => ({ name: "stage 04", runs });
  const name = "messages, history in memory";
  return [
    { name: "messages", unit: "per second", runs: onDisk.rates, beside: stage04(before.rates) },
    inMemory === undefined
      ? { name, notMeasured: noMemory }
      : {
          name,
          unit: "per second",
          runs: inMemory.rates,
          beside: { name: "on the disk", runs: onDisk.rates },
        },
    {
      name: "delivery, 50th percentile",
      unit: "ms",
      runs: onDisk.medians,
      beside: stage04(before.medians),
      limit: DELIVERY,
    },
    {
      name: "delivery, 99th percentile",
      unit: "ms",
      runs: onDisk.slowest,
      beside: stage04(before.slowest),
    },
    {
      name: "delivery, beside waiting for the disk once",
      unit: "ms",
      runs: onDisk.medians,
      beside: { name: "one write and fdatasync", runs: waits },
    },
  ];
}
