// How long a check waits for a program on this machine: some start programs ten times as slowly as others.

import { spawn } from "node:child_process";

/** A program that has said nothing for so many times as long as an empty one needs to start will say nothing. */
const STARTS = 8;
const LEAST = 2000;
const MOST = 10_000;

/** Starts an empty program. @returns milliseconds */
export async function measurePatience(): Promise<number> {
  const started = performance.now();
  await new Promise<void>((resolve) => {
    const child = spawn(process.execPath, ["--import", "tsx", "-e", ""], { stdio: "ignore" });
    child.on("error", () => resolve());
    child.on("close", () => resolve());
  });
  const wait = Math.ceil((STARTS * (performance.now() - started)) / 1000) * 1000; // Whole seconds: they are shown.
  return Math.min(MOST, Math.max(LEAST, wait));
}
