// Measures how the program behind the page opens captures.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { type Traffic, writeTraffic } from "./capture-files.ts";
import type { Limit, Row } from "./report.ts";
import type { WebCapturesReport } from "./web-captures-job.ts";

/** The size of each capture, in bytes. */
const SIZE = 200_000_000;
const RUNS = 3;

const KINDS: readonly { name: string; traffic: Traffic }[] = [
  { name: "1,448-byte packets", traffic: { payload: 1448, answer: 0, repeated: false } },
  { name: "60-byte chat packets", traffic: { payload: 60, answer: 60, repeated: false } },
];

/** How late the server may be for others while a capture is read elsewhere, in milliseconds. */
const LATE: Limit = { bound: "at most", value: 100, of: "value" };

/** The memory of the process that reads, as a multiple of the file. Node.js and tsx are part of it. */
const TIMES_THE_FILE: Limit = { bound: "at most", value: 2.5, of: "ratio", everyRun: true };

/** What one waits for while scrolling, in milliseconds; and for a filter over all packets. */
const ROWS: Limit = { bound: "at most", value: 100, of: "value" };
const FILTER: Limit = { bound: "at most", value: 1000, of: "value" };

export async function measureWebCaptures(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-web-"));
  try {
    return KINDS.flatMap(({ name, traffic }, index) =>
      measureKind(name, traffic, join(folder, `${index}.pcap`)),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measureKind(name: string, traffic: Traffic, path: string): Row[] {
  writeTraffic(path, traffic, SIZE);
  const reports = Array.from({ length: RUNS }, () => runJob(path));
  rmSync(path);
  const title = `captures, 200 MB of ${name}`;
  const row = (what: string, unit: string, of: (report: WebCapturesReport) => number, limit?: Limit): Row => {
    const figure = { name: `${title}: ${what}`, unit, runs: reports.map(of) };
    return limit === undefined ? figure : { ...figure, limit };
  };
  const memory = reports.flatMap((report) => report.memory ?? []);
  const memoryName = `${title}: memory of the process that reads`;
  return [
    row("until it is open", "s", ({ seconds }) => seconds),
    {
      name: `${title}: the server is late by, meanwhile`,
      unit: "ms",
      runs: reports.map(({ late }) => late),
      beside: { name: "with nothing to do", runs: reports.map(({ lateWithNothing }) => lateWithNothing) },
      limit: LATE,
    },
    memory.length === 0
      ? { name: memoryName, notMeasured: "this system does not tell the memory of a child" }
      : {
          name: memoryName,
          unit: "MiB",
          runs: memory,
          beside: { name: "the file", runs: memory.map(() => SIZE / 2 ** 20) },
          limit: TIMES_THE_FILE,
        },
    row("500 rows in the middle", "ms", ({ rows }) => rows, ROWS),
    row("a filter over all packets", "ms", ({ filter }) => filter, FILTER),
  ];
}

function runJob(path: string): WebCapturesReport {
  const argv = ["--import", "tsx", "bench/web-captures-job.ts", path];
  const child = spawnSync(process.execPath, argv, { cwd: COURSE_FOLDER, encoding: "utf8" });
  if (child.status !== 0) throw new Error(`${argv.join(" ")} failed: ${child.stderr}`);
  return JSON.parse(child.stdout) as WebCapturesReport;
}
