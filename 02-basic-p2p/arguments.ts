// The command line: options such as `--port 10001`, checked before the program starts.
// Pure: it gets the arguments and returns what they mean, or one sentence about what is wrong with them.

import { printable } from "./printable.ts";
import { UserError } from "./program.ts";

/** One option a program understands. */
export interface Option {
  /** What stands for the value in the usage, e.g. PORT. Without it the option is a switch. */
  value?: string;
  /** What it does, in a few words, for the usage. */
  help: string;
  /** Says what is wrong with a value, or nothing if it is fine. */
  check?: (value: string) => string | undefined;
}

export interface Arguments {
  /** The options given, by name without the dashes. A switch has the value "". */
  options: Map<string, string>;
  /** What follows the options. */
  rest: string[];
}

/** A command line that the program cannot follow. Exit code 2, as is customary for wrong usage. */
export class ArgumentError extends UserError {
  constructor(problem: string) {
    super(`${problem} (--help shows the usage)`, 2);
  }
}

/**
 * Reads options up to the first argument that is none (`-4` is none: options begin with two dashes and a letter).
 * `--name value` and `--name=value` mean the same; `--` ends the options.
 * @throws ArgumentError for an unknown option, one given twice, one without its value, or a value its check refuses.
 */
export function readArguments(argv: readonly string[], known: Readonly<Record<string, Option>>): Arguments {
  const options = new Map<string, string>();
  let position = 0;
  while (position < argv.length) {
    const argument = argv[position] ?? "";
    if (argument === "--") {
      position += 1;
      break;
    }
    const parts = /^--([A-Za-z][^=]*)(?:=(.*))?$/s.exec(argument);
    if (parts === null) break;
    position += 1;

    const name = parts[1] ?? "";
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined) throw new ArgumentError(`unknown option ${printableArgument(`--${name}`)}`);
    if (options.has(name)) throw new ArgumentError(`--${name} is given twice`);

    let value = parts[2];
    if (option.value === undefined) {
      if (value !== undefined) throw new ArgumentError(`--${name} takes no value`);
      value = "";
    } else {
      if (value === undefined) {
        value = argv[position];
        position += 1;
      }
      if (value === undefined) throw new ArgumentError(`--${name} needs a value: --${name} ${option.value}`);
      const complaint = option.check?.(value);
      if (complaint !== undefined) {
        throw new ArgumentError(`--${name} ${printableArgument(value)}: ${complaint}`);
      }
    }
    options.set(name, value);
  }
  return { options, rest: argv.slice(position) };
}

/** The text that `--help` prints. */
export function usage(call: string, about: string, known: Readonly<Record<string, Option>>): string {
  const rows = Object.entries(known).map(([name, option]) => {
    const left = option.value === undefined ? `--${name}` : `--${name} ${option.value}`;
    return `  ${left.padEnd(30)} ${option.help}`;
  });
  return [`usage: ${call}`, "", about, "", ...rows, ""].join("\n");
}

/** An argument for an error message: short, without anything that could steer a terminal, and quoted if it is empty. */
export function printableArgument(argument: string): string {
  return argument === "" ? '""' : printable(argument).slice(0, 60);
}

/** A host to listen on or to connect to. An empty one would mean every address of this machine. */
export function hostOption(help: string): Option {
  return {
    value: "HOST",
    help,
    check: (value) => (/^[^\s]+$/.test(value) ? undefined : "a host is a name or an address"),
  };
}

/** A check for port numbers. Port 0 lets the system choose a free one. */
export function portOption(help: string): Option {
  return {
    value: "PORT",
    help,
    check: (value) =>
      /^[0-9]{1,5}$/.test(value) && Number(value) <= 65535 ? undefined : "a port is a number from 0 to 65535",
  };
}

/** A week. (A timer of Node.js can wait 2^31 - 1 milliseconds, three weeks and a half, and fires at once beyond.) */
const MAX_SECONDS = 604_800;

/** A check for durations in seconds; fractions are allowed. */
export function secondsOption(help: string): Option {
  return {
    value: "SECONDS",
    help,
    check: (value) =>
      /^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/.test(value) &&
      Number(value) >= 0.001 &&
      Number(value) <= MAX_SECONDS
        ? undefined
        : `a time is a number of seconds from 0.001 to ${MAX_SECONDS}`,
  };
}

/** The value of a SECONDS option in milliseconds, or the default (in seconds) if the option was not given. */
export function milliseconds(given: Arguments, name: string, defaultSeconds: number): number {
  return Number(given.options.get(name) ?? defaultSeconds) * 1000;
}
