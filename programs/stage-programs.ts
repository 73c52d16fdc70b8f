// Starts programs of the course, most of all those of the stages.

import { ChildProgram, type ProgramOptions } from "./child-program.ts";
import { nodeCommand } from "./node-command.ts";

/** Starts a program that shares our signals. If it fails, the error message tells everything that it has printed. */
export function startProgram(
  file: string,
  argv: readonly string[] = [],
  options: ProgramOptions = {},
): ChildProgram {
  const name = [file, ...argv].join(" ");
  const usual = { sharesSignals: true, tellsEverything: true };
  return new ChildProgram(name, [...nodeCommand(file, options.folder), ...argv], { ...usual, ...options });
}

/** Starts a server on a port that the system chooses, and waits until it listens. @returns the server and its port */
export async function startServer(
  file: string,
  argv: readonly string[] = [],
): Promise<{ server: ChildProgram; port: number }> {
  const server = startProgram(file, ["--port", "0", ...argv]);
  const line = await server.line(/^listening on .*:[0-9]+$/);
  return { server, port: portIn(line) };
}

/** The port at the end of a line such as `listening on 127.0.0.1:10000`. */
export function portIn(line: string): number {
  return Number(line.slice(line.lastIndexOf(":") + 1));
}

/** A set of programs that are ended together. */
export class StagePrograms {
  readonly #options: ProgramOptions;
  readonly #loads: readonly string[];
  readonly #programs: ChildProgram[] = [];

  /**
   * @param options the options of every program
   * @param loads URLs of modules that every program loads first
   */
  constructor(options: ProgramOptions = {}, loads: readonly string[] = []) {
    this.#options = options;
    this.#loads = loads;
  }

  /** @param file relative to the folder that the program runs in, e.g. 01-calculator/server.ts */
  start(file: string, argv: readonly string[], options: ProgramOptions = {}): ChildProgram {
    const all = {
      ...this.#options,
      ...options,
      environment: { ...this.#options.environment, ...options.environment },
    };
    const program = new ChildProgram(file, [...nodeCommand(file, all.folder, this.#loads), ...argv], all);
    this.#programs.push(program);
    return program;
  }

  /** Ends all programs that still run. */
  async end(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()));
  }
}
