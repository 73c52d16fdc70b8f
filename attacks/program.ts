// What all attack programs share: the command line, the first and last lines of the output, and the clean-up.

import { parseArgs } from "node:util";
import { readable } from "../captures/explain/readable.ts";
import { FileError } from "../captures/read/capture-file.ts";
import { CaptureError } from "../captures/read/packet.ts";
import { ProgramError } from "../programs/child-program.ts";
import { endWhenOutputCloses } from "../programs/closed-output.ts";
import { userPath } from "../programs/user-path.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import { DhtLab } from "./dht-lab.ts";
import { Lab } from "./lab.ts";
import { LanLab } from "./lan-lab.ts";
import { ATTACKS, type Attack, type ChatStage, type Stage } from "./list.ts";
import { AttackError, heading, say } from "./report.ts";

/** An option of one attack, such as `--text TEXT`. */
export interface AttackOption {
  value: string;
  help: string;
  /** The value if the option is not given. */
  usual: string;
  /** Returns what is wrong with a value; undefined if nothing is. */
  check?: (value: string) => string | undefined;
}

/** The command line after it has been checked. */
export interface Given<OnStage extends Stage = ChatStage> {
  stage: OnStage;
  /** The absolute path of the file that was named, if any. */
  file: string | undefined;
  /** The value of an option, or its default. */
  option(name: string): string;
}

/** The command line is wrong. The message is one line. */
class UsageError extends Error {}

/** An option for the text that a victim sends. */
export function textOption(usual: string, help: string, maxBytes = 200): AttackOption {
  const check = (value: string): string | undefined => {
    if (value === "" || Buffer.byteLength(value) > maxBytes) return `a text has 1 to ${maxBytes} bytes`;
    if (/\p{C}/u.test(value)) return "a text has no control characters";
    if (/^\/|^(?:EOM|EXIT)$/.test(value)) return "this is a command of the chat program, not a text";
    return undefined;
  };
  return { value: "TEXT", help, usual, check };
}

/** An option for a port. @param usual 0 for any free port, or empty if none is meant */
export function portOption(help: string, usual = "0"): AttackOption {
  const check = (value: string): string | undefined =>
    /^[0-9]{1,5}$/.test(value) && Number(value) <= 65535 ? undefined : "a port is a number from 0 to 65535";
  return { value: "PORT", help, usual, check };
}

type Options = Readonly<Record<string, AttackOption>>;

/**
 * Runs an attack: reads the arguments, makes a lab for the attack, and always cleans up.
 * Exit code 0: the attack succeeded, or was stopped as expected. 1: something else happened. 2: wrong usage.
 * @param performInLan the same attack on stage 05, if there is one
 */
export async function runAttack(
  name: string,
  options: Options,
  perform: (lab: Lab, given: Given) => Promise<void>,
  performInLan?: (lab: LanLab, given: Given<Stage>) => Promise<void>,
): Promise<void> {
  await run(name, options, async (given) => {
    const { stage } = given;
    if (stage === "06") throw new Error(`${name} does not run on stage 06`);
    if (stage !== "05") return within(new Lab(stage), (lab) => perform(lab, { ...given, stage }));
    if (performInLan === undefined) throw new Error(`${name} does not run on stage 05`);
    await within(new LanLab(), (lab) => performInLan(lab, given));
  });
}

/** The same for an attack that runs on stage 05 only. */
export async function runLanAttack(
  name: string,
  options: Options,
  perform: (lab: LanLab, given: Given<Stage>) => Promise<void>,
): Promise<void> {
  await run(name, options, (given) => within(new LanLab(), (lab) => perform(lab, given)));
}

/** The same for an attack that runs on stage 06 only. */
export async function runDhtAttack(
  name: string,
  options: Options,
  perform: (lab: DhtLab, given: Given<Stage>) => Promise<void>,
): Promise<void> {
  await run(name, options, (given) => within(new DhtLab(), (lab) => perform(lab, given)));
}

