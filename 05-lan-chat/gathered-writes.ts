// Writes that belong to one moment, in one transaction. What came in one piece over a socket is kept with one wait for
// the disk, not with one for each message; and still nothing is shown before it is kept, nor acknowledged before it is
// shown and noted as shown (P9.7).

import type { History } from "./history.ts";

/** One thing that is to be kept. Its parts run in this order, each of them after that part of all that came before it. */
export interface Write {
  /** Writes to the history. */
  store?(): void;
  /** What can be seen: it runs when the disk has what store() wrote. */
  show?(): void;
  /** Writes to the history that it was seen. */
  note?(): void;
  /** What the other side hears of it. */
  answer?(): void;
  /** The disk has not taken what store() or note() wrote. Nothing is answered then. */
  failed?(error: unknown): void;
}

export class GatheredWrites {
  readonly #history: History;
  readonly #later: (work: () => void) => void;
  #writes: Write[] = [];
  #isScheduled = false;

  /** @param later runs work when the program turns to the next event */
  constructor(history: History, later: (work: () => void) => void = setImmediate) {
    this.#history = history;
    this.#later = later;
  }

  /** Adds one. All that are added until the program turns to the next event are kept together. */
  add(write: Write): void {
    this.#writes.push(write);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#later(() => this.flush());
  }

  /** Keeps all that were added, and what these add in turn. */
  flush(): void {
    this.#isScheduled = false;
    while (this.#writes.length > 0) {
      const writes = this.#writes;
      this.#writes = [];
      this.#keep(writes);
    }
  }

  #keep(writes: readonly Write[]): void {
    try {
      if (writes.some(({ store }) => store !== undefined)) {
        this.#history.transaction(() => {
          for (const write of writes) write.store?.();
        });
      }
    } catch (error) {
      for (const write of writes) write.failed?.(error);
      return;
    }
    for (const write of writes) write.show?.();
    const noted = this.#note(writes);
    for (const write of noted) write.answer?.();
  }

  /** @returns those that may be answered: what could not be noted will be shown again, and answered then */
  #note(writes: readonly Write[]): readonly Write[] {
    const toNote = writes.filter(({ note }) => note !== undefined);
    if (toNote.length === 0) return writes;
    try {
      this.#history.transaction(() => {
        for (const write of toNote) write.note?.();
      });
      return writes;
    } catch (error) {
      for (const write of toNote) write.failed?.(error);
      return writes.filter(({ note }) => note === undefined);
    }
  }
}
