// `npm run learn`: the exercises, one at a time, each checked when a file is saved. This file reads the command line.
// course/learn/ holds the watch mode and the commands, course/workspace/ manages the student's files.

import { endWhenOutputCloses } from "../programs/closed-output.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { systemProblem } from "../programs/system-error.ts";
import { userPath } from "../programs/user-path.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import { obeysEscapes, paintFor } from "../terminal/paint.ts";
import { printable } from "../terminal/widths.ts";
import { readCourse } from "./exercises/exercises.ts";
import { formatProblem, ProblemError } from "./exercises/problem.ts";
import { drawSeed } from "./learn/check-exercise.ts";
import { COMMANDS, type CommandContext, checkForPrograms, LearnError, runCommand } from "./learn/commands.ts";
import { Workspace } from "./workspace/workspace.ts";

const USAGE = [
  "usage: npm run learn                         the exercises, on the whole screen, checked at every save",
  "       npm run learn -- --short              the same, along the short way: n leaves out what is in depth",
  "       npm run learn -- --poll               the same, where saved files are not noticed",
  ...[...COMMANDS].map(
    ([name, { takes, about }]) => `       npm run learn -- ${`${name} ${takes}`.trim().padEnd(20)} ${about}`,
  ),
  "",
  "An ID is that of an exercise, e.g. 01-framing; without one, the current exercise is meant. You write in work/;",
  "what you have passed stands in progress.txt. For graders, check --json prints one JSON object, and check --junit FILE",
  "writes a JUnit report; an exercise that was never begun is counted there, and does not fail.",
  "",
  "Exit code: 0 passed, 1 failed, 2 could not run.",
].join("\n");

endWhenOutputCloses();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isKnown = error instanceof LearnError || error instanceof ProblemError;
  const problem = isKnown ? error.message : systemProblem(error);
  if (problem === undefined) throw error;
  printError(`error: ${printable(problem)}`);
  process.exitCode = 2;
}

async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes("--help") && argv[0] !== "run") {
    printUsage(USAGE);
    return 0;
  }
  const { name, words, options, seed, junit } = readCommandLine(argv);
  if (name?.startsWith("-"))
    throw new LearnError(`unknown option ${JSON.stringify(name)}; --help shows the usage`);
  const workspace = openWorkspace();
  const loadChecks = async () => (await import("../checks/index.ts")).CHECKS;
  if (options.includes("--short")) takeShortWay(workspace, name);
  if (name === undefined) return watch(workspace, loadChecks, options.includes("--poll"));

  // The programs that checks have started end when we call exit(). A signal alone would end us without them.
  if (name !== "run")
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => process.exit(130));
  const around: CommandContext = {
    workspace,
    seed: seed ?? drawSeed(),
    loadChecks,
    width: Math.max(40, process.stdout.columns ?? 100),
    paint: paintFor(process.stdout, process.env),
    print: (lines) => {
      if (lines.length > 0) console.log(lines.join("\n"));
    },
  };
  const json = options.includes("--json");
  if (name === "check" && (json || junit !== undefined))
    return checkForPrograms(around, words, { json, junit });
  return runCommand(name, words, around);
}

/** For those who come for the cryptography: `next` leaves out what is in depth. */
function takeShortWay(workspace: Workspace, name: string | undefined): void {
  if (name !== undefined && name !== "next" && name !== "list")
    throw new LearnError("--short is an option of next, of list, and of learn without a command");
  if (!workspace.exercises.some(({ isShort }) => isShort))
    throw new LearnError("no exercise of this copy is on the short way");
  workspace.takeShortWay();
}

interface CommandLine {
  name: string | undefined;
  words: string[];
  options: string[];
  /** Undefined if none was given. */
  seed: number | undefined;
  /** The absolute path of the JUnit report; undefined for none. */
  junit: string | undefined;
}

/** The command, and the options of learn itself. An answer may hold any words, and a program has options of its own. */
function readCommandLine(argv: readonly string[]): CommandLine {
  const [name, ...words] = argv;
  if (name === "answer" || name === "run")
    return { name, words, options: [], seed: undefined, junit: undefined };
  const others = [...argv];
  const seed = takeValue(others, "--seed", readSeed);
  const junit = takeValue(others, "--junit", readFile);
  if (seed !== undefined && name !== "check") throw new LearnError("--seed is an option of check");
  if (junit !== undefined && name !== "check") throw new LearnError("--junit is an option of check");
  const options = others.filter((word) => /^--(?:json|poll|short)$/.test(word));
  const [first, ...rest] = others.filter((word) => !options.includes(word));
  return { name: first, words: rest, options, seed, junit };
}

/** Takes an option and its value out of the arguments. */
function takeValue<Value>(
  argv: string[],
  option: string,
  read: (text: string | undefined) => Value,
): Value | undefined {
  const at = argv.indexOf(option);
  if (at === -1) return undefined;
  const [, text] = argv.splice(at, 2);
  return read(text);
}

function readSeed(text: string | undefined): number {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text) || Number(text) >= 2 ** 32)
    throw new LearnError(`--seed takes an integer from 0 to ${2 ** 32 - 1}`);
  return Number(text);
}

/** The absolute path of the report. */
function readFile(name: string | undefined): string {
  if (name === undefined || name.startsWith("--")) throw new LearnError("--junit needs the name of a file");
  return userPath(name);
}

/** If a page is not valid, its author has made a mistake. We name the page and leave it out. */
function openWorkspace(): Workspace {
  const { exercises, problems } = readCourse(COURSE_FOLDER);
  if (problems.length > 0)
    console.error(
      `left out, because the course is not whole here:\n${problems.map(formatProblem).join("\n")}\n`,
    );
  if (exercises.length === 0) throw new LearnError("there are no exercises in lessons/");
  return new Workspace(COURSE_FOLDER, exercises);
}

async function watch(
  workspace: Workspace,
  loadChecks: CommandContext["loadChecks"],
  poll: boolean,
): Promise<number> {
  if (!process.stdin.isTTY || !obeysEscapes(process.stdout, process.env))
    throw new LearnError(
      `${process.stdout.isTTY ? "this terminal cannot show whole screens (TERM=dumb)" : "this is no terminal"}: use "npm run learn -- check" and the other commands (--help shows them)`,
    );
  const { runWatchMode } = await import("./learn/watch-mode.ts");
  return runWatchMode(workspace, loadChecks, poll);
}