/** The same for an attack that starts nobody. */
export async function runAlone(
  name: string,
  options: Options,
  perform: (given: Given<Stage>) => Promise<void>,
): Promise<void> {
  await run(name, options, perform);
}

async function within<Place extends { close(): Promise<void> }>(
  place: Place,
  perform: (place: Place) => Promise<void>,
): Promise<void> {
  try {
    await perform(place);
  } finally {
    await place.close();
  }
}

async function run(
  name: string,
  options: Options,
  perform: (given: Given<Stage>) => Promise<void>,
): Promise<void> {
  const attack = ATTACKS.find((other) => other.name === name);
  if (attack === undefined) throw new Error(`${name} is not in the list`);
  endWhenOutputCloses();
  // exit() also ends the programs that we have started, and removes our temporary files.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
  try {
    const given = readArguments(attack, options);
    if (given === undefined) return printUsage(usage(attack, options));
    heading(`${name}, stage ${given.stage}: ${attack.about}`);
    await perform(given);
    say(`What stops it: ${(given.stage === "05" && attack.stoppedIn05) || attack.stoppedBy}`);
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    printError(problem);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

/** One line about a problem that users can understand; undefined for a bug of ours. */
function problemOf(error: unknown): string | undefined {
  if (error instanceof UsageError) return `error: ${error.message} (--help shows the usage)`;
  if (error instanceof AttackError) return `failed: ${error.message}`;
  if (error instanceof CaptureError) return `error: not a capture that can be read: ${error.message}`;
  if (error instanceof FileError || error instanceof ProgramError) return `error: ${error.message}`;
  return undefined;
}

function readArguments(attack: Attack, options: Options): Given<Stage> | undefined {
  const strings = Object.keys(options).map((name) => [name, { type: "string" }] as const);
  const { values, positionals } = parse({
    stage: { type: "string" },
    help: { type: "boolean" },
    ...Object.fromEntries(strings),
  });
  if (values.help) return undefined;
  if (positionals.length > (attack.argument === undefined ? 0 : 1)) {
    throw new UsageError(`${shown(positionals.at(-1))}: ${attack.name} takes no such argument`);
  }
  const wanted = values.stage ?? attack.stages[0];
  const stage = attack.stages.find((other) => other === wanted);
  if (stage === undefined) {
    throw new UsageError(
      `--stage ${shown(wanted)}: ${attack.name} is for stage ${attack.stages.join(" or ")}`,
    );
  }
  for (const [name, { check }] of Object.entries(options)) {
    const value = values[name];
    const problem = typeof value === "string" ? check?.(value) : undefined;
    if (problem !== undefined) throw new UsageError(`--${name} ${shown(value)}: ${problem}`);
  }
  return {
    stage,
    file: positionals[0] === undefined ? undefined : userPath(positionals[0]),
    option: (name) => String(values[name] ?? options[name]?.usual ?? ""),
  };
}

function parse(options: Record<string, { type: "string" | "boolean" }>) {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? "") : String(error));
  }
}

/** An argument in an error message: cut if it is long, and without control characters. */
function shown(value: unknown): string {
  return readable(Buffer.from(String(value))).slice(0, 40) || '""';
}

function usage(attack: Attack, options: Options): string {
  const argument = attack.argument === undefined ? "" : ` [${attack.argument}]`;
  const stages = `${attack.stages.join(" or ")} (default ${attack.stages[0]})`;
  const rows = [
    ["--stage STAGE", stages],
    ...Object.entries(options).map(([name, option]) => [`--${name} ${option.value}`, option.help]),
    ["--help", "show this text"],
  ];
  return [
    `usage: npm run attack -- ${attack.name} [OPTIONS]${argument}`,
    "",
    `${attack.about}`,
    "",
    ...rows.map(([left = "", right]) => `  ${left.padEnd(18)} ${right}`),
  ].join("\n");
}
