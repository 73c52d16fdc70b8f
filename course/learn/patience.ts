// How long programs take to start here: it says how long a check should wait on this machine.

import { spawn } from "node:child_process";

/** A program that has not said anything after this many of its starts will not, on any machine that we know of. */
const STARTS = 8;
const LEAST = 2000;
const MOST = 10_000;

/** How long a check waits for anything on this machine, in milliseconds. */
export async function startTime(): Promise<number> {
  const started = performance.now();
  await new Promise<void>((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", "-e", ""], { stdio: "ignore" });
    child.on("error", () => resolve());
    child.on("close", () => resolve());
  });
  return Math.min(MOST, Math.max(LEAST, STARTS * (performance.now() - started)));
}
