// Ends a program together with everything that it has started.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const ON_WINDOWS = process.platform === "win32";

/** Kills the process group that a process leads; on Windows, the process and all that descend from it. */
export function killGroup(pid: number): void {
  try {
    if (ON_WINDOWS) spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore" });
    else process.kill(-pid, "SIGKILL");
  } catch {
    // They have ended in the meantime.
  }
}

/** The same, and the groups that its descendants have made for themselves. */
export function killTree(pid: number): void {
  // They are looked up first: what has lost its parent cannot be found any more.
  const below = ON_WINDOWS ? [] : descendants(pid, processes());
  for (const one of [pid, ...below]) {
    killGroup(one);
    try {
      // One that was started a moment ago may not lead its group yet, or be in another's.
      process.kill(one, "SIGKILL");
    } catch {
      // It was in a group that has been killed.
    }
  }
}

/** A process and its parent, by their ids. */
export type Parentage = readonly [pid: number, parent: number];

/** All that descend from a process. Pure. */
export function descendants(pid: number, all: readonly Parentage[]): number[] {
  const found: number[] = [];
  const next = [pid];
  for (let parent = next.pop(); parent !== undefined; parent = next.pop())
    for (const [child, of] of all)
      if (of === parent && child !== pid && !found.includes(child)) {
        found.push(child);
        next.push(child);
      }
  return found;
}

/** The processes of this machine and their parents; none if nobody tells. */
export function processes(): Parentage[] {
  if (process.platform === "linux") return readdirSync("/proc").flatMap(parentageOf);
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8", timeout: 2000 });
  return [...(stdout ?? "").matchAll(/^ *(\d+) +(\d+)$/gm)].map(([, pid, of]) => [Number(pid), Number(of)]);
}

/** `/proc/PID/stat` is `PID (NAME) STATE PARENT …`, and the name may hold blanks and brackets (proc(5)). */
function parentageOf(name: string): Parentage[] {
  if (!/^\d+$/.test(name)) return [];
  try {
    const parent = /^.*\) \S+ (\d+) /s.exec(readFileSync(`/proc/${name}/stat`, "utf8"))?.[1];
    return [[Number(name), Number(parent)]];
  } catch {
    return []; // It has ended in the meantime.
  }
}
