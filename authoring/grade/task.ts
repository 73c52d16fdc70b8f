// What the grader tells a judge (a JSON object on standard input), and what the judge answers (a line for each event on
// standard output). Both are checked, because a judge runs what students have written. Pure.

import type { Grade } from "../../course/exercises/grades.ts";

/** The work of one judge. */
export interface Task {
  /** The exercises to judge, in this order. */
  ids: readonly string[];
  /** All code and all answers that were handed in, by the exercise's id. */
  solutions: Readonly<Record<string, string>>;
  answers: Readonly<Record<string, string>>;
  seed: number;
  /** How many seconds a judge may take. Then it ends itself, wherever it runs. */
  limit: number;
}

/** A judge begins with an exercise, or has its grade. */
export type JudgeEvent = { begins: string } | { grade: Grade };

/** The exit code of a judge whose time is over. */
export const TOO_LATE = 124;

/** How long texts from a judge may be, in characters. */
const MOST_CAUSE = 1000;
const MOST_REPORT = 20_000;

/** @returns undefined if the line is none of the judge's */
export function parseEvent(line: string, ids: readonly string[]): JudgeEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { begins, grade } = (value ?? {}) as { begins?: unknown; grade?: Record<string, unknown> };
  if (typeof begins === "string") return ids.includes(begins) ? { begins } : undefined;
  const { id, verdict, milliseconds, cause, report } = grade ?? {};
  if (typeof id !== "string" || !ids.includes(id) || typeof milliseconds !== "number") return undefined;
  if (verdict !== "passed" && verdict !== "failed" && verdict !== "could-not-run") return undefined;
  return {
    grade: {
      id,
      verdict,
      milliseconds,
      ...(typeof cause === "string" ? { cause: cause.slice(0, MOST_CAUSE) } : {}),
      ...(typeof report === "string" ? { report: report.slice(0, MOST_REPORT) } : {}),
    },
  };
}

/** @throws Error if the text is no task */
export function parseTask(text: string): Task {
  const { ids, solutions, answers, seed, limit } = JSON.parse(text) as Partial<Task>;
  const isTask =
    Array.isArray(ids) &&
    ids.every((id) => typeof id === "string") &&
    isTexts(solutions) &&
    isTexts(answers) &&
    typeof seed === "number" &&
    typeof limit === "number";
  if (!isTask) throw new Error("this is no task");
  return { ids, solutions, answers, seed, limit };
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((one) => typeof one === "string")
  );
}
