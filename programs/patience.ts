// Time limits for waiting. On a busy machine everything takes longer, our own timers too: they tell how busy it is, and the
// limits grow with that.

/** We look at the clock so often, in milliseconds. */
const TICK = 100;
/** So late is a timer on an idle machine, in milliseconds. */
const USUAL = 5;
/** How much more time is given for each millisecond that a timer is late. */
const WEIGHT = 5;
/** The most that is given, as a multiple of the limit. */
const MOST = 4;

/** Time that was granted. Pure. */
export class Allowance {
  readonly #most: number;
  #granted: number;

  /** @param milliseconds that are enough on an idle machine */
  constructor(milliseconds: number) {
    this.#granted = milliseconds;
    this.#most = MOST * milliseconds;
  }

  /** In milliseconds from the start. */
  get granted(): number {
    return this.#granted;
  }

  /** A timer of ours was so late, in milliseconds. */
  wasLate(milliseconds: number): void {
    const more = WEIGHT * Math.max(0, milliseconds - USUAL);
    this.#granted = Math.max(this.#granted, Math.min(this.#most, this.#granted + more));
  }
}

/**
 * Calls the action when so much time is over, and later if the machine is busy: at most four times as late.
 * @returns a function that cancels it
 */
export function patientTimeout(action: () => void, milliseconds: number): () => void {
  const started = performance.now();
  const allowance = new Allowance(milliseconds);
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const left = started + allowance.granted - performance.now();
    if (left <= 0) return action();
    const due = performance.now() + Math.min(left, TICK);
    timer = setTimeout(
      () => {
        allowance.wasLate(performance.now() - due);
        wait();
      },
      Math.min(left, TICK),
    );
  };
  wait();
  return () => clearTimeout(timer);
}
