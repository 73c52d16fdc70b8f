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

/** Resolves after so many milliseconds; never once the signal is aborted. */
export function waitFor(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(milliseconds, resolve);
    signal.addEventListener("abort", cancel, { once: true });
  });
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};
