// Whether the course catches mistakes: runs checks against starters and wrong answers, and says what they found.

import type { Check } from "../../checks/engine/check.ts";
import { formatFailure } from "../../checks/engine/format-failure.ts";
import type { StageNumber } from "../../checks/engine/place.ts";
import { type CheckResult, runChecks } from "../../checks/engine/run-checks.ts";
import { findChecks } from "../../checks/index.ts";
import { makeVariant, type VariantOptions } from "./variant.ts";

/** Wide enough that no line of a report is cut. */
const WIDTH = 1000;

/** How long checks of wrong programs wait for anything, in milliseconds: many of these say nothing, or compute without end. */
const PATIENCE = 6000;

/** Checks wait more than they compute: so many run side by side. */
export const JOBS = 4;

/** Runs checks of a stage against a variant of it. */
export async function checkVariant(
  stage: StageNumber,
  variant: VariantOptions,
  checks: readonly Check[],
  options: { timeout?: number; seed?: number } = {},
): Promise<CheckResult[]> {
  const { place, remove } = await makeVariant(stage, variant);
  try {
    return await runChecks(checks, place, { timeout: PATIENCE, jobs: JOBS, ...options });
  } finally {
    remove();
  }
}

/** @throws Error if the stage has no check of that id */
export function checkOf(stage: StageNumber, id: string): Check {
  const check = findChecks(stage, id).find((one) => one.id === id);
  if (check === undefined) throw new Error(`stage ${stage} has no check ${id}`);
  return check;
}

/** What a student sees of a result, in full width. */
export function reportOf(result: CheckResult): string {
  return formatFailure(result, WIDTH).join("\n");
}
