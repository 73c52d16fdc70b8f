// `npm run bench`: measures the course's programs, and prints each figure beside its limit. This file reads the command
// line. Each subject has a file of its own, and report.ts writes the report.

import { ArgumentError } from "../01-calculator/arguments.ts";
import { onStopSignal } from "../01-calculator/listening.ts";
import { printable } from "../01-calculator/printable.ts";
import { runProgram } from "../01-calculator/program.ts";
import { printUsage } from "../terminal/fitted.ts";
import { measureCalculator } from "./calculator.ts";
import { measureCaptures } from "./captures.ts";
import { measureChat } from "./chat.ts";
import { measureDht } from "./dht.ts";
import { measureDhtPage } from "./dht-page.ts";
import { measureDhtSoak } from "./dht-soak.ts";
import { measureLan } from "./lan.ts";
import { measureLearn } from "./learn.ts";
import { describeMachine, formatMachine } from "./machine.ts";
import { measureRegistry } from "./registry.ts";
import { formatVerdict, type JudgedRow, judge, type Row, table, verdictOf } from "./report.ts";
import { measureStartup } from "./startup.ts";
import { measureWeb } from "./web.ts";

interface Subject {
  about: string;
  measure(): Promise<Row[]>;
}

const SUBJECTS: ReadonlyMap<string, Subject> = new Map([
  ["calculator", { about: "stage 01's server beside a bare echo server", measure: measureCalculator }],
  ["registry", { about: "stage 02's registry with up to 3,000 clients", measure: measureRegistry }],
  ["chat", { about: "messages between two clients, stages 02 to 04", measure: measureChat }],
  [
    "lan",
    {
      about: "stage 05: discovery, handshakes, messages, files, up to 256 peers, floods",
      measure: measureLan,
    },
  ],
  [
    "dht",
    {
      about: "stage 06's table: 20 to 100 real nodes, beside the simulator up to 5,000",
      measure: measureDht,
    },
  ],
  [
    "dht-page",
    {
      about: "stage 06's page in Chromium: start, call by number, a relay killed, 25 MiB",
      measure: measureDhtPage,
    },
  ],
  [
    "dht-soak",
    {
      about: "stage 06: ten minutes of drawn faults; only if it is named",
      measure: measureDhtSoak,
    },
  ],
  [
    "captures",
    { about: "captures of 200 MB read and followed, beside tshark and others", measure: measureCaptures },
  ],
  ["learn", { about: "from saving an exercise to the verdict", measure: measureLearn }],
  ["startup", { about: "until a client is ready, and from key press to screen", measure: measureStartup }],
  [
    "web",
    {
      about: "the course in Chromium: start, key press to screen, 10,000 lines, 200 MB",
      measure: measureWeb,
    },
  ],
]);

/** It takes longer than all others together. */
const BY_NAME = "dht-soak";

await runProgram(async () => {
  const { names, json, help } = readCommandLine(process.argv.slice(2));
  if (help) return printUsage(usage());
  // Our children are ended when we call exit(). A signal alone would end us without them.
  onStopSignal(() => process.exit(130));

  const machine = describeMachine();
  if (!json) console.log(`${formatMachine(machine)}\n`);
  const rows: (JudgedRow & { subject: string })[] = [];
  for (const name of names) {
    const judged = await runSubject(name);
    rows.push(...judged.map((row) => ({ subject: name, ...row })));
    if (!json) console.log(`${name}: ${SUBJECTS.get(name)?.about}\n${table(judged)}\n`);
  }
  const verdict = verdictOf(rows);
  console.log(json ? JSON.stringify({ machine, figures: rows, ...verdict }) : formatVerdict(verdict));
  process.exit(); // A subject that failed may have left something open.
});

/** Reads options and names of subjects, in any order. Without names, all subjects are measured. */
function readCommandLine(argv: readonly string[]): { names: string[]; json: boolean; help: boolean } {
  const names = argv.filter((argument) => !["--json", "--help"].includes(argument));
  const unknown = names.find((name) => !SUBJECTS.has(name));
  if (unknown !== undefined) {
    const what = unknown.startsWith("-") ? "option" : "subject";
    const known = [...SUBJECTS.keys()].join(", ");
    throw new ArgumentError(`unknown ${what} ${printable(unknown).slice(0, 60)}; there are ${known}`);
  }
  return {
    names: names.length > 0 ? [...new Set(names)] : [...SUBJECTS.keys()].filter((name) => name !== BY_NAME),
    json: argv.includes("--json"),
    help: argv.includes("--help"),
  };
}

function usage(): string {
  return [
    "usage: npm run bench -- [--json] [NAME…]",
    "",
    "Measures, and prints each figure beside what it is compared with and its limit. A limit that is missed",
    "is reported, and is no failure: the exit code is 0. All subjects together, without dht-soak, take about fourteen minutes.",
    "",
    ...[...SUBJECTS].map(([name, { about }]) => `  ${name.padEnd(16)} ${about}`),
    "",
    `  ${"--json".padEnd(16)} print one JSON object instead of tables`,
    `  ${"--help".padEnd(16)} show this text`,
    "",
  ].join("\n");
}

/** Measures one subject. If it fails, the report gets a row about that, and the other subjects are still measured. */
async function runSubject(name: string): Promise<JudgedRow[]> {
  console.error(`measuring ${name} …`);
  try {
    return ((await SUBJECTS.get(name)?.measure()) ?? []).map(judge);
  } catch (error) {
    process.exitCode = 1;
    console.error(error);
    const [firstLine = ""] = String(error).split("\n");
    return [{ name, notMeasured: firstLine }];
  }
}
