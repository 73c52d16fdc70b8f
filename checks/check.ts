// `npm run check -- 02`: checks a stage's programs over the wire, in whatever language they are written. This file
// reads the command line; whole-run.ts runs and reports. The files beside this one hold the checks.

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { endWhenOutputCloses } from "../programs/closed-output.ts";
import { systemProblem } from "../programs/system-error.ts";
import { userFolder, userPath } from "../programs/user-path.ts";
import { besideLabel } from "../terminal/beside-label.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import type { Check } from "./engine/check.ts";
import { CommandError, splitWords } from "./engine/command.ts";
import { referencePlace, SERVER_STAGES, STAGE_NUMBERS, type StageNumber } from "./engine/place.ts";
import { DEFAULT_TIMEOUT } from "./engine/run-checks.ts";
import { checkAndReport, type RunRequest } from "./engine/whole-run.ts";
import { findChecks } from "./index.ts";

const USAGE = `usage: npm run check -- STAGE[/CLAUSE] [options]

Checks what the clauses of lessons/protocol.md demand, over real connections: it plays every other role
itself. Without --server, --client and --peer it checks the programs of this course.

  STAGE            01 to 06; 02/P2.3 runs the checks of one clause, 02/P2 of a section,
                   02/P2.3-mapped-address a single one
  --server CMD     the server to check, such as "python3 my/server.py {port}"
  --client CMD     the client to check, such as "./chat {registry} {name}" (stage 01: "./calculate {port}");
                   options that a check needs (--accept, --heartbeat 1, …) are added at the end
  --peer CMD       the program of stage 05 to check, such as "python3 my/peer.py"; --name, --team, --port,
                   --data and --passphrase-file are added at the end, unless it has a place for them:
                   {name}, {team}, {port}, {data}, {passphrase-file}
  --folder DIR     a copy of the stage's folder, in TypeScript, instead of the course's own
  --list           show the checks, and run none
  --seed N         random values as in an earlier run; each run prints its own
  --timeout S      how long to wait for anything, in seconds (${DEFAULT_TIMEOUT / 1000})
  --limit S        stop the whole run after so many seconds, and report what is known by then
  --jobs N         how many checks run side by side (2)
  --json           print one JSON object instead of text
  --junit FILE     write a JUnit report for graders and CI
  --record FILE    write what passed into a .pcap file, for Wireshark; failures then name their packets
  --help           show this text

Exit code: 0 all passed, 1 some failed, 2 some could not run or the limit was reached. Ctrl-C stops the
run, with all reports; a second Ctrl-C ends it at once.
`;

/** The command line is wrong. The message is one line. */
class UsageError extends Error {}

interface CommandLine extends RunRequest {
  list: boolean;
  /** Whether --folder was given. */
  isOwnFolder: boolean;
}

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 0 || argv.includes("--help")) {
    printUsage(USAGE);
    return argv.length === 0 ? 2 : 0;
  }
  const commandLine = readCommandLine(argv);
  const checks = wanted(commandLine);
  if (commandLine.list) {
    for (const line of checks.flatMap((check) => listed(commandLine.stage, check))) console.log(line);
    return 0;
  }
  return checkAndReport(commandLine, checks);
}

