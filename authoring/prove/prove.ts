// Proves that the course catches mistakes: runs checks against starters and wrong answers, and returns the results.

import type { Check } from "../../checks/engine/check.ts";
import { formatFailure } from "../../checks/engine/format-failure.ts";
import type { StageNumber } from "../../checks/engine/place.ts";
import { type CheckResult, runChecks } from "../../checks/engine/run-checks.ts";
import { findChecks } from "../../checks/index.ts";
import { makeVariant, type VariantOptions } from "./variant.ts";

/** Wide enough that no line of a report is cut. */
const WIDTH = 1000;

/** How long checks wait for a wrong program, in milliseconds. Many of these programs never answer. */
const PATIENCE = 6000;

/** How many checks run at the same time. They wait more than they compute. */
export const JOBS = 4;

/** Runs checks of a stage against a changed copy of the stage. */
export async function checkVariant(
  stage: StageNumber,
  variant: VariantOptions,
  checks: readonly Check[],
  options: { timeout?: number; seed?: number; signal?: AbortSignal } = {},
): Promise<CheckResult[]> {
  const withModules = checks.some((check) => check.of === "module");
  const { place, remove } = await makeVariant(stage, { ...variant, withModules });
  try {
    return await runChecks(checks, place, { timeout: PATIENCE, jobs: JOBS, ...options });
  } finally {
    remove();
  }
}

/** @throws Error if the stage has no check with this id */
export function checkOf(stage: StageNumber, id: string): Check {
  const check = findChecks(stage, id).find((one) => one.id === id);
  if (check === undefined) throw new Error(`stage ${stage} has no check ${id}`);
  return check;
}

/** The report of a result, as a student sees it, but in full width. */
export function reportOf(result: CheckResult): string {
  return formatFailure(result, WIDTH).join("\n");
}
