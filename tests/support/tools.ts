// Leaves out tests whose tool is missing, and names them at the end of the run. In CI, a missing tool is an error.

import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { bundlePrograms } from "./bundles.ts";
import { forgetProofs } from "./remembered.ts";
import { countAll, timeBefores } from "./timing.ts";

/**
 * CI runs `npm test` and then the proofs, with the same seed. The proofs leave out the samples that `npm test` has drawn,
 * because they have passed already.
 */
export const SAMPLED = process.env.SAMPLED !== undefined && process.env.SEED === process.env.SAMPLED;

/** Why tests were left out, a line for each reason. */
const leftOut: string[] = [];

/**
 * Defines tests that need a tool.
 * @param tool the program, e.g. "tmux"
 * @param probe arguments with which it prints its version
 * @throws Error in CI if the tool is missing
 */
export function withTool(tool: string, probe: readonly string[], title: string, define: () => void): void {
  const found = spawnSync(tool, probe, { stdio: "ignore" }).status === 0;
  defineUnless(found ? undefined : `${tool} is not installed`, title, define);
}

/**
 * Defines tests, or leaves them out.
 * @param problem why they cannot run on this machine; undefined if they can
 * @throws Error in CI if there is a problem
 */
export function defineUnless(problem: string | undefined, title: string, define: () => void): void {
  if (problem === undefined) {
    describe(title, define);
    return;
  }
  if (process.env.CI) throw new Error(`in CI no test may be left out: ${title} (${problem})`);
  leftOut.push(`${title} (${problem})`);
}

/**
 * Leaves out a test that turns out to be impossible on this machine.
 * @throws Error in CI
 */
export function leaveOut(test: Mocha.Context, reason: string): never {
  const title = test.test?.fullTitle() ?? "";
  if (process.env.CI) throw new Error(`in CI no test may be left out: ${title} (${reason})`);
  leftOut.push(`${title} (${reason})`);
  return test.skip();
}

// exit() also ends the programs that tests have started (programs/child-program.ts).
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));

timeBefores();

/** mocha calls these hooks in each of its processes. .mocharc.json names this file. */
export const mochaHooks = {
  beforeEach(this: Mocha.Context): void {
    if (this.currentTest !== undefined) countAll(this.currentTest);
  },
  afterAll(): void {
    for (const reason of leftOut) console.log(`\n  left out: ${reason}`);
  },
};

/** mocha calls this once, before it starts its other processes. */
export async function mochaGlobalSetup(): Promise<void> {
  // All of mocha's processes use the same seed, which is printed at the end of the run.
  process.env.SEED ??= String(randomInt(2 ** 32));
  if (process.argv.includes("--fresh")) forgetProofs();
  await bundlePrograms();
}
