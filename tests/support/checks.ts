// Runs checks, and reports each as a test.

import { JOBS, reportOf } from "../../authoring/prove/prove.ts";
import { makeVariant, type Variant } from "../../authoring/prove/variant.ts";
import type { Check } from "../../checks/engine/check.ts";
import type { StageNumber } from "../../checks/engine/place.ts";
import { type Place, referencePlace } from "../../checks/engine/place.ts";
import { type CheckResult, runChecks } from "../../checks/engine/run-checks.ts";
import { findChecks } from "../../checks/index.ts";
import { DEADLINE, SEED } from "./on-the-wire.ts";
import { took } from "./timing.ts";

/** Defines a test for each check of a stage. The stage's own programs must pass it. */
export function testStage(stage: StageNumber): void {
  const checks = findChecks(stage);
  let variant: Variant | undefined;
  before(async () => {
    // The copy is bundled, because its programs are started some hundred times.
    variant = await makeVariant(stage, { withAttacks: true });
  });
  testChecks(checks, () => variant?.place ?? referencePlace(stage));
  after(() => variant?.remove());
}

/** Defines a test for each check in a `describe`. All checks run together before the first test. */
export function testChecks(checks: readonly Check[], place: () => Place): void {
  const results = new Map<string, CheckResult>();

  before(async function () {
    this.timeout(600_000);
    for (const result of await runChecks(checks, place(), { timeout: DEADLINE, seed: SEED, jobs: JOBS }))
      results.set(result.check.id, result);
  });

  for (const { id, title } of checks) {
    it(`${id} ${title}`, function () {
      const result = results.get(id);
      if (result === undefined) throw new Error("it was not run");
      took(this, result.milliseconds);
      if (result.verdict === "passed") return;
      const transcript = result.transcript.map((step) => `  - ${step}`).join("\n");
      throw new Error(`${reportOf(result)}\nseed ${SEED}; steps:\n${transcript}`);
    });
  }
}
