// Tells dead connections from busy ones, for one connection. Every byte that comes is a sign of life; the answer to a ping is
// only one that can be asked for. On a slow line it waits behind what was sent before, so time alone proves nothing. Pure.

/** All in milliseconds. */
export interface PulseLimits {
  /** When nothing has come for so long, a ping asks for something. */
  quiet: number;
  /** When nothing has come for so long since it was asked, the other side is doubted: it may be dead, or slow. */
  doubted: number;
  /** When nothing has come for so long since it was asked, it is dead. */
  dead: number;
}

/** What to do: nothing, ping, do without this connection where that is possible, or cut it. */
export type PulseState = "alive" | "ask" | "doubted" | "dead";

export class Pulse {
  readonly #limits: PulseLimits;
  #heard: number;
  /** Nothing has come since then, though it was asked for. */
  #asked: number | undefined;

  /** @param now in milliseconds */
  constructor(limits: PulseLimits, now: number) {
    this.#limits = limits;
    this.#heard = now;
  }

  /** Bytes have come, whichever. */
  heard(now: number): void {
    this.#heard = now;
    this.#asked = undefined;
  }

  /** To be called again and again. Silence counts from the ping: whoever slept has heard nothing, and asked for nothing. */
  look(now: number): PulseState {
    if (now - this.#heard < this.#limits.quiet) return "alive";
    if (this.#asked === undefined) {
      this.#asked = now;
      return "ask";
    }
    const silence = now - this.#asked;
    if (silence >= this.#limits.dead) return "dead";
    return silence >= this.#limits.doubted ? "doubted" : "alive";
  }
}
