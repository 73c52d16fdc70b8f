// How often one peer may connect to a page: nobody takes the places of all others. Whoever has many keys is many peers. Pure.

/** A connection comes to be within so many milliseconds, or never: so this also limits how many of a peer wait for that. */
const WINDOW = 10_000;
const MOST_IN_A_WINDOW = 8;
/** So many connections of one peer may stand: a few through each relay. */
const MOST_STANDING = 12;
/** So many peers are remembered; then the one that came longest ago is forgotten. */
const MOST_PEERS = 1024;

export class Callers {
  /** When each has come lately, in milliseconds; who came last is the last one. */
  readonly #times = new Map<string, number[]>();

  /**
   * Whether this peer is let in now.
   * @param standing how many connections it has
   * @param now in milliseconds
   */
  mayConnect(peerId: string, standing: number, now: number): boolean {
    const times = (this.#times.get(peerId) ?? []).filter((time) => now - time < WINDOW);
    if (times.length >= MOST_IN_A_WINDOW || standing >= MOST_STANDING) return false;
    this.#times.delete(peerId);
    this.#times.set(peerId, [...times, now]);
    const [oldest] = this.#times.keys();
    if (this.#times.size > MOST_PEERS && oldest !== undefined) this.#times.delete(oldest);
    return true;
  }
}
