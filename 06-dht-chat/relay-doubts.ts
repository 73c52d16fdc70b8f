// Which relays have failed on the way to a peer: they are called last, for a while. Pure.

/** A doubt lasts so long, in milliseconds. */
const DOUBT_TIME = 600_000;
/** So many doubts are remembered; then the oldest one is forgotten. */
const MOST_DOUBTS = 256;

/**
 * No success ends a doubt: a relay that passes each handshake, and nothing after it, looks well at every call. Where all
 * relays of a peer are doubted, the one that failed longest ago is called first.
 */
export class RelayDoubts {
  /** When a relay failed, by peer and relay; the oldest first. */
  readonly #doubts = new Map<string, number>();

  /** @param now in milliseconds */
  doubt(peerId: string, relay: string, now: number): void {
    const key = keyOf(peerId, relay);
    this.#doubts.delete(key);
    this.#doubts.set(key, now);
    const [oldest] = this.#doubts.keys();
    if (this.#doubts.size > MOST_DOUBTS && oldest !== undefined) this.#doubts.delete(oldest);
  }

  /** @returns when it failed last, in milliseconds; 0 if there is no doubt (any more) */
  since(peerId: string, relay: string, now: number): number {
    const since = this.#doubts.get(keyOf(peerId, relay)) ?? 0;
    return now - since < DOUBT_TIME ? since : 0;
  }
}

function keyOf(peerId: string, relay: string): string {
  return `${peerId} ${relay}`;
}
