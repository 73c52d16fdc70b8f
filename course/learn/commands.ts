// Commands of learn without a full screen. Each prints and returns an exit code: 0 passed, 1 failed, 2 could not run.

import { writeFileSync } from "node:fs";
import type { Check } from "../../checks/engine/check.ts";
import type { Paint } from "../../terminal/paint.ts";
import { column, cut, wrap } from "../../terminal/text.ts";
import { type Exercise, hasRegion, type ProgramExercise } from "../exercises/exercises.ts";
import { countGrades, type Grade } from "../exercises/grades.ts";
import { gradesAsJunit } from "../exercises/grades-junit.ts";
import { EncodingError, ProblemError } from "../exercises/problem.ts";
import { GIVEN } from "../workspace/progress.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { checkAnswer, checkExercise, type Outcome } from "./check-exercise.ts";
import { renderBoth, renderDiff } from "./code-view.ts";
import { doctor, findingLines } from "./doctor.ts";
import { gradeOfOutcome } from "./grade-of-outcome.ts";
import { wayMark } from "./list-view.ts";
import { hintLines, meaningLines, outcomeLines, placeOf, taskLines, verdictLine } from "./report.ts";
import { PROGRAM_NAMES, readStart, runProgram } from "./run-program.ts";
import { whySolutionHidden } from "./solution.ts";

/** A problem that the student can solve: one line, and exit code 2. */
export class LearnError extends Error {}

export interface CommandContext {
  workspace: Workspace;
  /** The seed of all random values in checks, from 0 to 2^32 - 1. */
  seed: number;
  /** Loads the checks. Only commands that check something call it. */
  loadChecks(): Promise<readonly Check[]>;
  /** The width of the output, in columns. */
  width: number;
  paint: Paint;
  print(lines: readonly string[]): void;
}

interface Command {
  /** The arguments, as the usage shows them. */
  takes: string;
  about: string;
  /** The smallest and the largest number of arguments. */
  count: readonly [number, number];
  run(around: CommandContext, argv: readonly string[]): number | Promise<number>;
}

export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    "list",
    {
      takes: "[--short]",
      about: "all exercises, which are passed, and which are on the short way",
      count: [0, 0],
      run: list,
    },
  ],
  [
    "check",
    {
      takes: "[ID] [--seed N] [--json] [--junit FILE]",
      about: "check all exercises passed and the current one; or the one named",
      count: [0, 1],
      run: check,
    },
  ],
  [
    "answer",
    { takes: "ID TEXT", about: "answer an exercise that asks a question", count: [2, 100], run: answer },
  ],
  [
    "next",
    {
      takes: "[--short]",
      about: "make the next exercise that is not passed the current one",
      count: [0, 0],
      run: next,
    },
  ],
  ["hint", { takes: "[ID]", about: "the next hint", count: [0, 1], run: hint }],
  ["diff", { takes: "[ID]", about: "your code beside the starter", count: [0, 1], run: diff }],
  [
    "solution",
    { takes: "ID", about: "the solution, after passing or after all hints", count: [1, 1], run: solution },
  ],
  [
    "reset",
    {
      takes: "ID",
      about: "begin an exercise again; a copy of your files is kept",
      count: [1, 1],
      run: reset,
    },
  ],
  [
    "run",
    {
      takes: "01:server [-- OPTIONS]",
      about: "run a program with your code; the course's own runs for what you have not written yet",
      count: [0, 100],
      run: runOwn,
    },
  ],
  ["doctor", { takes: "", about: "what this machine needs, and what to do", count: [0, 0], run: runDoctor }],
]);

/**
 * @param argv the arguments after the command's name, without options
 * @throws LearnError if they are wrong
 */
export async function runCommand(
  name: string,
  argv: readonly string[],
  around: CommandContext,
): Promise<number> {
  const command = COMMANDS.get(name);
  if (command === undefined)
    throw new LearnError(
      `there is no command ${JSON.stringify(name)}; there are ${[...COMMANDS.keys()].join(", ")}`,
    );
  const [least, most] = command.count;
  if (argv.length < least || argv.length > most)
    throw new LearnError(`usage: npm run learn -- ${name} ${command.takes}`.trimEnd());
  return command.run(around, argv);
}

