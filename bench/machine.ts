// Describes the machine that figures depend on (versions, limits), and what a process uses of it.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { COURSE_FOLDER } from "../programs/course-folder.ts";

export interface Machine {
  processor: string;
  cores: number;
  memoryGiB: number;
  system: string;
  /** The mean number of processes that wanted to run in the last minute: how busy the machine was before. */
  loadAverage: number;
  node: string;
  tsx: string;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() || `unknown (${process.arch})`,
    cores: processors.length,
    memoryGiB: Number((totalmem() / 2 ** 30).toFixed(1)),
    system: `${type()} ${release()} ${process.arch}`,
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
    node: process.versions.node,
    tsx: versionOf("tsx"),
  };
}

export function formatMachine(machine: Machine): string {
  const { processor, cores, memoryGiB, system, loadAverage, node, tsx } = machine;
  return [
    `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system} (load average before: ${loadAverage})`,
    `Node.js ${node}, tsx ${tsx}`,
  ].join("\n");
}

function versionOf(packageName: string): string {
  const file = join(COURSE_FOLDER, "node_modules", packageName, "package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}

/** The memory that a process has in RAM (its resident set), in MiB. */
export function residentMemory(pid: number): number {
  if (process.platform === "linux") {
    const kibibytes = /^VmRSS:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kibibytes) / 1024;
  }
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
}

/** Linux reports the time of processes in hundredths of a second (USER_HZ), whatever its clock is. */
const TICKS_PER_SECOND = 100;

/** The processor time that a process has used, in seconds; undefined where the system does not tell. */
export function processorTime(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const status = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the program's name in parentheses. It may contain blanks, so we count from its end (proc(5)).
  const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
  const [user, system] = [fields[11], fields[12]];
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** How many files a program has open beside its connections: libraries, pipes, the event loop. */
const OTHER_FILES = 200;

/**
 * Why so many connections cannot be opened; undefined if they can. Node.js raises its soft limit to the hard limit when
 * it starts, and our servers inherit it.
 */
export function tooFewFiles(connections: number): string | undefined {
  const limit = execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim();
  const needed = connections + OTHER_FILES;
  if (limit === "unlimited" || Number(limit) >= needed) return undefined;
  return `a process may open ${limit} files here, and ${connections} connections need ${needed}; raise it: ulimit -n ${needed}`;
}
