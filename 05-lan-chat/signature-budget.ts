// How many signatures are checked (P8.10). A check costs more than anything else that a datagram can cause, and whoever
// has the team's key can make us check. Pure: the clock is an argument.

import { isLoopback } from "./addresses.ts";

const PER_HOST = 20;
const IN_ALL = 200;
const KEPT_FOR_PINNED = 50;
/** All of these are limits for each second. */
const WINDOW_MS = 1000;

/** Counts what happened within the last second. It holds as many times as its limit, and no more. */
class Window {
  readonly #limit: number;
  /** Oldest first. */
  readonly #times: number[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  hasRoom(nowMs: number): boolean {
    // A time in the future is no reason to wait: the clock was set back.
    for (let [oldest] = this.#times; oldest !== undefined; [oldest] = this.#times) {
      if (oldest <= nowMs && nowMs - oldest < WINDOW_MS) break;
      this.#times.shift();
    }
    return this.#times.length < this.#limit;
  }

  note(nowMs: number): void {
    this.#times.push(nowMs);
  }

  isEmpty(nowMs: number): boolean {
    return this.hasRoom(nowMs) && this.#times.length === 0;
  }
}

/** At most 20 checks a second for one host off loopback, and 200 in all, 50 of which only pinned keys may use. */
export class SignatureBudget {
  readonly #all = new Window(IN_ALL);
  /** Those for keys that are not pinned. */
  readonly #open = new Window(IN_ALL - KEPT_FOR_PINNED);
  readonly #hosts = new Map<string, Window>();

  /** Says if a signature may be checked now, and counts it if so. */
  take(host: string, isPinned: boolean, nowMs: number): boolean {
    const own = isLoopback(host) ? undefined : (this.#hosts.get(host) ?? new Window(PER_HOST));
    const windows = [this.#all];
    if (!isPinned) windows.push(this.#open);
    if (own !== undefined) windows.push(own);
    if (!windows.every((window) => window.hasRoom(nowMs))) return false;
    for (const window of windows) window.note(nowMs);
    if (own !== undefined) this.#keep(host, own, nowMs);
    return true;
  }

  /** Keeps the window of a host. A host whose last second is over needs none, so there are 200 at most. */
  #keep(host: string, window: Window, nowMs: number): void {
    if (!this.#hosts.has(host) && this.#hosts.size >= IN_ALL)
      for (const [other, its] of this.#hosts) if (its.isEmpty(nowMs)) this.#hosts.delete(other);
    this.#hosts.set(host, window);
  }
}
