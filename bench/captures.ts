// Measures how fast captures are read, decoded and followed, and with how much memory, compared with well-known tools.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { type Traffic, writeTraffic } from "./capture-files.ts";
import type { JobReport } from "./capture-job.ts";
import type { Limit, Row } from "./report.ts";

/** The size of each capture, in bytes. */
const SIZE = 200_000_000;

interface Kind {
  name: string;
  traffic: Traffic;
  /** By which factor our speed must exceed tshark's. */
  timesTshark: number;
  /** How many times to measure. For a capture of small packets, tshark alone needs a minute. */
  runs: number;
}

const KINDS: readonly Kind[] = [
  {
    name: "1,448-byte packets",
    traffic: { payload: 1448, answer: 0, repeated: false },
    timesTshark: 5,
    runs: 3,
  },
  {
    name: "60-byte chat packets",
    traffic: { payload: 60, answer: 60, repeated: false },
    timesTshark: 6,
    runs: 1,
  },
];

/** How much memory the whole job may need, as a multiple of the data in the streams. Node.js and tsx are part of it. */
const TIMES_THE_DATA: Limit = { bound: "at most", value: 3, of: "ratio", everyRun: true };

/** A capture of the same size, but every segment is a repetition, so its streams hold next to nothing. */
const REPETITIONS: Traffic = { payload: 1448, answer: 0, repeated: true };

/** The memory that following REPETITIONS may need, in MiB. Node.js and tsx alone need about 90. */
const MEMORY_LIMIT: Limit = { bound: "at most", value: 160, of: "value", everyRun: true };

/** The tools to compare with, and their arguments before and after the file's name. Their output is thrown away. */
const TOOLS: readonly { name: string; argv: readonly string[]; after: readonly string[] }[] = [
  { name: "tshark", argv: ["-n", "-r"], after: ["-T", "fields", "-e", "tcp.len"] },
  { name: "tcpdump", argv: ["-n", "-r"], after: [] },
  { name: "capinfos", argv: [], after: [] },
];

export async function measureCaptures(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-captures-"));
  try {
    const rows = KINDS.flatMap((kind, index) => measureKind(kind, join(folder, `${index}.pcap`)));
    return [...rows, measureRepetitions(join(folder, "repetitions.pcap"))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measureKind({ name, traffic, timesTshark, runs }: Kind, path: string): Row[] {
  writeTraffic(path, traffic, SIZE);
  const megabytes = statSync(path).size / 1e6;
  const speeds = new Map<string, number[]>();
  const memory: number[] = [];
  const held: number[] = [];
  // Measures all in turn, so that other programs on the machine disturb all alike.
  for (let run = 0; run < runs; run += 1) {
    for (const job of ["parse", "read", "follow"]) {
      const { seconds, report } = runJob(job, path);
      note(speeds, job, megabytes / seconds);
      if (job !== "follow") continue;
      memory.push(report.memory);
      held.push(report.held / 2 ** 20);
    }
    for (const tool of TOOLS) {
      const seconds = runTool(tool.name, [...tool.argv, path, ...tool.after]);
      if (seconds !== undefined) note(speeds, tool.name, megabytes / seconds);
    }
  }
  rmSync(path);
  const unit = "MB/s";
  const speedOf = (who: string): number[] => speeds.get(who) ?? [];
  const beside = (tool: string, limit?: Limit): Row => {
    const row = `${name}: read, decode and follow, beside ${tool}`;
    const speed = speedOf(tool);
    if (speed.length === 0) return { name: row, notMeasured: `${tool} is not installed` };
    const figure = { name: row, unit, runs: speedOf("follow"), beside: { name: tool, runs: speed } };
    return limit === undefined ? figure : { ...figure, limit };
  };
  return [
    beside("tshark", { bound: "at least", value: timesTshark, of: "ratio" }),
    beside("tcpdump"),
    beside("capinfos"),
    { name: `${name}: read through pcap-parser alone`, unit, runs: speedOf("parse") },
    {
      name: `${name}: read through our reader`,
      unit,
      runs: speedOf("read"),
      beside: { name: "pcap-parser", runs: speedOf("parse") },
    },
    {
      name: `${name}: memory of the whole job`,
      unit: "MiB",
      runs: memory,
      beside: { name: "data in streams", runs: held },
      limit: TIMES_THE_DATA,
    },
  ];
}

function measureRepetitions(path: string): Row {
  writeTraffic(path, REPETITIONS, SIZE);
  const runs = [runJob("follow", path).report.memory];
  return { name: "memory, nothing but retransmissions", unit: "MiB", runs, limit: MEMORY_LIMIT };
}

function note(speeds: Map<string, number[]>, who: string, speed: number): void {
  speeds.set(who, [...(speeds.get(who) ?? []), speed]);
}

/** Runs a job of ours. Its time includes the start of the process, as for the tools. */
function runJob(job: string, path: string): { seconds: number; report: JobReport } {
  const argv = ["--import", "tsx", "bench/capture-job.ts", job, path];
  const start = performance.now();
  const child = spawnSync(process.execPath, argv, { cwd: COURSE_FOLDER, encoding: "utf8" });
  const seconds = (performance.now() - start) / 1000;
  if (child.status !== 0) throw new Error(`${argv.join(" ")} failed: ${child.stderr}`);
  return { seconds, report: JSON.parse(child.stdout) as JobReport };
}

/** @returns undefined if the tool is not installed */
function runTool(tool: string, argv: readonly string[]): number | undefined {
  const start = performance.now();
  const { status, error } = spawnSync(tool, argv, { stdio: "ignore" });
  const seconds = (performance.now() - start) / 1000;
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`${tool} ${argv.join(" ")} failed with exit code ${status}`);
  return seconds;
}
