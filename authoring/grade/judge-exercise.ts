// Judges one exercise of a submission: the student's code in a pristine stage, or their answer.

import { join } from "node:path";
import { type BundledPlace, BundleError, bundleValidPlace } from "../../checks/engine/bundles.ts";
import type { Check } from "../../checks/engine/check.ts";
import { type CheckResult, runChecks } from "../../checks/engine/run-checks.ts";
import { type Exercise, hasRegion, type ProgramExercise } from "../../course/exercises/exercises.ts";
import type { Grade } from "../../course/exercises/grades.ts";
import { checkAnswer, type Outcome } from "../../course/learn/check-exercise.ts";
import { gradeOfOutcome } from "../../course/learn/grade-of-outcome.ts";
import type { Workspace } from "../../course/workspace/workspace.ts";
import { makeVariant } from "../prove/variant.ts";
import { confinement } from "./confinement.ts";
import type { Task } from "./task.ts";

/** How much of a line of code is shown, in characters. */
const MOST_OF_LINE = 100;

export interface Bench {
  /** Copies of stages are made in here. */
  folder: string;
  /** Programs may write in here. */
  temporary: string;
  /** All checks of the course. */
  checks: readonly Check[];
  /** A workspace without anything in it, for questions. */
  workspace: Workspace;
}

/** An outcome of which the exercise and the time are known already. */
type Judged = Omit<Outcome, "exercise" | "milliseconds">;

export async function judgeExercise(exercise: Exercise, task: Task, bench: Bench): Promise<Grade> {
  const started = performance.now();
  const judged = hasRegion(exercise)
    ? await judgeProgram(exercise, task, bench)
    : await judgeQuestion(exercise, task.answers[exercise.id], bench);
  return gradeOfOutcome({ exercise, ...judged, milliseconds: performance.now() - started });
}

async function judgeQuestion(exercise: Exercise, answer: string | undefined, bench: Bench): Promise<Judged> {
  if (answer === undefined) return couldNotRun("nothing handed in");
  return checkAnswer(exercise, answer, bench.workspace);
}

/**
 * Judges the code in a stage that is otherwise the course's own, so that a mistake in one exercise costs one point. What
 * a student has written for one exercise may use what they have written for another. So if it does not pass alone, it is judged once
 * more among all that was handed in.
 */
async function judgeProgram(exercise: ProgramExercise, task: Task, bench: Bench): Promise<Judged> {
  const own = task.solutions[exercise.id];
  if (own === undefined) return couldNotRun("nothing handed in");
  const alone = await judgeAmong(new Map([[exercise.id, own]]), exercise, task.seed, bench);
  const all = Object.entries(task.solutions);
  if (alone.verdict === "passed" || all.length === 1) return alone;
  const together = await judgeAmong(new Map(all), exercise, task.seed, bench);
  return together.verdict === "passed" ? together : alone;
}

async function judgeAmong(
  solutions: ReadonlyMap<string, string>,
  exercise: ProgramExercise,
  seed: number,
  bench: Bench,
): Promise<Judged> {
  const isAttack = exercise.kind === "attack";
  const copy = await composePlace(solutions, exercise, bench);
  let bundled: BundledPlace | undefined;
  try {
    bundled = await bundleValidPlace(copy.place, isAttack, copy.folder, { confinedTo: copy.folder });
    process.env.NODE_OPTIONS = confinement(bench.folder, bench.temporary, isAttack);
    const results = await runUntilOneFails(exercise, bundled.place, seed, bench.checks);
    const verdict = results.find((result) => result.verdict !== "passed")?.verdict ?? "passed";
    return { verdict, results, notes: [] };
  } catch (error) {
    return couldNotRun(whyNotBundled(error));
  } finally {
    delete process.env.NODE_OPTIONS;
    bundled?.remove();
    copy.remove();
  }
}

/** A copy of the stage, and of all else that an attack needs, with these solutions in their regions. */
async function composePlace(
  solutions: ReadonlyMap<string, string>,
  exercise: ProgramExercise,
  { folder }: Bench,
) {
  const withAttacks = exercise.kind === "attack";
  const options = { regions: solutions, withAttacks, unbundled: true, parent: folder };
  const { place, remove } = await makeVariant(exercise.stage, options);
  return { place, folder: join(place.folder, ".."), remove };
}

/** The results of the exercise's checks, in their order, up to the first that did not pass. */
async function runUntilOneFails(
  exercise: ProgramExercise,
  place: BundledPlace["place"],
  seed: number,
  all: readonly Check[],
): Promise<CheckResult[]> {
  const checks = all.filter(
    ({ id, stages }) => exercise.checks.includes(id) && stages.includes(exercise.stage),
  );
  const enough = new AbortController();
  // Checks of functions and of servers share a process, so they run in turn. Each client is a process of its own.
  const jobs = checks.every(({ of }) => of === "module" || of === "server") ? 1 : 2;
  const results = new Map<Check, CheckResult>();
  const onResult = (result: CheckResult): void => {
    results.set(result.check, result);
    if (result.verdict !== "passed") enough.abort();
  };
  await runChecks(checks, place, { jobs, seed, signal: enough.signal, onResult });
  if (checks.length !== exercise.checks.length || checks.length === 0)
    throw new Error(`${exercise.page} names checks that stage ${exercise.stage} does not have`);
  return checks.flatMap((check) => results.get(check) ?? []); // Without those that were given up.
}

/** Why no program could be made of the code: the first mistake that esbuild names, and the line where it is. */
function whyNotBundled(error: unknown): string {
  if (!(error instanceof BundleError)) return oneLine(error instanceof Error ? error.message : String(error));
  const line = error.lineText.trim().slice(0, MOST_OF_LINE);
  return oneLine(
    `this is no TypeScript that runs here: ${error.message}${line === "" ? "" : `, in the line: ${line}`}`,
  );
}

function couldNotRun(explanation: string): Judged {
  return { verdict: "could-not-run", results: [], explanation, notes: [] };
}

function oneLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
