// `npm run learn`: the exercises, one at a time, each checked when a file is saved. This file reads the command line.
// course/learn/ holds the watch mode and the commands, course/workspace/ manages the student's files.

import { resolve } from "node:path";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { paintFor } from "../terminal/paint.ts";
import { printable } from "../terminal/widths.ts";
import { readCourse } from "./exercises/exercises.ts";
import { formatProblem } from "./exercises/problem.ts";
import { COMMANDS, type CommandContext, checkForPrograms, LearnError, runCommand } from "./learn/commands.ts";
import { Workspace } from "./workspace/workspace.ts";

const USAGE = [
  "usage: npm run learn                         the exercises, on the whole screen, checked at every save",
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
  if (argv.includes("--help")) {
    console.log(USAGE);
    return 0;
  }
  const { junit, rest } = argv[0] === "check" ? takeJunit(argv) : { junit: undefined, rest: argv };
  const options = rest.filter((word) => /^--(?:json|poll)$/.test(word));
  const [name, ...words] = rest[0] === "answer" ? rest : rest.filter((word) => !options.includes(word));
  if (name?.startsWith("-"))
    throw new LearnError(`unknown option ${JSON.stringify(name)}; --help shows the usage`);
  const workspace = openWorkspace();
  const loadChecks = async () => (await import("../checks/index.ts")).CHECKS;
  if (name === undefined) return watch(workspace, loadChecks, options.includes("--poll"));

  // The programs that checks have started end when we call exit(). A signal alone would end us without them.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
  const around: CommandContext = {
    workspace,
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

/** Takes `--junit FILE` out of the arguments. The user means a file relative to their own folder (INIT_CWD), not to npm's. */
function takeJunit(argv: readonly string[]): { junit: string | undefined; rest: readonly string[] } {
  const index = argv.indexOf("--junit");
  if (index === -1) return { junit: undefined, rest: argv };
  const file = argv[index + 1];
  if (file === undefined || file.startsWith("--")) throw new LearnError("--junit needs the name of a file");
  const junit = resolve(process.env.INIT_CWD ?? process.cwd(), file);
  return { junit, rest: [...argv.slice(0, index), ...argv.slice(index + 2)] };
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
