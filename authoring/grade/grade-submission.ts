// Grades one submission: reads it, gives it to a judge, and collects the grades within a limit of time.

import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Exercise } from "../../course/exercises/exercises.ts";
import type { Grade, Row } from "../../course/exercises/grades.ts";
import { ChildProgram, type Ended } from "../../programs/child-program.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { readSubmission, type Submission, SubmissionError } from "./read-submission.ts";
import { parseEvent, type Task, TOO_LATE } from "./task.ts";

const JUDGE = fileURLToPath(new URL("judge.ts", import.meta.url));

/** How many characters a judge may print. Reports have at most 20,000 each. */
const MOST_OUTPUT = 4 * 1024 * 1024;
/** How long a judge may take to end its programs and remove its files, in milliseconds. */
const GRACE = 5000;
/** The variable that tells the programs of one judge from all others. */
const MARK = "GRADE_MARK";

export interface GradeOptions {
  /** Those to judge, in the order of the course. */
  wanted: readonly Exercise[];
  /** All exercises of the course. */
  exercises: readonly Exercise[];
  seed: number;
  /** For the whole submission, in seconds. */
  limit: number;
  /** The words of the command that starts a judge, in a container, say. Default: here, with Node.js. */
  judge?: readonly string[];
  /** Stops the grading. The row then means nothing. */
  signal?: AbortSignal;
}

/** Grades a student's folder. Never throws because of what is in it. */
export async function gradeSubmission(folder: string, name: string, options: GradeOptions): Promise<Row> {
  let submission: Submission;
  try {
    submission = readSubmission(folder, options.exercises);
  } catch (error) {
    if (!(error instanceof SubmissionError)) throw error;
    return { name, grades: [], notes: [], problem: error.message };
  }
  const grades = new Map<string, Grade>();
  const toJudge: string[] = [];
  for (const { id } of options.wanted) {
    const problem = submission.problems.get(id);
    const isHandedIn = submission.solutions.has(id) || submission.answers.has(id);
    const isGiven = submission.given.has(id);
    if (problem !== undefined && !isGiven) grades.set(id, couldNotRun(id, problem));
    else if (isHandedIn && !isGiven) toJudge.push(id);
    else if (submission.claimed.has(id))
      grades.set(id, couldNotRun(id, "nothing handed in, only a line in progress.txt"));
    else grades.set(id, { id, verdict: "not-begun", milliseconds: 0 });
  }
  const problem = await judgeAll(toJudge, submission, grades, options);
  return {
    name,
    grades: options.wanted.flatMap(({ id }) => grades.get(id) ?? []),
    notes: submission.notes,
    ...(problem === undefined ? {} : { problem }),
  };
}

/**
 * Has everything judged. A student's program can end its judge, and then another one goes on behind that exercise.
 * @returns why no judge could be started; undefined if one was
 */
async function judgeAll(
  ids: readonly string[],
  { solutions, answers }: Submission,
  grades: Map<string, Grade>,
  options: GradeOptions,
): Promise<string | undefined> {
  const until = performance.now() + 1000 * options.limit;
  const left = [...ids];
  while (left.length > 0 && !options.signal?.aborted) {
    const limit = (until - performance.now()) / 1000;
    const outcome =
      limit <= 0
        ? { begun: undefined, why: overLimit(options.limit), isLate: true }
        : await runJudge(
            {
              ids: left,
              solutions: Object.fromEntries(solutions),
              answers: Object.fromEntries(answers),
              seed: options.seed,
              limit,
            },
            grades,
            options,
          );
    for (const id of left.splice(0)) if (!grades.has(id)) left.push(id);
    if (left.length === 0) return undefined;
    if (outcome.isLate) {
      for (const id of left.splice(0)) grades.set(id, couldNotRun(id, overLimit(options.limit)));
      return undefined;
    }
    if (outcome.begun === undefined) {
      // It has ended before the first exercise, so the student is not to blame.
      for (const id of left.splice(0)) grades.set(id, couldNotRun(id, outcome.why));
      return outcome.why;
    }
    grades.set(outcome.begun, couldNotRun(outcome.begun, outcome.why));
    left.splice(left.indexOf(outcome.begun), 1);
  }
  return undefined;
}

interface JudgeOutcome {
  /** The exercise that it was judging when it ended; undefined if none. */
  begun: string | undefined;
  why: string;
  isLate: boolean;
}

/** Runs a judge to its end, and writes down its grades. */
async function runJudge(
  task: Task,
  grades: Map<string, Grade>,
  { judge, limit, signal }: GradeOptions,
): Promise<JudgeOutcome> {
  const mark = randomUUID();
  const folder = mkdtempSync(join(tmpdir(), "grading-"));
  let begun: string | undefined;
  let read = 0;
  const program = new ChildProgram("the judge", judge ?? nodeCommand(JUDGE), {
    environment: { [MARK]: mark, TMPDIR: folder, TEMP: folder, TMP: folder },
    mostOutput: MOST_OUTPUT,
    onOutput: () => {
      for (; read < program.lines.length; read += 1) {
        const event = parseEvent(program.lines[read] ?? "", task.ids);
        if (event === undefined) continue;
        if ("begins" in event) begun = event.begins;
        // The first grade counts: a judge gives each exercise only one.
        else if (event.grade.id === begun && !grades.has(begun)) {
          grades.set(begun, event.grade);
          begun = undefined;
        }
      }
    },
  });
  let isLate = false;
  let killed: NodeJS.Timeout | undefined;
  // The judge gets the time to end its programs. We could not find them all.
  const stop = (): void => {
    program.signal("SIGTERM");
    killed ??= setTimeout(() => program.endAtOnce(), GRACE);
  };
  const late = setTimeout(() => {
    isLate = true;
    stop();
  }, 1000 * task.limit);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    program.write(JSON.stringify(task));
    program.endInput();
    const ended = await program.ended;
    isLate ||= ended.code === TOO_LATE;
    return { begun, why: isLate ? overLimit(limit) : whyEnded(ended, program.errors), isLate };
  } finally {
    clearTimeout(late);
    clearTimeout(killed);
    signal?.removeEventListener("abort", stop);
    program.endAtOnce();
    endMarked(mark);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function overLimit(limit: number): string {
  return `the limit of ${limit} s for a submission was over (--limit)`;
}

function whyEnded({ code, signal, problem }: Ended, errors: string): string {
  if (problem !== undefined) return `the judge could not be started: ${problem}`;
  const last = errors.split("\n").findLast((line) => /\S/.test(line) && !/^\s+at |^Node\.js v/.test(line));
  return `the judge has ended (${signal ?? `exit code ${code}`})${last === undefined ? "" : `: ${last.trim()}`}`;
}

/** Ends programs that have left the process group of their judge. Only Linux tells us which these are. */
function endMarked(mark: string): void {
  let ids: string[];
  try {
    ids = readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  } catch {
    return;
  }
  for (const id of ids) {
    try {
      if (readFileSync(`/proc/${id}/environ`, "latin1").includes(`${MARK}=${mark}`))
        process.kill(Number(id), "SIGKILL");
    } catch {
      // It has ended, or it is not ours to look at.
    }
  }
}

function couldNotRun(id: string, cause: string): Grade {
  return { id, verdict: "could-not-run", milliseconds: 0, cause };
}