/** The exercise with this id; without an id, the current one. */
function exerciseOf({ workspace }: CommandContext, id: string | undefined): Exercise {
  if (id === undefined) return workspace.current;
  const exercise = workspace.find(id);
  if (exercise === undefined)
    throw new LearnError(
      `there is no exercise ${JSON.stringify(id)}; "npm run learn -- list" shows them all`,
    );
  return exercise;
}

function programOf(around: CommandContext, id: string | undefined): ProgramExercise {
  const exercise = exerciseOf(around, id);
  if (!hasRegion(exercise)) throw new LearnError(`${exercise.id} asks a question: it has no code`);
  return exercise;
}

function list({ workspace, width, paint, print }: CommandContext): number {
  const { current } = workspace;
  print(
    workspace.way.map((exercise) => {
      const mark = exercise === current ? ">" : " ";
      const day = workspace.progress.dayOf(exercise.id);
      const passed =
        day === undefined
          ? column("", 17)
          : paint("good", column(day === GIVEN ? "given" : `passed ${day}`, 17));
      return cut(
        `${mark} ${column(exercise.id, 20)} ${column(exercise.kind, 8)} ${wayMark(exercise)} ${passed} ${exercise.title.replaceAll("`", "")}`,
        width,
      ).trimEnd();
    }),
  );
  const own = workspace.way.filter(({ id }) => !workspace.progress.isGiven(id));
  const given = workspace.way.length - own.length;
  const passed = `${own.filter(({ id }) => workspace.progress.has(id)).length} of ${own.length} passed`;
  print(["", `${passed}${given === 0 ? "" : `, ${given} given solved`}; > marks the current one`]);
  return 0;
}

async function check(around: CommandContext, argv: readonly string[]): Promise<number> {
  const { width, paint, print, workspace } = around;
  const outcomes = await checkWanted(around, argv[0], print, (outcome) =>
    print(shortReport(outcome, width, paint)),
  );
  const [only] = outcomes;
  const news = outcomes.filter(
    ({ exercise, verdict }) => exercise === workspace.current && verdict === "passed",
  );
  for (const { exercise } of argv[0] === undefined ? news : [])
    print(["", ...meaningLines(exercise, width, paint)]);
  if (argv[0] !== undefined && only?.verdict === "passed")
    print(["", ...meaningLines(only.exercise, width, paint)]);
  return finish(around, outcomes);
}

/**
 * The same for other programs: as one JSON object, as a JUnit report, or both. An exercise that was never begun is none
 * that has failed: it is only counted.
 * @param junit the file of the JUnit report; undefined for none
 */
export async function checkForPrograms(
  around: CommandContext,
  argv: readonly string[],
  { json, junit }: { json: boolean; junit: string | undefined },
): Promise<number> {
  if (argv.length > 1)
    throw new LearnError("usage: npm run learn -- check [ID] [--seed N] [--json] [--junit FILE]");
  const { workspace, width, paint, print, seed } = around;
  const say = json ? () => {} : print;
  const outcomes = (
    await checkWanted(around, argv[0], say, (outcome) => {
      if (!isUnbegun(workspace, outcome.exercise)) say(shortReport(outcome, width, paint));
    })
  ).filter(({ exercise }) => argv[0] !== undefined || !isUnbegun(workspace, exercise));
  const grades = gradesOf(workspace, outcomes, argv[0]);
  if (junit !== undefined)
    writeFileSync(junit, gradesAsJunit([{ name: "exercises", grades, notes: [] }], seed));
  if (json) {
    const totals = { ...countGrades(grades), of: grades.length };
    print([JSON.stringify({ seed, ...totals, exercises: outcomes.map(asJson) }, null, 2)]);
  }
  return exitCodeOf(outcomes);
}

/** The named exercise, or all in the order of the course. Those that were given solved are worth nothing. */
function gradesOf(workspace: Workspace, outcomes: readonly Outcome[], id: string | undefined): Grade[] {
  if (id !== undefined) return outcomes.map(gradeOfOutcome);
  return workspace.exercises
    .filter((exercise) => !workspace.progress.isGiven(exercise.id))
    .map((exercise) => {
      const outcome = outcomes.find((one) => one.exercise === exercise);
      return outcome === undefined
        ? { id: exercise.id, verdict: "not-begun", milliseconds: 0 }
        : gradeOfOutcome(outcome);
    });
}

