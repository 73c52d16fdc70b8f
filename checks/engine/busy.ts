// Whether a program that says nothing computes instead of waiting: then a loop in it has most likely no end.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** How often, and how long apart in milliseconds, a look is taken: who only passes by is seen waiting once at least. */
const LOOKS = 6;
const PAUSE = 50;

/** The likely cause of a silent program that is busy. */
export const ENDLESS = "It computes and answers nobody: a loop in it has no end, or does far too much work.";

/** @returns false where it cannot be told: on Windows, say */
export async function isBusy(pid: number): Promise<boolean> {
  for (let look = 0; look < LOOKS; look += 1) {
    if (look > 0) await sleep(PAUSE);
    // R is running, or waiting for a processor; a program that waits for its sockets sleeps.
    if (!(await stateOf(pid)).startsWith("R")) return false;
  }
  return true;
}

/** The state of a process, as the letter that ps has for it; empty if it is not known. */
async function stateOf(pid: number): Promise<string> {
  try {
    if (process.platform === "linux") {
      // proc(5): the state follows the name, which stands in parentheses and may hold some itself.
      const stat = await readFile(`/proc/${pid}/stat`, "latin1");
      return stat.slice(stat.lastIndexOf(")") + 2);
    }
    if (process.platform === "win32") return "";
    return (await promisify(execFile)("ps", ["-o", "state=", "-p", String(pid)])).stdout.trim();
  } catch {
    return "";
  }
}
