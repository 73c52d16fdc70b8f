// A clock that stands still until a test turns it.

import type { Clock } from "../clock.ts";

interface Timer {
  at: number;
  action: () => void;
}

export class HandClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(now = Date.UTC(2026, 10, 29)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, milliseconds), action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** When the next timer is due; undefined if there is none. */
  get next(): number | undefined {
    const times = Array.from(this.#timers, (timer) => timer.at);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Turns the clock to this moment. What is due by then happens, each at its own time. Never back. */
  turnTo(moment: number): void {
    for (;;) {
      const due = [...this.#timers]
        .filter(({ at }) => at <= moment)
        .sort((one, other) => one.at - other.at)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.action();
    }
    this.#now = Math.max(this.#now, moment);
  }
}
