// The rows of a list that the server has: asked for in windows when they come into view, and forgotten when many others have
// been looked at since. Knows nothing of the page.

/** How many rows are asked for at once. */
export const WINDOW = 256;
/** How many windows are kept. */
const MOST_WINDOWS = 64;
/** How many windows are asked for at a time: who scrolls far needs none of those that they passed. */
const MOST_UNDER_WAY = 2;

export class RowWindows<Row> {
  readonly #load: (first: number, count: number) => Promise<readonly Row[]>;
  readonly #changed: (problem?: unknown) => void;
  readonly #windows = new Map<number, readonly Row[]>();
  readonly #underWay = new Set<number>();
  #wanted: number[] = [];

  /**
   * @param load asks for rows; the last window may have fewer than asked for
   * @param changed called when rows have come, or with why they have not
   */
  constructor(
    load: (first: number, count: number) => Promise<readonly Row[]>,
    changed: (problem?: unknown) => void,
  ) {
    this.#load = load;
    this.#changed = changed;
  }

  /** Undefined as long as it has not come. */
  at(index: number): Row | undefined {
    return this.#windows.get(Math.floor(index / WINDOW))?.[index % WINDOW];
  }

  /** Sees to it that the rows from `first` to before `end` come. What was wanted before is not, unless it is under way. */
  want(first: number, end: number): void {
    this.#wanted = [];
    for (let number = Math.floor(first / WINDOW); number * WINDOW < end; number += 1) {
      const rows = this.#windows.get(number);
      if (rows === undefined) this.#wanted.push(number);
      else this.#keep(number, rows);
    }
    this.#askForMore();
  }

  #askForMore(): void {
    for (const number of this.#wanted) {
      if (this.#underWay.size >= MOST_UNDER_WAY) return;
      if (!this.#underWay.has(number) && !this.#windows.has(number)) void this.#ask(number);
    }
  }

  async #ask(number: number): Promise<void> {
    this.#underWay.add(number);
    try {
      this.#keep(number, await this.#load(number * WINDOW, WINDOW));
      this.#changed();
    } catch (problem) {
      this.#wanted = [];
      this.#changed(problem);
    } finally {
      this.#underWay.delete(number);
      this.#askForMore();
    }
  }

  /** A map remembers in which order its entries were set: the first is the one that was not looked at for longest. */
  #keep(number: number, rows: readonly Row[]): void {
    this.#windows.delete(number);
    this.#windows.set(number, rows);
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > MOST_WINDOWS && oldest !== undefined) this.#windows.delete(oldest);
  }
}