/** @throws UsageError */
function readCommandLine(argv: readonly string[]): CommandLine {
  const { values, positionals } = parse(argv);
  const [target = "", ...more] = positionals;
  if (more.length > 0) throw new UsageError(`one stage at a time, not also ${JSON.stringify(more[0])}`);
  const [number, pattern, ...rest] = target.split("/");
  const stage = STAGE_NUMBERS.find((one) => one === number);
  if (stage === undefined || rest.length > 0 || pattern === "")
    throw new UsageError(
      `name a stage, such as 02, or a clause, such as 02/P2.3; not ${JSON.stringify(target)}`,
    );
  if (pattern !== undefined && findChecks(stage, pattern).length === 0)
    throw new UsageError(`stage ${stage} has no checks of ${JSON.stringify(pattern)}; --list shows them`);
  const commands = [values.server, values.client, values.peer].filter((command) => command !== undefined);
  if (values.folder !== undefined && commands.length > 0)
    throw new UsageError("--folder names TypeScript programs; give either that or commands of programs");
  for (const [option, given, has] of [
    ["--peer", values.peer, stage === "05"],
    ["--server", values.server, SERVER_STAGES.some((one) => one === stage)],
    ["--client", values.client, SERVER_STAGES.some((one) => one === stage)],
  ] as const)
    if (given !== undefined && !has) throw new UsageError(`stage ${stage} has no program for ${option}`);
  for (const file of [values.junit, values.record]) if (file !== undefined) mustBeWritable(userPath(file));
  const limit = readNumber("--limit", values.limit, 0.1, 86_400, false);
  for (const command of commands) splitWords(command);
  return {
    stage,
    ...(pattern === undefined ? {} : { pattern }),
    place: {
      ...referencePlace(stage),
      ...(values.folder === undefined ? {} : { folder: userPath(values.folder) }),
      ...(values.server === undefined ? {} : { server: values.server }),
      ...(values.client === undefined ? {} : { client: values.client }),
      ...(values.peer === undefined ? {} : { peer: values.peer }),
      workingFolder: userFolder(),
    },
    isOwnFolder: values.folder !== undefined,
    list: values.list ?? false,
    seed: readNumber("--seed", values.seed, 0, 2 ** 32 - 1) ?? Math.floor(Math.random() * 2 ** 32),
    timeout: 1000 * (readNumber("--timeout", values.timeout, 0.1, 600, false) ?? DEFAULT_TIMEOUT / 1000),
    ...(limit === undefined ? {} : { limit: 1000 * limit }),
    jobs: readNumber("--jobs", values.jobs, 1, 16) ?? 2,
    json: values.json ?? false,
    ...(values.junit === undefined ? {} : { junit: userPath(values.junit) }),
    ...(values.record === undefined ? {} : { record: userPath(values.record) }),
  };
}

/** A report that cannot be written should be known before the run. @throws UsageError */
function mustBeWritable(file: string): void {
  try {
    accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
    if (existsSync(file) && !statSync(file).isFile()) throw new Error("it is a folder, not a file");
  } catch (error) {
    throw new UsageError(`cannot write ${systemProblem(error) ?? `${file}: ${(error as Error).message}`}`);
  }
}

function parse(argv: readonly string[]) {
  const string = { type: "string" } as const;
  const boolean = { type: "boolean" } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        server: string,
        client: string,
        peer: string,
        folder: string,
        list: boolean,
        seed: string,
        timeout: string,
        limit: string,
        jobs: string,
        json: boolean,
        junit: string,
        record: string,
      },
    });
  } catch (error) {
    const [first = ""] = (error as Error).message.split(". ");
    throw new UsageError(`${first}; --help shows the options`);
  }
}

/** @throws UsageError unless it is a number in this range */
function readNumber(
  option: string,
  text: string | undefined,
  least: number,
  most: number,
  whole = true,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !(value >= least && value <= most) || (whole && !Number.isInteger(value)))
    throw new UsageError(`${option} takes ${whole ? "an integer" : "a number"} from ${least} to ${most}`);
  return value;
}

/** The checks to run: only those that were named; and for programs in other languages, none of our functions. */
function wanted({ stage, pattern, place, isOwnFolder }: CommandLine): readonly Check[] {
  const checks = findChecks(stage, pattern);
  if (checks.length === 0) throw new UsageError(`stage ${stage} has no checks`);
  const kinds = (["server", "client", "peer"] as const).filter((kind) => place[kind] !== undefined);
  if (kinds.length === 0) return isOwnFolder ? withoutAttacks(checks) : checks;
  const fitting = checks.filter(({ of }) => kinds.some((kind) => kind === of));
  if (fitting.length === 0)
    throw new UsageError(
      `none of these checks looks at a ${kinds.join(" or a ")}; --list shows what each looks at`,
    );
  return fitting;
}

/** An attack is on the course's own programs, so it says nothing about a folder. @throws UsageError if none is left */
function withoutAttacks(checks: readonly Check[]): readonly Check[] {
  const fitting = checks.filter(({ of }) => of !== "attack");
  if (fitting.length === 0)
    throw new UsageError("an attack is on the course's own programs: check it without --folder");
  return fitting;
}

function listed(stage: StageNumber, check: Check): string[] {
  return besideLabel(
    `${stage}/${check.id}`,
    `${check.of}: ${check.title}`,
    process.stdout.columns ?? 110,
    42,
  );
}

endWhenOutputCloses(2); // Without its output there is no verdict. The programs under test end with us.
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof UsageError || error instanceof CommandError;
  const problem = known ? (error as Error).message : systemProblem(error);
  if (problem === undefined) throw error;
  printError(`error: ${problem}`);
  process.exitCode = 2;
}
