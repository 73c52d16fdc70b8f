// What grading finds out: a grade for each exercise, and a row for each submission. Pure.

import type { Verdict } from "../../checks/engine/run-checks.ts";

/** A verdict; or nothing was handed in, and nothing was claimed. */
export type GradeVerdict = Verdict | "not-begun";

export interface Grade {
  /** The exercise's id. */
  id: string;
  verdict: GradeVerdict;
  milliseconds: number;
  /** Why it has not passed, in one line. */
  cause?: string;
  /** The whole report, if there is one. */
  report?: string;
}

/** What is known of one submission. */
export interface Row {
  /** The name of its folder. */
  name: string;
  /** One for each exercise, in the order of the course; empty if the submission could not be judged. */
  grades: readonly Grade[];
  /** Sentences about files that were ignored. */
  notes: readonly string[];
  /** Why the whole submission could not be judged, in one line. */
  problem?: string;
}

export interface Counts {
  passed: number;
  failed: number;
  couldNotRun: number;
  notBegun: number;
  /** One for each exercise passed. */
  points: number;
}

export function countGrades(grades: readonly Pick<Grade, "verdict">[]): Counts {
  const of = (verdict: GradeVerdict): number => grades.filter((grade) => grade.verdict === verdict).length;
  const passed = of("passed");
  return {
    passed,
    failed: of("failed"),
    couldNotRun: of("could-not-run"),
    notBegun: of("not-begun"),
    points: passed,
  };
}
