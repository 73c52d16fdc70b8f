// Leaves out tests whose tool is missing, and names them at the end of the run. In CI, a missing tool is an error.

import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
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

/** What `npm run 06:setup` has installed if it has run. */
export const STAGE_06_PACKAGES = join(COURSE_FOLDER, "06-dht-chat", "node_modules", "libp2p", "package.json");

/**
 * Defines tests that need the packages of stage 06, which the course's own `npm ci` does not install. Their files import
 * the stage's engine inside of `before`, not at the top: it would not be found. They get more time than others, since
 * nodes have to find each other.
 * @throws Error in CI if the packages are missing
 */
export function withStage06(title: string, define: () => void): void {
  if (existsSync(STAGE_06_PACKAGES)) {
    describe(title, function stage06() {
      this.timeout(120_000);
      define();
    });
    return;
  }
  if (process.env.CI) throw new Error(`in CI no test may be left out: npm run 06:setup first (${title})`);
  leftOut.push(`${title} (the packages of stage 06 are not installed: npm run 06:setup)`);
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
