// `npm run handout -- DIR`: writes a copy of the course for students, without solutions and wrong answers.

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadExercises } from "../course/exercises/exercises.ts";
import { ProblemError } from "../course/exercises/problem.ts";
import { endWhenOutputCloses } from "../programs/closed-output.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { systemProblem } from "../programs/system-error.ts";
import { userPath } from "../programs/user-path.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import { idsOf, NameError } from "./exercise-names.ts";
import { HandoutError, writeHandout } from "./handout/write-handout.ts";

const USAGE = `usage: npm run handout -- DIR [--solved NAMES]

Writes a copy of the course for students, without solutions.

  DIR              a folder outside of the course that is empty or does not exist yet
  --solved NAMES   stages and exercises that the copy holds solved, such as 01,02-hello, for a course that begins later.
                   They are given: students see the solutions, and get no points for them.
`;

/** The command line is wrong. The message is one line. */
class UsageError extends Error {}

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 0 || argv.includes("--help")) {
    printUsage(USAGE);
    return argv.length === 0 ? 2 : 0;
  }
  const { values, positionals } = parse(argv);
  const [directory, ...more] = positionals;
  if (directory === undefined || more.length > 0)
    throw new UsageError("name one folder; --help shows the usage");
  const target = userPath(directory);
  const solved =
    values.solved === undefined ? [] : idsOf(values.solved, loadExercises(COURSE_FOLDER), "--solved");
  const given = new Set(solved);
  const { files, withoutSolution } = await writeHandout(resolve(COURSE_FOLDER), target, given);
  const solvedCount = given.size === 0 ? "" : `; ${given.size} exercises given solved`;
  console.log(`${target}: ${files} files; solutions taken out of ${withoutSolution.length}${solvedCount}`);
  console.log(`next: cd ${directory} && git init && npm ci && npm run learn`);
  return 0;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: { solved: { type: "string" } } });
  } catch (error) {
    const [first = ""] = (error as Error).message.split(". ");
    throw new UsageError(`${first}; --help shows the options`);
  }
}

endWhenOutputCloses();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = [UsageError, HandoutError, NameError, ProblemError].some((kind) => error instanceof kind);
  const problem = known ? (error as Error).message : systemProblem(error);
  if (problem === undefined) throw error;
  printError(`error: ${problem}`);
  process.exitCode = 2;
}
