// Measures how long a student waits from saving a file until `npm run learn` shows the verdict in a terminal.

import { rmSync } from "node:fs";
import { hasRegion } from "../course/exercises/exercises.ts";
import { CourseCopy } from "../tests/support/course-copy.ts";
import { findTerminals, type PseudoTerminal } from "./pseudo-terminal.ts";
import type { Row } from "./report.ts";

/** How many times each exercise is saved with its solution, and how many times with its starter. */
const SAVES = 7;

/** The checks of the first exercise call functions; those of the second start a server. */
const SUBJECTS = [
  { what: "pure code", id: "03-modular-power", limit: 1000 },
  { what: "a program", id: "02-register", limit: 2500 },
] as const;

export async function measureLearn(): Promise<Row[]> {
  const terminals = findTerminals();
  if ("reason" in terminals) return [{ name: "from save to verdict", notMeasured: terminals.reason }];
  const course = new CourseCopy();
  try {
    const rows: Row[] = [];
    for (const { what, id, limit } of SUBJECTS) {
      const { passing, failing } = await measureExercise(course, id, terminals.open);
      const bound = { bound: "at most", value: limit, of: "value" } as const;
      rows.push({
        name: `from save to verdict, ${what}: ${id} passes`,
        unit: "ms",
        runs: passing,
        limit: bound,
      });
      rows.push({
        name: `from save to verdict, ${what}: ${id} fails`,
        unit: "ms",
        runs: failing,
        limit: bound,
      });
    }
    return rows;
  } finally {
    course.remove();
  }
}

/** Milliseconds from each save until the verdict has been sent to the terminal. */
interface Times {
  passing: number[];
  failing: number[];
}

async function measureExercise(
  course: CourseCopy,
  id: string,
  open: (command: readonly string[]) => PseudoTerminal,
): Promise<Times> {
  const exercise = course.exercise(id);
  if (!hasRegion(exercise)) throw new Error(`${id} has no code to save`);
  rmSync(course.path("work"), { recursive: true, force: true });
  // Earlier exercises are marked as passed, so that learn opens this one.
  const before = course.exercises.slice(0, course.exercises.indexOf(exercise));
  course.write("progress.txt", before.map((one) => `${one.id} 2026-01-01\n`).join(""));
  const learn = open([
    "env",
    "NO_COLOR=1",
    process.execPath,
    "--import",
    "tsx",
    course.path("course/learn.ts"),
  ]);
  const times: Times = { passing: [], failing: [] };
  try {
    await learn.shows(id);
    await timeUntil(learn, `not yet: ${id}`, () => course.save(id, "starter"));
    for (let save = 0; save < SAVES; save += 1) {
      times.passing.push(await timeUntil(learn, `passed: ${id}`, () => course.save(id, "solution")));
      times.failing.push(await timeUntil(learn, `not yet: ${id}`, () => course.save(id, "starter")));
    }
    return times;
  } finally {
    learn.end();
  }
}

async function timeUntil(learn: PseudoTerminal, verdict: string, save: () => void): Promise<number> {
  const start = performance.now();
  save();
  await learn.shows(verdict);
  return performance.now() - start;
}
