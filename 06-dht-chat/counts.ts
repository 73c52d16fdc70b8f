// What was counted since the start, for who wants to look underneath.

/** So many different things are counted: names come from us, but a mistake must not fill the memory. */
const MOST_NAMES = 100;

export class Counts {
  readonly #counts = new Map<string, number>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  add(what: string): void {
    if (!this.#counts.has(what) && this.#counts.size >= MOST_NAMES) return;
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
    this.#changed();
  }

  get view(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
