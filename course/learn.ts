// `npm run learn`: the exercises, one at a time, each checked when a file is saved. This file reads the command line.
// course/learn/ holds the watch mode and the commands, course/workspace/ manages the student's files.

import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { paintFor } from "../terminal/paint.ts";
import { printable } from "../terminal/widths.ts";
import { readCourse } from "./exercises/exercises.ts";
import { formatProblem } from "./exercises/problem.ts";
import { drawSeed } from "./learn/check-exercise.ts";
import { COMMANDS, type CommandContext, checkAsJson, LearnError, runCommand } from "./learn/commands.ts";
import { Workspace } from "./workspace/workspace.ts";

const USAGE = [
  "usage: npm run learn                         the exercises, on the whole screen, checked at every save",
  "       npm run learn -- --poll               the same, where saved files are not noticed",
  ...[...COMMANDS].map(
    ([name, { takes, about }]) => `       npm run learn -- ${`${name} ${takes}`.trim().padEnd(20)} ${about}`,
  ),
  "",
  "An ID is that of an exercise, e.g. 01-framing; without one, the current exercise is meant. You write in work/;",
  "what you have passed stands in progress.txt.",
  "",
  "Exit code: 0 passed, 1 failed, 2 could not run.",
].join("\n");

process.stdout.on("error", () => process.exit(0)); // The reader of our output may close it early, as `| head` does.
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isSystem = error instanceof Error && "code" in error && "syscall" in error;
  if (!(error instanceof LearnError) && !isSystem) throw error;
  console.error(`error: ${printable((error as Error).message)}`);
  process.exitCode = 2;
}

async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes("--help") && argv[0] !== "run") {
    console.log(USAGE);
    return 0;
  }
  const { name, words, options, seed } = readCommandLine(argv);
  if (name?.startsWith("-"))
    throw new LearnError(`unknown option ${JSON.stringify(name)}; --help shows the usage`);
  const workspace = openWorkspace();
  const loadChecks = async () => (await import("../checks/index.ts")).CHECKS;
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
  if (name === "check" && options.includes("--json")) return checkAsJson(around, words);
  return runCommand(name, words, around);
}

interface CommandLine {
  name: string | undefined;
  words: string[];
  options: string[];
  /** Undefined if none was given. */
  seed: number | undefined;
}

/** The command, and the options of learn itself. An answer may hold any words, and a program has options of its own. */
function readCommandLine(argv: readonly string[]): CommandLine {
  const [name, ...words] = argv;
  if (name === "answer" || name === "run") return { name, words, options: [], seed: undefined };
  const at = argv.indexOf("--seed");
  const seed = at === -1 ? undefined : readSeed(argv[at + 1]);
  if (seed !== undefined && name !== "check") throw new LearnError("--seed is an option of check");
  const others = argv.filter((_, index) => at === -1 || (index !== at && index !== at + 1));
  const options = others.filter((word) => /^--(?:json|poll)$/.test(word));
  const [first, ...rest] = others.filter((word) => !options.includes(word));
  return { name: first, words: rest, options, seed };
}

function readSeed(text: string | undefined): number {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text) || Number(text) >= 2 ** 32)
    throw new LearnError(`--seed takes an integer from 0 to ${2 ** 32 - 1}`);
  return Number(text);
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
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new LearnError(
      'this is no terminal: use "npm run learn -- check" and the other commands (--help shows them)',
    );
  const { runWatchMode } = await import("./learn/watch-mode.ts");
  return runWatchMode(workspace, loadChecks, poll);
}
