// Stops a run early: when its time is over, or on a signal. A second signal ends it at once.

/** The exit code if the time is over. */
const LIMIT_REACHED = 2;
/** The exit codes if a signal has stopped the run: 128 and its number, as shells have it. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export class Stop {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  #exitCode = LIMIT_REACHED;

  /** @param limit in milliseconds, from now on */
  constructor(limit?: number) {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(name, () => {
        // The programs that we have started end when we call exit(). A signal alone would end us without them.
        if (this.why !== undefined) process.exit(SIGNALS[name]);
        this.#stop(`the run was stopped by ${name}`, SIGNALS[name]);
      });
    if (limit === undefined) return;
    this.#timer = setTimeout(
      () => this.#stop(`the limit of ${limit / 1000} s was reached`, LIMIT_REACHED),
      limit,
    );
    this.#timer.unref();
  }

  /** Is aborted when the run must stop. Its reason is the same text as `why`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the run was stopped; undefined if it was not. */
  get why(): string | undefined {
    return this.signal.aborted ? String(this.signal.reason) : undefined;
  }

  /** Nothing runs any more, so the limit has no meaning. */
  isOver(): void {
    clearTimeout(this.#timer);
  }

  /** Ends this process when its output is written: checks that were given up may still wait for something. */
  async exitNow(): Promise<never> {
    await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
    return process.exit(this.#exitCode);
  }

  #stop(why: string, exitCode: number): void {
    if (this.why !== undefined) return;
    this.#exitCode = exitCode;
    this.#controller.abort(why);
  }
}
