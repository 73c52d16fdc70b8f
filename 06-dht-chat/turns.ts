// So many things at a time, the others wait for their turn: many contacts are not all looked for at once.

export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param limit how many may run at a time */
  constructor(limit: number) {
    this.#free = limit;
  }

  /** Runs the work when it is its turn. What it returns or throws is passed on. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
