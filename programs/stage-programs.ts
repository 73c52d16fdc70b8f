// Starts the programs of the stages, as they are, for a recording.

import { createServer, type Server } from "node:net";
import { ChildProgram, type ProgramPlace } from "./child-program.ts";

/** As a URL, because a path of Windows is none of an import. */
const RECORDER = new URL("../captures/record/recorder.ts", import.meta.url);

export class StagePrograms {
  readonly #logFolder: string | undefined;
  readonly #place: ProgramPlace;
  readonly #programs: ChildProgram[] = [];

  /** @param logFolder where our recorder writes down what they send; undefined: they run without it */
  constructor(logFolder?: string, place: ProgramPlace = {}) {
    this.#logFolder = logFolder;
    this.#place = place;
  }

  /**
   * @param file the program, relative to the course's folder, e.g. 01-calculator/server.ts
   * @param environment variables to set beside our own
   */
  start(
    file: string,
    argv: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): ChildProgram {
    const log = this.#logFolder;
    const loaded = ["--import", "tsx", ...(log === undefined ? [] : ["--import", RECORDER.href])];
    const variables = { ...environment, ...(log === undefined ? {} : { CAPTURE_LOG: log }) };
    const words = [...loaded, file, ...argv];
    const program = new ChildProgram(file, process.execPath, words, variables, this.#place);
    this.#programs.push(program);
    return program;
  }

  /** Ends those that still run. */
  async end(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()));
  }
}

/**
 * Of each port wanted: itself, if it is free on 127.0.0.1, or another one, which the system chooses. All are different.
 * @param wanted 0 for any
 */
export async function freePorts(wanted: readonly number[]): Promise<number[]> {
  const servers: Server[] = [];
  for (const port of wanted) servers.push((await tryToListen(port)) ?? (await listen(0)));
  const ports = servers.map(portOf);
  // Only now, or the system might give us one of them twice.
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function tryToListen(port: number): Promise<Server | undefined> {
  return listen(port).catch(() => undefined);
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port }, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
