// The command line: options such as `--port 10001`, checked before the program starts.
// Pure: it gets the arguments and returns what they mean, or one sentence about what is wrong with them.

import { printable } from "./printable.ts";
import { UserError, wrapped } from "./program.ts";

/** One option a program understands. */
export interface Option {
  /** What stands for the value in the usage, e.g. PORT. Without it the option is a switch. */
  value?: string;
  /** What it does, in a few words, for the usage. */
  help: string;
  /** Says what is wrong with a value, or nothing if it is fine. */
  check?: (value: string) => string | undefined;
}

/** The options given, by name without the dashes (a switch has the value ""), and what follows them. */
export interface Arguments {
  options: Map<string, string>;
  rest: string[];
}

/** A command line that the program cannot follow. Exit code 2, as is customary for wrong usage. */
export class ArgumentError extends UserError {
  override readonly exitCode = 2;

  constructor(problem: string) {
    super(`${problem} (--help shows the usage)`);
  }
}

/**
 * Reads options up to the first argument that is none (`-4` is none: options begin with two dashes and a letter).
 * `--name value` and `--name=value` mean the same; `--` ends the options.
 * @throws ArgumentError for an unknown option, one given twice, one without its value, or a value its check refuses
 */
export function readArguments(argv: readonly string[], known: Readonly<Record<string, Option>>): Arguments {
  const options = new Map<string, string>();
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined && word !== "--"; word = rest.shift()) {
    const [, name, behind] = /^--([A-Za-z][^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) return { options, rest: [word, ...rest] };
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined) throw new ArgumentError(`unknown option ${shown(`--${name}`)}`);
    if (options.has(name)) throw new ArgumentError(`--${name} is given twice`);
    const isSwitch = option.value === undefined;
    if (isSwitch && behind !== undefined) throw new ArgumentError(`--${name} takes no value`);
    const value = isSwitch ? "" : (behind ?? rest.shift());
    if (value === undefined) throw new ArgumentError(`--${name} needs a value: --${name} ${option.value}`);
    const complaint = option.check?.(value);
    if (complaint !== undefined) throw new ArgumentError(`--${name} ${shown(value)}: ${complaint}`);
    options.set(name, value.replace(/^\[(.*:.*)\]$/, "$1")); // Brackets are for URLs: [::1] is ::1.
  }
  return { options, rest };
}

/** The same for a program that takes options only. @throws ArgumentError also if something follows them */
export function readOptions(argv: readonly string[], known: Readonly<Record<string, Option>>): Arguments {
  const given = readArguments(argv, known);
  if (given.rest.length === 0 || given.options.has("help")) return given;
  throw new ArgumentError("this program takes options only (is there a -- after the script's name?)");
}

/** An argument for an error message: short, without anything that could steer a terminal, and quoted if it is empty. */
function shown(argument: string): string {
  return argument === "" ? '""' : printable(argument).slice(0, 60);
}

/** The text that `--help` prints, as wide as the terminal. */
export function usage(call: string, about: string, known: Readonly<Record<string, Option>>): string {
  const { columns } = process.stdout;
  const rows = Object.entries(known).map(([name, { value, help }]) => {
    const left = value === undefined ? `--${name}` : `--${name} ${value}`;
    const right = wrapped(help, columns - 33).replaceAll("\n", `\n${" ".repeat(33)}`);
    return `  ${left.padEnd(30)} ${right}`;
  });
  return wrapped([`usage: ${call}`, "", about, "", ...rows, ""].join("\n"), columns);
}

/** A host to listen on or to connect to. An empty one would mean every address of this machine. */
export function hostOption(help: string): Option {
  const check = (value: string) => (/^\S+$/.test(value) ? undefined : "a host is a name or an address");
  return { value: "HOST", help, check };
}

/** A port number. Port 0 lets the system choose a free one. */
export function portOption(help: string): Option {
  const isPort = (value: string) => /^[0-9]{1,5}$/.test(value) && Number(value) <= 65535;
  const check = (value: string) => (isPort(value) ? undefined : "a port is a number from 0 to 65535");
  return { value: "PORT", help, check };
}

/** A duration in seconds, up to a week; fractions are allowed. (Beyond 24 days, a timer of Node.js fires at once.) */
export function secondsOption(help: string): Option {
  const isNumber = (value: string) => /^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/.test(value);
  const isTime = (value: string) => isNumber(value) && Number(value) >= 0.001 && Number(value) <= 604_800;
  const check = (value: string) => (isTime(value) ? undefined : "a time is 0.001 to 604800 seconds");
  return { value: "SECONDS", help, check };
}

/** The value of a SECONDS option in milliseconds, or the default (in seconds) if the option was not given. */
export function milliseconds(given: Arguments, name: string, defaultSeconds: number): number {
  return Number(given.options.get(name) ?? defaultSeconds) * 1000;
}
