// Finds out whether a silent program computes instead of waiting. If it computes, it has most likely an endless loop.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** How many times we look, and how long we pause in between, in milliseconds. One look could be chance. */
const LOOKS = 6;
const PAUSE = 50;

/** The likely cause if a silent program is busy. */
export const ENDLESS = "It computes and answers nobody: a loop in it has no end, or does far too much work.";

/** @returns false where this cannot be found out, such as on Windows */
export async function isBusy(pid: number): Promise<boolean> {
  for (let look = 0; look < LOOKS; look += 1) {
    if (look > 0) await sleep(PAUSE);
    // R means that the process runs, or waits for a processor. A process that waits for its sockets sleeps.
    if (!(await stateOf(pid)).startsWith("R")) return false;
  }
  return true;
}

/** The state of a process, as a letter of ps; empty if it is unknown. */
async function stateOf(pid: number): Promise<string> {
  try {
    if (process.platform === "linux") {
      // proc(5): the state follows the name, which is in parentheses and may contain some itself.
      const stat = await readFile(`/proc/${pid}/stat`, "latin1");
      return stat.slice(stat.lastIndexOf(")") + 2);
    }
    if (process.platform === "win32") return "";
    return (await promisify(execFile)("ps", ["-o", "state=", "-p", String(pid)])).stdout.trim();
  } catch {
    return "";
  }
}
