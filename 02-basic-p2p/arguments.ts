// The command line: options such as `--port 10001`, checked before the program starts.
// Pure: it gets the arguments and returns what they mean, or one sentence about what is wrong with them.

import { type ParseArgsConfig, parseArgs } from "node:util";
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
  override readonly exitCode = 2;

  constructor(problem: string) {
    super(`${problem} (--help shows the usage)`);
  }
}

/**
 * Reads options up to the first argument that is none (`-4` is none: options begin with two dashes and a letter).
 * `--name value` and `--name=value` mean the same; `--` ends the options.
 * @throws ArgumentError for an unknown option, one given twice, one without its value, or a value its check refuses.
 */
export function readArguments(argv: readonly string[], known: Readonly<Record<string, Option>>): Arguments {
  const types: ParseArgsConfig["options"] = {};
  for (const name in known) types[name] = { type: known[name]?.value === undefined ? "boolean" : "string" };
  // Not strict: what is wrong is said below, and what follows the options may look like one.
  const { tokens } = parseArgs({ args: [...argv], options: types, strict: false, tokens: true });

  const options = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === "option-terminator") return { options, rest: argv.slice(token.index + 1) };
    if (token.kind === "positional" || !/^--[A-Za-z]/.test(token.rawName))
      return { options, rest: argv.slice(token.index) };
    const { name, value } = token;
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined) throw new ArgumentError(`unknown option ${shown(`--${name}`)}`);
    if (options.has(name)) throw new ArgumentError(`--${name} is given twice`);
    if (option.value === undefined && value !== undefined)
      throw new ArgumentError(`--${name} takes no value`);
    if (option.value !== undefined && value === undefined)
      throw new ArgumentError(`--${name} needs a value: --${name} ${option.value}`);
    const complaint = value === undefined ? undefined : option.check?.(value);
    if (complaint !== undefined) throw new ArgumentError(`--${name} ${shown(value ?? "")}: ${complaint}`);
    options.set(name, value ?? "");
  }
  return { options, rest: [] };
}

/** An argument for an error message: short, without anything that could steer a terminal, and quoted if it is empty. */
function shown(argument: string): string {
  return argument === "" ? '""' : printable(argument).slice(0, 60);
}

/** The text that `--help` prints. */
export function usage(call: string, about: string, known: Readonly<Record<string, Option>>): string {
  const rows = Object.entries(known).map(([name, { value, help }]) => {
    const left = value === undefined ? `--${name}` : `--${name} ${value}`;
    return `  ${left.padEnd(30)} ${help}`;
  });
  return [`usage: ${call}`, "", about, "", ...rows, ""].join("\n");
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

/** A week. (A timer of Node.js can wait 2^31 - 1 milliseconds, three weeks and a half, and fires at once beyond.) */
const MAX_SECONDS = 604_800;

/** A duration in seconds; fractions are allowed. */
export function secondsOption(help: string): Option {
  const check = (value: string) => {
    const seconds = /^(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/.test(value) ? Number(value) : Number.NaN;
    const fits = seconds >= 0.001 && seconds <= MAX_SECONDS;
    return fits ? undefined : `a time is a number of seconds from 0.001 to ${MAX_SECONDS}`;
  };
  return { value: "SECONDS", help, check };
}

/** The value of a SECONDS option in milliseconds, or the default (in seconds) if the option was not given. */
export function milliseconds(given: Arguments, name: string, defaultSeconds: number): number {
  return Number(given.options.get(name) ?? defaultSeconds) * 1000;
}
