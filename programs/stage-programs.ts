// Starts programs of the course as they are: the stages' above all.

import { ChildProgram, type ProgramOptions } from "./child-program.ts";
import { nodeCommand } from "./node-command.ts";

/** A program of the course that shares our signals, and tells everything when it fails. */
export function startProgram(
  file: string,
  argv: readonly string[] = [],
  options: ProgramOptions = {},
): ChildProgram {
  const name = [file, ...argv].join(" ");
  const usual = { sharesSignals: true, tellsEverything: true };
  return new ChildProgram(name, [...nodeCommand(file, options.folder), ...argv], { ...usual, ...options });
}

/** A server on a port of the system's choice. @returns it with its port, when it listens */
export async function startServer(
  file: string,
  argv: readonly string[] = [],
): Promise<{ server: ChildProgram; port: number }> {
  const server = startProgram(file, ["--port", "0", ...argv]);
  const line = await server.line(/^listening on .*:[0-9]+$/);
  return { server, port: Number(line.slice(line.lastIndexOf(":") + 1)) };
}

/** Programs that end together. */
export class StagePrograms {
  readonly #options: ProgramOptions;
  readonly #loads: readonly string[];
  readonly #programs: ChildProgram[] = [];

  /**
   * @param options for each of them
   * @param loads URLs of modules that each loads before itself
   */
  constructor(options: ProgramOptions = {}, loads: readonly string[] = []) {
    this.#options = options;
    this.#loads = loads;
  }

  /** @param file the program, relative to the folder that it runs in, e.g. 01-calculator/server.ts */
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

  /** Ends those that still run. */
  async end(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()));
  }
}
