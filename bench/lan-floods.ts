// Measures what 20,000 datagrams of nonsense in 2 s do to peers of stage 05 (P9.13): whether one is lost, whether newcomers
// are found, and how long messages take meanwhile. The nonsense comes from outside of the team, and from inside of it.

import { startProgram } from "../programs/stage-programs.ts";
import type { FloodKind } from "./lan-flood.ts";
import { makeIdentities } from "./lan-identities.ts";
import { type LanPeer, withTeam } from "./lan-team.ts";
import { processorTime } from "./machine.ts";
import type { Row } from "./report.ts";
import { median, percentile } from "./statistics.ts";

const KINDS: readonly (readonly [kind: FloodKind, words: string])[] = [
  ["bytes", "nonsense from outside of the team"],
  ["tokens", "nonsense from inside of it, wrongly signed"],
];
const RUNS = 3;
const DATAGRAMS = 20_000;
const SECONDS = 2;
/** Three beats are shorter than the flood: a peer that is not heard meanwhile is lost before its end. */
const BEAT = ["--beacon", "0.5"];
/** So many messages are timed before the flood and while it lasts. */
const DELIVERIES = 40;

interface Flooded {
  lost: number;
  found: number;
  /** How many datagrams of nonsense the program has looked at; the system drops what does not fit into its buffer. */
  seen: number;
  before: number[];
  during: number[];
  /** Seconds of processor time while it lasted. */
  processor: number;
}

export async function measureFloods(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [kind, words] of KINDS) {
    const all: Flooded[] = [];
    for (let run = 0; run < RUNS; run += 1) all.push(await flood(kind));
    rows.push(...rowsOf(words, all));
  }
  return rows;
}

function flood(kind: FloodKind): Promise<Flooded> {
  const pems = makeIdentities(3);
  return withTeam(async (team) => {
    const bob = await team.start("bob", BEAT, pems.pop());
    const alice = await team.start("alice", BEAT, pems.pop());
    await Promise.all([alice.sees(/^found: bob$/), bob.sees(/^found: alice$/)]);
    await alice.asks("/connect bob", /^connected to bob$/);
    const before = await deliver(alice, bob, () => false);
    const dropped = await droppedBy(bob);
    const time = processorTime(bob.pid) ?? 0;

    const argv = [kind, String(DATAGRAMS), String(SECONDS), String(bob.port)];
    const flooder = startProgram("bench/lan-flood.ts", argv);
    await flooder.line("ready");
    flooder.enter("go");
    let isOver = false;
    const over = flooder.line("sent").then(() => {
      isOver = true;
    });
    const newcomer = team.start("carol", BEAT, pems.pop());
    const during = await deliver(alice, bob, () => isOver);
    await over;
    const processor = (processorTime(bob.pid) ?? 0) - time;
    await flooder.kill();
    await newcomer;
    await bob.sees(/^found: carol$/);
    // What has waited in the sockets is looked at, too.
    const seen = (await droppedBy(bob)) - dropped;
    const lost = alice.count(/^left: |^disconnected/) + bob.count(/^left: |^disconnected/);
    return { lost, found: bob.count(/^found: carol$/), seen, before, during, processor };
  });
}

/** Sends messages one after the other. @returns their times, in milliseconds */
async function deliver(alice: LanPeer, bob: LanPeer, isOver: () => boolean): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < DELIVERIES && !isOver(); i += 1) {
    const text = `message ${i} at ${performance.now()}`;
    const start = performance.now();
    alice.program.enter(`/msg bob ${text}`);
    await bob.sees(new RegExp(`^alice> ${text.replaceAll(".", "\\.")}$`));
    times.push(performance.now() - start);
  }
  return times;
}

/** How many datagrams a peer has dropped for what only nonsense has: size, token, shape, key, rate or signature. */
async function droppedBy(peer: LanPeer): Promise<number> {
  await peer.asks("/stats", /^stats: /);
  const [line = ""] = peer.program.lines.filter((text) => text.startsWith("stats: ")).slice(-1);
  const numbers = [...line.matchAll(/(?:size|token|shape|key|rate|signature) ([0-9]+)/g)];
  return numbers.reduce((sum, [, number]) => sum + Number(number), 0);
}

function rowsOf(words: string, all: readonly Flooded[]): Row[] {
  const each = (pick: (one: Flooded) => number): number[] => all.map(pick);
  return [
    {
      name: `${words}: peers lost`,
      unit: "peers",
      runs: each(({ lost }) => lost),
      limit: { bound: "at most", value: 0, of: "value", everyRun: true },
    },
    {
      name: `of ${DATAGRAMS.toLocaleString("en-US")} datagrams in ${SECONDS} s, looked at`,
      unit: "datagrams",
      runs: each(({ seen }) => seen),
    },
    {
      name: "messages meanwhile, 50th percentile",
      unit: "ms",
      runs: each(({ during }) => median(during)),
      beside: { name: "before it", runs: each(({ before }) => median(before)) },
    },
    {
      name: "messages meanwhile, 99th percentile",
      unit: "ms",
      runs: each(({ during }) => percentile(during, 0.99)),
      beside: { name: "before it", runs: each(({ before }) => percentile(before, 0.99)) },
      limit: { bound: "at most", value: 1000, of: "value" },
    },
    { name: "processor time of a peer for it", unit: "s", runs: each(({ processor }) => processor) },
  ];
}
