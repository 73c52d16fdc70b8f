// Measures how long checks must wait on this machine: some machines start programs ten times as slowly as others.

import { spawn } from "node:child_process";

/** Checks wait this many times longer than an empty program needs to start. */
const STARTS = 8;
const LEAST = 2000;
const MOST = 10_000;

/** Starts an empty program, and computes how long to wait. @returns milliseconds */
export async function measurePatience(): Promise<number> {
  const started = performance.now();
  await new Promise<void>((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", "-e", ""], { stdio: "ignore" });
    child.on("error", () => resolve());
    child.on("close", () => resolve());
  });
  const wait = Math.ceil((STARTS * (performance.now() - started)) / 1000) * 1000; // Reports show the time in seconds.
  return Math.min(MOST, Math.max(LEAST, wait));
}
