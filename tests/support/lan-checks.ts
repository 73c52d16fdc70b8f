// Runs all checks of stage 05 in a network of their own, and reports each as a test.

import { findChecks } from "../../checks/index.ts";
import { DEADLINE, SEED } from "./on-the-wire.ts";
import { runInOwnNetwork } from "./own-network.ts";
import { took } from "./timing.ts";

/** How many checks run side by side. They wait more than they compute. */
const JOBS = 3;

/** A check in the report of `npm run check -- … --json`. */
interface Reported {
  id: string;
  verdict: string;
  milliseconds?: number;
  failure?: { step: string; expected: string; received: string; lastWords?: string };
  problem?: string;
  sameAs?: string;
  transcript?: string[];
}

/**
 * Defines a test for each check of the peers of stage 05 in a `describe`. All run together before the first test.
 * @param options which program is checked; default: the course's own
 */
export function testLanChecks(options: readonly string[] = []): void {
  const checks = findChecks("05").filter(({ of }) => of === "peer");
  const results = new Map<string, Reported>();

  before(async function () {
    this.timeout(900_000);
    const argv = ["--json", "--seed", SEED, "--timeout", DEADLINE / 1000, "--jobs", JOBS, ...options];
    const words = [process.execPath, "--import", "tsx", "checks/check.ts", "05", ...argv.map(String)];
    const report: { checks: Reported[] } = JSON.parse(await runInOwnNetwork(words));
    for (const reported of report.checks) results.set(reported.id, reported);
  });

  for (const { id, title } of checks)
    it(`${id} ${title}`, function () {
      const result = results.get(id);
      if (result === undefined) throw new Error("it was not run");
      took(this, result.milliseconds ?? 0);
      if (result.verdict === "passed") return;
      const { failure, problem = result.sameAs, transcript = [] } = result;
      const why =
        failure === undefined
          ? problem
          : [`expected ${failure.expected}`, `received ${failure.received}`, failure.lastWords].join("\n");
      const steps = transcript.map((step) => `  - ${step}`).join("\n");
      throw new Error(`${result.verdict}: ${failure?.step ?? ""}\n${why}\nseed ${SEED}; steps:\n${steps}`);
    });
}
