// Checks one exercise: the student's code with the checks of the stage, an answer with its question.

import { dirname } from "node:path";
import type { BundledPlace } from "../../checks/engine/bundles.ts";
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
import type { Advice } from "../workspace/advice.ts";
import { type CourseFiles, composePlace, programsOf } from "../workspace/compose.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { AttackRecording } from "./attack-recording.ts";

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
  /** The seed of the random values, if there were any. */
  seed?: number;
}

/** How an exercise is checked. */
export interface RunOptions {
  /** All checks of the course. */
  checks: readonly Check[];
  /** The seed of all random values, from 0 to 2^32 - 1. */
  seed: number;
  /** How long each step of a check waits, in milliseconds. */
  timeout?: number;
  /** Stops the check. The result then means nothing. */
  signal?: AbortSignal;
}

export interface CheckOptions extends RunOptions {
  workspace: Workspace;
  /** Whether the student has named this exercise. Then code that they have changed since it passed is checked as it is. */
  isNamed?: boolean;
}

/** Draws a seed for a run. */
export function drawSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

/** Checks an exercise as it is now. The caller must store the result. */
export async function checkExercise(exercise: Exercise, options: CheckOptions): Promise<Outcome> {
  const started = performance.now();
  const outcome = hasRegion(exercise)
    ? await checkProgram(exercise, options)
    : await checkStoredAnswer(exercise, options.workspace);
  return { exercise, ...outcome, milliseconds: performance.now() - started };
}

/** What a check has found. */
export type Found = Omit<Outcome, "exercise" | "milliseconds">;

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
      : `There is no ${what} yet: ${workspace.advice.answer(exercise.id)}`;
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
  const { workspace, isNamed = false } = options;
  const checks = checksOf(exercise, options.checks);
  if (typeof checks === "string") return couldNotRun(checks);
  try {
    const isChanged = exercise !== workspace.current && workspace.isChanged(exercise);
    if (exercise === workspace.current || (isNamed && isChanged)) {
      const own = workspace.text(exercise);
      const results = await checkPlace(checks, await workspace.composeWritten(exercise), options);
      return {
        ...verdictOf(results, options),
        notes: originNotes(exercise, workspace.advice, isChanged, true),
        own,
      };
    }
    const codes = workspace.passedCode();
    const own = codes.get(exercise.id);
    // Anybody can edit progress.txt, so without code nothing passes.
    if (own === undefined) return notHere(exercise);
    const found = await checkSolution(exercise, workspace, codes, options);
    return { ...found, notes: originNotes(exercise, workspace.advice, isChanged, false), own };
  } catch (error) {
    if (error instanceof ProblemError) return couldNotRun(error.message);
    throw error;
  }
}

/** Says which code was checked, if the code in work/ is not the code that has passed. */
function originNotes(
  { id, file }: ProgramExercise,
  advice: Advice,
  isChanged: boolean,
  isWritten: boolean,
): string[] {
  const passed = `work/solutions/${id}.ts`;
  const written = `work/${file}`;
  if (!isChanged) return [];
  return isWritten
    ? [`Checked was ${written} as it is now, not the code that you passed with.`]
    : [
        `Checked was the code that you passed with, ${passed}. ${written} has changed since: ${advice.check(id)}`,
      ];
}

function notHere({ id }: Exercise): Found {
  const explanation = `It was passed elsewhere, and your code is not here: copy work/solutions/${id}.ts from there, or write it again.`;
  return { verdict: "failed", results: [], explanation, notes: [] };
}

/** The checks of an exercise; or a sentence if some of them do not exist. */
function checksOf({ checks: ids, page, stage }: ProgramExercise, all: readonly Check[]): Check[] | string {
  const wanted = ids.map((id) => all.find((check) => check.id === id && check.stages.includes(stage)));
  const missing = ids.filter((_, index) => wanted[index] === undefined);
  if (missing.length > 0)
    return `${page} names checks that stage ${stage} does not have: ${missing.join(", ")}`;
  return wanted.filter((check) => check !== undefined);
}

/**
 * Checks code for an exercise in the files of the course, together with a student's code for other exercises. If that
 * fails, the code for another exercise may be to blame. Then the code is checked alone.
 * @param codes by the id of the exercise
 * @throws ProblemError if the code is not valid TypeScript
 */
export async function checkSolution(
  exercise: ProgramExercise,
  course: CourseFiles,
  codes: ReadonlyMap<string, string>,
  options: RunOptions,
): Promise<Found> {
  const checks = checksOf(exercise, options.checks);
  if (typeof checks === "string") return couldNotRun(checks);
  const check = async (used: ReadonlyMap<string, string>): Promise<Found> => {
    const place = await composePlace(course, programsOf(exercise), used);
    return { ...verdictOf(await checkPlace(checks, place, options), options), notes: [] };
  };
  const alone = new Map([...codes].filter(([id]) => id === exercise.id));
  if (codes.size === alone.size) return check(alone);
  try {
    const found = await check(codes);
    if (found.verdict === "passed" || options.signal?.aborted) return found;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
  return check(alone);
}

function verdictOf(
  results: readonly CheckResult[],
  { seed }: RunOptions,
): Pick<Found, "verdict" | "results" | "seed"> {
  const verdict = results.find((result) => result.verdict !== "passed")?.verdict ?? "passed";
  return { results, verdict, seed };
}

/**
 * Runs the checks up to the first one that does not pass, because a student solves one problem at a time. Removes the
 * place afterwards.
 */
async function checkPlace(
  checks: readonly Check[],
  { place, remove }: BundledPlace,
  { timeout, signal, seed }: RunOptions,
): Promise<CheckResult[]> {
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
  const isAttack = checks.some(({ of }) => of === "attack");
  const recording = isAttack ? await AttackRecording.begin(dirname(place.folder)) : undefined;
  let capture: Buffer | undefined;
  try {
    await runChecks(checks, recording === undefined ? place : { ...place, recorder: recording.recorder }, {
      jobs,
      seed,
      ...(timeout === undefined ? {} : { timeout }),
      signal: both,
      onResult,
    });
  } finally {
    capture = recording?.end();
    remove();
  }
  const ordered = inOrder(checks, results);
  return capture === undefined ? ordered : ordered.map((result) => ({ ...result, capture }));
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
