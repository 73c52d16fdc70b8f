// Measures a file of 100 MiB from one peer of stage 05 to another: sealed, acknowledged piece by piece, hashed, and on the
// disk at the end. For comparison, a bare socket carries the same file from disk to disk (bare-file.ts).

import { randomBytes } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { startProgram, startServer } from "../programs/stage-programs.ts";
import { makeIdentities } from "./lan-identities.ts";
import { type LanTeam, withTeam } from "./lan-team.ts";
import { residentMemory } from "./machine.ts";
import type { Row } from "./report.ts";

const MIB = 2 ** 20;
const SIZE = 100 * MIB;
const RUNS = 3;
/** The sender holds 16 pieces of 64 KiB, so a file of any size must not cost more than this. In MiB. */
const MEMORY_LIMIT = 200;

export async function measureFile(): Promise<Row[]> {
  const pems = makeIdentities(2);
  return withTeam(async (team) => {
    const bob = await team.start("bob", [], pems.pop());
    const alice = await team.start("alice", [], pems.pop());
    await Promise.all([alice.sees(/^found: bob$/), bob.sees(/^found: alice$/)]);
    await alice.asks("/connect bob", /^connected to bob$/);
    const own: number[] = [];
    const offers: number[] = [];
    const bare: number[] = [];
    const memory: number[] = [];
    const before = residentMemory(alice.pid) + residentMemory(bob.pid);
    for (let run = 1; run <= RUNS; run += 1) {
      const path = makeFile(team, run);
      const offered = bob.sees(/^alice offers file /, run);
      const start = performance.now();
      alice.program.enter(`/send bob ${path}`);
      await offered;
      offers.push(performance.now() - start);
      const time = await bob.asks(`/take ${run}`, /^file [0-9]+ received: /);
      own.push(SIZE / MIB / (time / 1000));
      await alice.sees(/^file [0-9]+ sent to bob$/, run);
      memory.push(residentMemory(alice.pid) + residentMemory(bob.pid) - before);
      bare.push(SIZE / MIB / ((await timeBare(path, join(team.folder, `bare-${run}`))) / 1000));
    }
    return [
      {
        name: "100 MiB file, from /take to received",
        unit: "MiB per second",
        runs: own,
        beside: { name: "bare socket", runs: bare },
      },
      { name: "until it is offered (hashed)", unit: "ms", runs: offers },
      {
        name: "both programs' memory after it",
        unit: "MiB more",
        runs: memory,
        limit: { bound: "at most", value: MEMORY_LIMIT, of: "value", everyRun: true },
      },
    ];
  });
}

/** A file that no other run has sent: a known one is not sent again. */
function makeFile(team: LanTeam, run: number): string {
  const path = join(team.folder, `file-${run}`);
  const file = openSync(path, "w");
  const piece = randomBytes(MIB);
  for (let i = 0; i < SIZE / MIB; i += 1) writeSync(file, piece);
  closeSync(file);
  return path;
}

/** How long a bare socket takes from disk to disk, in milliseconds. */
async function timeBare(from: string, to: string): Promise<number> {
  const { server: receiver, port } = await startServer("bench/bare-file.ts", [to]);
  const sender = startProgram("bench/bare-file.ts", ["--send", String(port), from]);
  await sender.line("connected");
  const start = performance.now();
  sender.enter("go");
  await receiver.line("received");
  const time = performance.now() - start;
  await Promise.all([sender.kill(), receiver.kill()]);
  return time;
}
