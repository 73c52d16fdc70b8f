// `npm run grade -- DIR…`: grades what students have handed in. This file reads the command line and reports.
// authoring/grade/ does the work.

import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { CommandError, splitWords } from "../checks/engine/command.ts";
import { type Exercise, loadExercises } from "../course/exercises/exercises.ts";
import { countGrades, type Row } from "../course/exercises/grades.ts";
import { gradesAsJunit } from "../course/exercises/grades-junit.ts";
import { ProblemError } from "../course/exercises/problem.ts";
import { endWhenOutputCloses } from "../programs/closed-output.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { systemProblem } from "../programs/system-error.ts";
import { userPath } from "../programs/user-path.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import { printable } from "../terminal/widths.ts";
import { idsOf, NameError } from "./exercise-names.ts";
import { gradeSubmission } from "./grade/grade-submission.ts";
import { csvOf, tableLines } from "./grade/table.ts";

/** For a submission, in seconds. */
const LIMIT = 300;
const USAGE = `usage: npm run grade -- DIR… [options]

Grades students' copies of the course. Of each DIR it takes progress.txt, work/solutions/ and work/answers/, and
judges them with the checks of this course; nothing else of the copy is read or run. An exercise passed is a point.

  --csv FILE       write a row for each student
  --junit FILE     write a JUnit report: a test suite for each student
  --only NAMES     judge only these stages and exercises, such as 01,02-hello
  --solved NAMES   leave out these: the handout held them solved (npm run handout -- DIR --solved NAMES)
  --must-pass      exit code 1 unless every exercise that is judged has passed, those never begun included
  --limit S        how long a submission may take, in seconds (${LIMIT})
  --jobs N         how many submissions are graded side by side (as many as this machine has cores)
  --seed N         random values as in an earlier run; each run prints its own
  --judge CMD      the command that starts a judge for each submission, such as "docker run …" (see INSTRUCTORS.md)
  --help           show this text

Exit code: 0 all submissions were judged, 2 some could not be. What a student has failed is no error.
`;

/** The command line is wrong. The message is one line. */
class UsageError extends Error {}

interface CommandLine {
  folders: readonly string[];
  csv?: string;
  junit?: string;
  wanted: readonly Exercise[];
  exercises: readonly Exercise[];
  mustPass: boolean;
  limit: number;
  jobs: number;
  seed: number;
  judge?: readonly string[];
}

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 0 || argv.includes("--help")) {
    printUsage(USAGE);
    return argv.length === 0 ? 2 : 0;
  }
  const commandLine = readCommandLine(argv);
  const { folders, mustPass, seed } = commandLine;
  const rows: (Row | undefined)[] = folders.map(() => undefined);
  writeReports([], commandLine); // If a file cannot be written, we want to know it now.
  const stopped = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopped.abort());
  const names = namesOf(folders);
  const waiting = [...folders.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, folder] = next;
      const row = await gradeSubmission(folder, names[index] ?? folder, {
        ...commandLine,
        signal: stopped.signal,
      });
      if (stopped.signal.aborted) return;
      rows[index] = row;
      const done = rows.filter((one) => one !== undefined);
      writeReports(done, commandLine);
      if (folders.length > 1) console.error(`${done.length} of ${folders.length}: ${printable(row.name)}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(commandLine.jobs, folders.length) }, work));
  const done = rows.filter((one) => one !== undefined);
  report(done, seed);
  if (stopped.signal.aborted) return 130;
  if (done.some(({ problem }) => problem !== undefined)) return 2;
  const isAllPassed = done.every(({ grades }) => grades.every(({ verdict }) => verdict === "passed"));
  return mustPass && !isAllPassed ? 1 : 0;
}

/** @throws UsageError, CommandError or NameError */
function readCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals } = parse(argv);
  if (positionals.length === 0) throw new UsageError("name the students' folders; --help shows the usage");
  const exercises = loadExercises(COURSE_FOLDER);
  const only = values.only === undefined ? undefined : idsOf(values.only, exercises, "--only");
  const solved = values.solved === undefined ? undefined : idsOf(values.solved, exercises, "--solved");
  const wanted = exercises.filter(({ id }) => (only?.has(id) ?? true) && !solved?.has(id));
  if (wanted.length === 0)
    throw new UsageError("no exercise is left: --solved names all that there are to judge");
  return {
    folders: positionals.map(userPath),
    ...(values.csv === undefined ? {} : { csv: userPath(values.csv) }),
    ...(values.junit === undefined ? {} : { junit: userPath(values.junit) }),
    wanted,
    exercises,
    mustPass: values["must-pass"] ?? false,
    limit: readNumber("--limit", values.limit, 1, 86_400) ?? LIMIT,
    jobs: readNumber("--jobs", values.jobs, 1, 64) ?? availableParallelism(),
    seed: readNumber("--seed", values.seed, 0, 2 ** 32 - 1) ?? randomInt(2 ** 32),
    ...(values.judge === undefined ? {} : { judge: splitWords(values.judge) }),
  };
}

function parse(argv: readonly string[]) {
  const string = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        csv: string,
        junit: string,
        only: string,
        solved: string,
        "must-pass": { type: "boolean" },
        limit: string,
        jobs: string,
        seed: string,
        judge: string,
      },
    });
  } catch (error) {
    const [first = ""] = (error as Error).message.split(". ");
    throw new UsageError(`${first}; --help shows the options`);
  }
}

/** @throws UsageError unless it is an integer in this range */
function readNumber(
  option: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < least || value > most)
    throw new UsageError(`${option} takes an integer from ${least} to ${most}`);
  return value;
}

/** The name of each folder; the whole path where two have the same name. */
function namesOf(folders: readonly string[]): string[] {
  const names = folders.map((folder) => basename(folder));
  return names.map((name, index) =>
    names.indexOf(name) === names.lastIndexOf(name) ? name : (folders[index] ?? name),
  );
}

function writeReports(rows: readonly Row[], { csv, junit, wanted, seed }: CommandLine): void {
  if (csv !== undefined)
    writeFileSync(
      csv,
      csvOf(
        rows,
        wanted.map(({ id }) => id),
      ),
    );
  if (junit !== undefined) writeFileSync(junit, gradesAsJunit(rows, seed));
}

function report(rows: readonly Row[], seed: number): void {
  console.log(tableLines(rows, process.stdout.columns ?? 160).join("\n"));
  for (const { name, notes } of rows) for (const note of notes) console.log(`${printable(name)}: ${note}`);
  const unjudged = rows.filter(({ problem }) => problem !== undefined).length;
  const points = rows.reduce((sum, { grades }) => sum + countGrades(grades).points, 0);
  const all = `${rows.length} ${rows.length === 1 ? "submission" : "submissions"}`;
  console.log(
    `\n${all}, ${points} ${points === 1 ? "point" : "points"}${unjudged === 0 ? "" : `; ${unjudged} could not be judged`}. Again with the same random values: --seed ${seed}`,
  );
}

endWhenOutputCloses();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = [UsageError, CommandError, NameError, ProblemError].some((kind) => error instanceof kind);
  const problem = known ? (error as Error).message : systemProblem(error);
  if (problem === undefined) throw error;
  printError(`error: ${problem}`);
  process.exitCode = 2;
}
