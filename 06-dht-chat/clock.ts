// The clock and its timers, as an argument: tests turn it by hand.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Calls once, after so many milliseconds.
   * @param action must not throw
   * @returns what takes it back
   */
  after(milliseconds: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};