/** Whether nothing has been written or answered yet. */
function isUnbegun(workspace: Workspace, exercise: Exercise): boolean {
  if (workspace.progress.has(exercise.id)) return false;
  if (!hasRegion(exercise)) return workspace.student.answer(exercise.id) === undefined;
  try {
    return workspace.ownCode(exercise) === exercise.starter;
  } catch (error) {
    if (error instanceof ProblemError) return false; // The student has damaged the file.
    throw error;
  }
}

/** Checks the named exercise, or all passed ones and the current one, and stores which have passed. */
async function checkWanted(
  around: CommandContext,
  id: string | undefined,
  onNotices: (notices: readonly string[]) => void,
  onOutcome: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const { workspace } = around;
  const passed = workspace.passed.filter((exercise) => !workspace.progress.isGiven(exercise.id));
  const wanted = id === undefined ? [...new Set([...passed, workspace.current])] : [exerciseOf(around, id)];
  const checks = await around.loadChecks();
  const outcomes: Outcome[] = [];
  for (const exercise of wanted) {
    // A student who checks an exercise that is not passed works on it now. So it becomes the current one.
    if (exercise === workspace.current || !workspace.progress.has(exercise.id))
      onNotices(open(around, exercise));
    const { seed } = around;
    const outcome = await checkExercise(exercise, { workspace, checks, seed, isNamed: id !== undefined });
    writeDown(workspace, outcome);
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

/** Stores what has passed: also code that has passed before, and that the student has changed since. */
function writeDown(workspace: Workspace, { exercise, verdict, own }: Outcome): void {
  if (verdict !== "passed" || own === undefined) return;
  const isStored = hasRegion(exercise) && workspace.student.solution(exercise.id) === own;
  if (exercise === workspace.current || !isStored) workspace.pass(exercise, own);
}

/** @throws LearnError if markers are damaged */
function open({ workspace }: CommandContext, exercise: Exercise): string[] {
  try {
    return workspace.open(exercise);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    if (error instanceof EncodingError) throw new LearnError(error.message);
    throw new LearnError(
      `${error.message}; or begin again: npm run learn -- reset ${exercise.id} (keeps a copy)`,
    );
  }
}

function shortReport(outcome: Outcome, width: number, paint: Paint): string[] {
  const details = outcomeLines(outcome, width - 2, paint).map((line) => `  ${line}`);
  return [verdictLine(outcome, paint), ...details];
}

function exitCodeOf(outcomes: readonly Outcome[]): number {
  if (outcomes.some(({ verdict }) => verdict === "failed")) return 1;
  return outcomes.every(({ verdict }) => verdict === "passed") ? 0 : 2;
}

/** Prints what to do next, and returns the exit code. */
function finish(around: CommandContext, outcomes: readonly Outcome[]): number {
  const { workspace, print } = around;
  const code = exitCodeOf(outcomes);
  const { current } = workspace;
  if (code !== 0 && !workspace.progress.has(current.id)) {
    print(["", `You are at ${current.id}: ${placeOf(current)}. Stuck? npm run learn -- hint`]);
    return code;
  }
  const next = workspace.next(current);
  if (code === 0)
    print(["", next === undefined ? allPassed(workspace) : `Next: ${next.id} (npm run learn -- next)`]);
  return code;
}

/** An outcome as `--json` writes it, for programs of graders. */
function asJson({ exercise, verdict, milliseconds, results, explanation, notes }: Outcome): object {
  return {
    id: exercise.id,
    kind: exercise.kind,
    verdict,
    milliseconds: Math.round(milliseconds),
    ...(explanation === undefined ? {} : { explanation }),
    ...(notes.length === 0 ? {} : { notes }),
    checks: results.map((result) => ({
      id: result.check.id,
      verdict: result.verdict,
      milliseconds: Math.round(result.milliseconds),
      ...(result.failure === undefined ? {} : { failure: result.failure }),
      ...(result.problem === undefined ? {} : { problem: result.problem }),
    })),
  };
}

async function answer(around: CommandContext, [id, ...words]: readonly string[]): Promise<number> {
  const exercise = exerciseOf(around, id);
  if (hasRegion(exercise))
    throw new LearnError(`${exercise.id} is not answered, but written: ${placeOf(exercise)}`);
  around.print(open(around, exercise));
  const started = performance.now();
  const found = await checkAnswer(exercise, words.join(" "), around.workspace);
  const outcome = { exercise, ...found, milliseconds: performance.now() - started };
  writeDown(around.workspace, outcome);
  around.print(shortReport(outcome, around.width, around.paint));
  if (outcome.verdict === "passed") around.print(["", ...meaningLines(exercise, around.width, around.paint)]);
  return finish(around, [outcome]);
}

/** Tells that there is no next exercise. */
function allPassed(workspace: Workspace): string {
  return workspace.isShort ? "All exercises of the short way are passed." : "All exercises are passed.";
}

function next(around: CommandContext): number {
  const { workspace, width, paint, print } = around;
  const exercise = workspace.next(
    workspace.progress.has(workspace.current.id) ? workspace.current : undefined,
  );
  if (exercise === undefined) {
    print([allPassed(workspace)]);
    return 0;
  }
  print(open(around, exercise));
  print([`${paint("heading", exercise.id)}: ${exercise.title}`, `in ${placeOf(exercise)}`, ""]);
  print(taskLines(exercise, width, paint));
  return 0;
}

function hint(around: CommandContext, [id]: readonly string[]): number {
  const { workspace, width, paint, print } = around;
  const exercise = exerciseOf(around, id);
  const count = workspace.takeHint(exercise);
  print(hintLines(exercise, count, width, paint));
  return 0;
}

function diff(around: CommandContext, [id]: readonly string[]): number {
  const { workspace, width, paint, print } = around;
  const exercise = programOf(around, id);
  const own = ownCode(around, exercise);
  if (own === undefined) throw new LearnError(`you have written nothing for ${exercise.id} yet`);
  if (own === exercise.starter) print([`${exercise.id}: as the starter`]);
  else print(renderDiff(exercise.starter, own, width, paint));
  if (exercise === workspace.current) print(changedElsewhere(workspace, exercise, width));
  return 0;
}

/** Names files in which the student has changed code outside of exercises. */
export function changedElsewhere(workspace: Workspace, exercise: ProgramExercise, width: number): string[] {
  const changed = workspace.changedOutside(exercise);
  return changed.length === 0
    ? []
    : ["", ...wrap(`Changed outside of exercises, too: ${changed.join(", ")}`, width)];
}

function ownCode({ workspace }: CommandContext, exercise: ProgramExercise): string | undefined {
  try {
    return workspace.ownCode(exercise) ?? workspace.student.draft(exercise.id);
  } catch (error) {
    if (error instanceof ProblemError) throw new LearnError(error.message);
    throw error;
  }
}

function solution(around: CommandContext, [id]: readonly string[]): number {
  const { workspace, width, paint, print } = around;
  const exercise = programOf(around, id);
  const why = whySolutionHidden(workspace, exercise);
  if (why !== undefined) throw new LearnError(`${why} (npm run learn -- hint ${exercise.id})`);
  const right = { title: "The solution", code: exercise.solution ?? "" };
  const own = ownCode(around, exercise) ?? exercise.starter;
  print(renderBoth({ title: "Your code", code: own }, right, width, paint));
  return 0;
}

function reset(around: CommandContext, [id]: readonly string[]): number {
  const exercise = programOf(around, id);
  const copies = around.workspace.reset(exercise);
  around.print([
    `${exercise.id} begins again: ${placeOf(exercise)}`,
    ...copies.map((copy) => `What you had is kept in ${copy}`),
  ]);
  return 0;
}

async function runOwn({ workspace }: CommandContext, argv: readonly string[]): Promise<number> {
  const start = readStart(argv);
  if (start === undefined) throw new LearnError(`name a program to run: ${PROGRAM_NAMES}`);
  try {
    return await runProgram(workspace, start);
  } catch (error) {
    if (error instanceof ProblemError) throw new LearnError(error.message);
    throw error;
  }
}

async function runDoctor({ workspace, width, paint, print }: CommandContext): Promise<number> {
  const findings = await doctor(workspace.courseFolder);
  print(findings.flatMap((finding) => findingLines(finding, width, paint)));
  return findings.some(({ state }) => state === "needed") ? 2 : 0;
}
