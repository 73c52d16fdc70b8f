// Makes the report of a run that `npm run check -- … --json` prints, for programs of graders. Pure.

import { type Check, clauseOf } from "./check.ts";
import type { StageNumber } from "./place.ts";
import type { CheckResult } from "./run-checks.ts";
import { Reasons } from "./same-reason.ts";
import { count } from "./verdicts.ts";

export interface WholeRun {
  stage: StageNumber;
  seed: number;
  /** All checks that were wanted, in their order. */
  checks: readonly Check[];
  /** The results of those that have begun. */
  results: readonly CheckResult[];
  /** Why the run was stopped; undefined if it came to its end. */
  stopped?: string | undefined;
  /** The number of a failure's packet in the recording; undefined if none is written. */
  packetOf(result: CheckResult): number | undefined;
}

export function jsonReport(run: WholeRun): object {
  const { stage, seed, checks, results, stopped } = run;
  const reasons = new Reasons();
  return {
    stage,
    seed,
    ...count(checks, results),
    ...(stopped === undefined ? {} : { stopped }),
    checks: checks.map((check) => {
      const result = results.find((one) => one.check === check);
      return {
        ...about(check),
        ...(result === undefined ? { verdict: "not-run" } : outcome(run, result, reasons)),
      };
    }),
  };
}

function about(check: Check): object {
  const { id, title, of } = check;
  return { id, clause: clauseOf(check), title, of };
}

/** The reason that several checks have stands at the first of them. The others name it. */
function outcome({ packetOf }: WholeRun, result: CheckResult, reasons: Reasons): object {
  const { verdict, failure, problem, transcript } = result;
  const milliseconds = Math.round(result.milliseconds);
  if (verdict === "passed") return { verdict, milliseconds };
  const first = reasons.add(result);
  if (first !== undefined) return { verdict, milliseconds, sameAs: first.check.id };
  const packet = packetOf(result);
  return { verdict, milliseconds, failure, problem, ...(packet === undefined ? {} : { packet }), transcript };
}
