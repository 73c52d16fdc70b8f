// When one contact is looked for: at the start, when our user writes, after a loss, and then with growing pauses.

import type { Clock } from "./clock.ts";
import type { Turns } from "./turns.ts";

// In milliseconds. A few short pauses: a message waits 10 s for a way to its contact (P10.8).
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 5 * 60_000;
/** While only we can call: two people sit there, with a card that expires. */
const LONGEST_PAUSE_FOR_CARD = 10_000;

/** A pause is up to so much longer or shorter, so that two pages do not call each other at the same moments for ever. */
const SPREAD = 0.25;

/** What came of one attempt. done: a session, or another attempt is worth it; hopeless: another one would fail as well. */
export type AttemptOutcome = "done" | "hopeless";

export interface SeekerOptions {
  clock: Clock;
  /** From 0 to 1. */
  random: () => number;
  /** Attempts nobody waits for take turns. */
  turns: Turns;
  /** Looks for the contact and calls. Must not reject. */
  attempt(signal: AbortSignal): Promise<AttemptOutcome>;
  /** Whether there is a session now: then nobody is looked for. */
  isMet(): boolean;
  /** Whether a card waits to be used: the other side does not know us yet, and cannot call. */
  hasCard(): boolean;
  /** `isSearching` is a new one. Must not throw. */
  changed(): void;
}

export class Seeker {
  readonly #options: SeekerOptions;
  #state: "resting" | "waiting" | "trying" | "stopped" = "resting";
  #pause = FIRST_PAUSE;
  /** Our user waits, or the contact was there a moment ago: it shows that we search. */
  #isUrgent = false;
  #isSearching = false;
  #cancelTimer = (): void => {};
  #abort = new AbortController();
  /** Woken while an attempt was under way: it may have begun too early. */
  #isWoken = false;

  constructor(options: SeekerOptions) {
    this.#options = options;
  }

  /** Whether the page says that we search. Background attempts do not show. */
  get isSearching(): boolean {
    return this.#isSearching;
  }

  /** Looks for the contact now, and then with short pauses again. */
  seek(): void {
    if (this.#state === "stopped") return;
    this.#isUrgent = true;
    this.#pause = FIRST_PAUSE;
    if (this.#state === "trying") this.#isWoken = true;
    else this.#try();
    this.#update();
  }

  /** Looks for the contact after a short pause: whoever has just said goodbye is called later. */
  seekLater(): void {
    if (this.#state !== "resting") return;
    this.#pause = FIRST_PAUSE;
    this.#wait();
  }

  /** Looks for the contact after the pause that is due, each one longer than the last: its sessions end at once. */
  seekSlowly(): void {
    if (this.#state === "resting") this.#wait();
  }

  /** There is a session: no further attempt. One that is under way goes on, since the other side may stand in it. */
  rest(): void {
    if (this.#state === "stopped") return;
    this.#cancelTimer();
    this.#isUrgent = false;
    this.#isWoken = false;
    if (this.#state === "waiting") this.#state = "resting";
    this.#update();
  }

  /** Ends it, and an attempt that is under way. */
  stop(): void {
    this.#state = "stopped";
    this.#cancelTimer();
    this.#abort.abort();
    this.#isSearching = false;
  }

  #try(): void {
    this.#cancelTimer();
    this.#state = "trying";
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const attempt = () => this.#options.attempt(signal);
    const outcome = this.#isUrgent ? attempt() : this.#options.turns.take(attempt);
    void outcome.then((result) => this.#decide(result));
  }

  #decide(outcome: AttemptOutcome): void {
    if (this.#state !== "trying") return;
    const isOver = this.#options.isMet() || (outcome === "hopeless" && !this.#isWoken);
    this.#isWoken = false;
    if (isOver) this.#state = "resting";
    else this.#wait();
    // After some seconds nobody waits any more.
    if (this.#state === "resting" || this.#pause > 8 * FIRST_PAUSE) this.#isUrgent = false;
    this.#update();
  }

  #wait(): void {
    this.#state = "waiting";
    const spread = 1 + SPREAD * (2 * this.#options.random() - 1);
    if (this.#options.hasCard()) this.#pause = Math.min(this.#pause, LONGEST_PAUSE_FOR_CARD);
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(this.#pause * spread, () => this.#try());
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }

  #update(): void {
    const isSearching = this.#isUrgent && (this.#state === "trying" || this.#state === "waiting");
    if (isSearching === this.#isSearching) return;
    this.#isSearching = isSearching;
    this.#options.changed();
  }
}
