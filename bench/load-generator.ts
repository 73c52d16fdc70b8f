// Starts and controls the process that generates load (load-process.ts).

import { startProgram } from "../programs/stage-programs.ts";
import type { Flood, Load, LoadResult } from "./load.ts";
import type { Job } from "./load-process.ts";

/** Milliseconds for each phase of a run: long enough for thousands of requests. */
const DEFAULTS = { connections: 1, outstanding: 1, settle: 0, warmUp: 200, duration: 800 };

export class LoadGenerator {
  readonly #program = startProgram("bench/load-process.ts");

  /** Runs one load; only one may run at a time. Default: one connection, which sends one request after the other. */
  async load(load: Pick<Load, "port" | "request"> & Partial<Load>): Promise<LoadResult> {
    this.#do({ kind: "load", introduction: load.request, ...DEFAULTS, ...load });
    return JSON.parse(await this.#program.line(/^\{/)) as LoadResult;
  }

  /** Floods the server until end() is called. */
  flood(flood: Flood): void {
    this.#do({ kind: "flood", ...flood });
  }

  #do(job: Job): void {
    this.#program.enter(JSON.stringify(job));
  }

  end(): Promise<void> {
    return this.#program.kill();
  }
}
