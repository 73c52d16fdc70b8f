// How long a key is not called by itself after a session with it has failed with `bad-record` (P9.4). Pure.

// In milliseconds. The first time; it doubles each time, up to the longest.
const FIRST = 60_000;
const LONGEST = 3_600_000;

/** So many keys are remembered. */
const KEPT = 1024;

export class WaitingTimes {
  readonly #waits = new Map<string, { until: number; wait: number }>();

  /** A session, or a call, has failed with `bad-record`. */
  failed(fingerprint: string, now: number): void {
    const before = this.#waits.get(fingerprint);
    if (before !== undefined && now < before.until) return; // Somebody called in spite of it. The time runs on.
    const wait = before === undefined ? FIRST : Math.min(2 * before.wait, LONGEST);
    this.#waits.delete(fingerprint);
    this.#waits.set(fingerprint, { until: now + wait, wait });
    const [oldest] = this.#waits.keys();
    if (this.#waits.size > KEPT && oldest !== undefined) this.#waits.delete(oldest);
  }

  /** A session has ended in another way, or the user has decided something: the next failure counts as the first. */
  forgive(fingerprint: string): void {
    this.#waits.delete(fingerprint);
  }

  mayCall(fingerprint: string, now: number): boolean {
    const waiting = this.#waits.get(fingerprint);
    return waiting === undefined || now >= waiting.until;
  }
}
