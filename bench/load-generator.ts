// Our end of the process that generates load.

import { startProgram } from "../programs/stage-programs.ts";
import type { Flood, Load, LoadResult } from "./load.ts";
import type { Job } from "./load-process.ts";

/** How long the runs of all loads are: enough for many thousand requests. */
const DEFAULTS = { connections: 1, outstanding: 1, settle: 0, warmUp: 200, duration: 800 };

export class LoadGenerator {
  readonly #program = startProgram("bench/load-process.ts");

  /** One load at a time. What is not said: one connection, a request after the other, which is its introduction too. */
  async load(load: Pick<Load, "port" | "request"> & Partial<Load>): Promise<LoadResult> {
    this.#do({ kind: "load", introduction: load.request, ...DEFAULTS, ...load });
    return JSON.parse(await this.#program.line(/^\{/)) as LoadResult;
  }

  /** Floods until end(). */
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
