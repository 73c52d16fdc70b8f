// Tests that need a tool of the system's: left out, and named at the end of the run, where it is missing; but not in CI.

import { spawnSync } from "node:child_process";

/** Why tests were left out, a line for each reason. */
const leftOut: string[] = [];

/**
 * Defines tests that need a tool.
 * @param tool the program, e.g. "tmux"
 * @param probe arguments with which it says its version and ends
 * @throws Error in CI, if the tool is missing
 */
export function withTool(tool: string, probe: readonly string[], title: string, define: () => void): void {
  const found = spawnSync(tool, probe, { stdio: "ignore" }).status === 0;
  if (found) {
    describe(title, define);
    return;
  }
  if (process.env.CI) throw new Error(`${tool} is missing, and in CI no test may be left out: ${title}`);
  leftOut.push(`${title} (${tool} is not installed)`);
}

/**
 * Leaves out a test that turns out to be impossible here, because of what this machine allows.
 * @throws Error in CI
 */
export function leaveOut(test: Mocha.Context, reason: string): never {
  const title = test.test?.fullTitle() ?? "";
  if (process.env.CI) throw new Error(`in CI no test may be left out: ${title} (${reason})`);
  leftOut.push(`${title} (${reason})`);
  return test.skip();
}

// What the tests have started ends with us (programs/child-program.ts), also when somebody ends us.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));

/** mocha calls this after the last test; .mocharc.json names this file. */
export const mochaHooks = {
  afterAll(): void {
    for (const reason of leftOut) console.log(`\n  left out: ${reason}`);
  },
};
