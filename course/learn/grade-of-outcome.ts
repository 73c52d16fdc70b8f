// Makes a grade of an outcome, for reports that other programs read. Pure.

import { formatFailure } from "../../checks/engine/format-failure.ts";
import type { Grade } from "../exercises/grades.ts";
import { decisive, type Outcome } from "./check-exercise.ts";

/** The width of a report, in columns. */
const WIDTH = 110;

export function gradeOfOutcome(outcome: Outcome): Grade {
  const { exercise, verdict, explanation = "" } = outcome;
  const grade = { id: exercise.id, verdict, milliseconds: Math.round(outcome.milliseconds) };
  if (verdict === "passed") return grade;
  const result = decisive(outcome);
  if (result === undefined) return { ...grade, cause: firstLine(explanation), report: explanation };
  const { check, problem } = result;
  const report = formatFailure(result, WIDTH).join("\n");
  return { ...grade, cause: firstLine(`${check.id}: ${problem ?? check.title}`), report };
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
