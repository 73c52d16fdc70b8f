// Checks one exercise: the student's code with the checks of the stage, an answer with its question.

import { dirname } from "node:path";
import { bundlePlace } from "../../checks/engine/bundles.ts";
import type { Check } from "../../checks/engine/check.ts";
import { type CheckResult, runChecks, type Verdict } from "../../checks/engine/run-checks.ts";
import { type Exercise, hasRegion, type ProgramExercise } from "../exercises/exercises.ts";
import { ProblemError } from "../exercises/problem.ts";
import {
  type Judgement,
  judgeAnswer,
  judgeGuess,
  loadPrediction,
  loadQuestion,
} from "../exercises/question.ts";
import type { Workspace } from "../workspace/workspace.ts";

export interface Outcome {
  exercise: Exercise;
  verdict: Verdict;
  milliseconds: number;
  /** In the order of the exercise's checks, up to the first one that did not pass. */
  results: readonly CheckResult[];
  /** What was observed (passed), why an answer is wrong (failed), or why nothing could run: some sentences. */
  explanation?: string;
  /** Sentences about other things that the student should know. */
  notes: readonly string[];
  /** The code or the answer that has passed. */
  own?: string;
}

export interface CheckOptions {
  workspace: Workspace;
  /** All checks of the course. */
  checks: readonly Check[];
  /** How long each step of a check waits, in milliseconds. */
  timeout?: number;
  /** Stops the check. The result then means nothing. */
  signal?: AbortSignal;
}

/** Checks an exercise as it is now. The caller must store the result. */
export async function checkExercise(exercise: Exercise, options: CheckOptions): Promise<Outcome> {
  const started = performance.now();
  const outcome = hasRegion(exercise)
    ? await checkProgram(exercise, options)
    : await checkStoredAnswer(exercise, options.workspace);
  return { exercise, ...outcome, milliseconds: performance.now() - started };
}

type Found = Omit<Outcome, "exercise" | "milliseconds">;

/** A guess is stored when its programs have run. So it counts, also where they cannot run now. */
async function checkStoredAnswer(exercise: Exercise, workspace: Workspace): Promise<Found> {
  const answer = workspace.student.answer(exercise.id);
  const found = await checkAnswer(exercise, answer, workspace);
  if (exercise.kind !== "predict" || answer === undefined || found.verdict !== "could-not-run") return found;
  const note = `What it asks about could not run just now: ${found.explanation}`;
  return {
    verdict: "passed",
    results: [],
    explanation: `Your guess was ${answer}.`,
    notes: [note],
    own: answer,
  };
}

/** Judges an answer that may not be stored yet. */
export async function checkAnswer(
  exercise: Exercise,
  answer: string | undefined,
  workspace: Workspace,
): Promise<Found> {
  if (answer === undefined) {
    // Anybody can edit progress.txt, so without an answer nothing passes.
    const what = exercise.kind === "predict" ? "guess" : "answer";
    const explanation = workspace.progress.has(exercise.id)
      ? `It was passed elsewhere, and the ${what} is not here: copy work/answers/ from there, or answer again.`
      : `There is no ${what} yet: press a, or npm run learn -- answer ${exercise.id} "…"`;
    return { verdict: "failed", results: [], explanation, notes: [] };
  }
  try {
    const judgement = await judge(exercise, answer);
    if (judgement.verdict === "passed")
      return { verdict: "passed", results: [], explanation: judgement.observed, notes: [], own: answer };
    const explanation = judgement.verdict === "failed" ? judgement.explanation : judgement.reason;
    return { verdict: judgement.verdict, results: [], explanation, notes: [] };
  } catch (error) {
    return couldNotRun(error instanceof Error ? error.message : String(error));
  }
}

/** A question about a capture is answered rightly or wrongly; a prediction is made, and may be wrong. */
async function judge({ id, kind }: Exercise, answer: string): Promise<Judgement> {
  return kind === "predict"
    ? judgeGuess(await loadPrediction(id), answer)
    : judgeAnswer(await loadQuestion(id), answer);
}

async function checkProgram(exercise: ProgramExercise, options: CheckOptions): Promise<Found> {
  const { workspace } = options;
  const isCurrent = exercise === workspace.current;
  const wanted = exercise.checks.map((id) =>
    options.checks.find((check) => check.id === id && check.stages.includes(exercise.stage)),
  );
  const missing = exercise.checks.filter((_, index) => wanted[index] === undefined);
  if (missing.length > 0)
    return couldNotRun(
      `${exercise.page} names checks that stage ${exercise.stage} does not have: ${missing.join(", ")}`,
    );
  const checks = wanted.filter((check) => check !== undefined);
  try {
    const own = workspace.ownCode(exercise);
    const results = await runUntilOneFails(checks, exercise, options);
    const verdict = results.find((result) => result.verdict !== "passed")?.verdict ?? "passed";
    const checked = exercise.solution === undefined ? "the starter" : "the course's own";
    const note = `Your code for ${exercise.id} is not here (copy work/solutions/ from where you passed it): ${checked} was checked.`;
    return { verdict, results, notes: own === undefined && !isCurrent ? [note] : [], own: own ?? "" };
  } catch (error) {
    if (error instanceof ProblemError) return couldNotRun(error.message);
    throw error;
  }
}

/** Runs the checks up to the first one that does not pass, because a student solves one problem at a time. */
async function runUntilOneFails(
  checks: readonly Check[],
  exercise: ProgramExercise,
  { workspace, timeout, signal }: CheckOptions,
): Promise<CheckResult[]> {
  const isCurrent = exercise === workspace.current;
  const own = isCurrent ? workspace.place(exercise) : workspace.checkingPlace(exercise);
  const { place, remove } = await bundlePlace(own, exercise.kind === "attack", dirname(own.folder));
  const enough = new AbortController();
  const results = new Map<Check, CheckResult>();
  const onResult = (result: CheckResult): void => {
    results.set(result.check, result);
    const before = inOrder(checks, results);
    if (before.at(-1) !== undefined && before.at(-1)?.verdict !== "passed") enough.abort();
  };
  const both = signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal]);
  // Checks of functions and of servers share a process, so they run in turn. Each client is a process of its own.
  const jobs = checks.every(({ of }) => of === "module" || of === "server") ? 1 : 2;
  try {
    await runChecks(checks, place, {
      jobs,
      ...(timeout === undefined ? {} : { timeout }),
      signal: both,
      onResult,
    });
  } finally {
    remove();
  }
  return inOrder(checks, results);
}

/** The results in order, up to the first one that is missing or did not pass. */
function inOrder(checks: readonly Check[], results: ReadonlyMap<Check, CheckResult>): CheckResult[] {
  const ordered: CheckResult[] = [];
  for (const check of checks) {
    const result = results.get(check);
    if (result === undefined) break;
    ordered.push(result);
    if (result.verdict !== "passed") break;
  }
  return ordered;
}

function couldNotRun(explanation: string): Found {
  return { verdict: "could-not-run", results: [], explanation, notes: [] };
}

/** The result that decides the verdict: the first one that did not pass. */
export function decisive(outcome: Outcome): CheckResult | undefined {
  return outcome.results.find(({ verdict }) => verdict !== "passed");
}
