// Keeps circuits reserved on 2 to 3 relays (P10.5): which one is asked next, and when one that failed is asked again.
// It knows no engine: what it does to the network it is given as functions.

import type { RelayView } from "./network.ts";
import type { RelayAddress } from "./relay-addresses.ts";

/** A page wants so many relays. */
const MOST_RELAYS = 3;
/** With fewer than these it looks for others after a second, then after two, and every four; else every ten. */
export const ENOUGH_RELAYS = 2;
const HASTY_PAUSE = 1000;
const LAST_HASTY_PAUSE = 4000;
const CALM_PAUSE = 10_000;
/** A relay that failed is asked again after a second, then after two, four … up to a minute. All in milliseconds. */
const FIRST_RETRY = 1000;
const LAST_RETRY = 60_000;
/** Without any relay, each is asked that often: our own node may just have been started again. */
const LAST_RETRY_ALONE = 4000;
/** A lost relay is shown for so long. */
const LOST_SHOWN = 30_000;
/** So many that may be there are called at the same time. */
const REACHED_AT_ONCE = 3;
/** So many failures are remembered. */
const MOST_FAILURES = 1000;

/** What the keeper needs. */
export interface RelayWork {
  /** Relays that may be there, the best first; our own node before those of others. */
  candidates(): Promise<readonly RelayAddress[]>;
  /** Connects to a relay. Several are reached at once, unlike circuits, which are reserved one by one. @throws Error */
  reach(relay: RelayAddress): Promise<void>;
  /** Reserves a circuit. @throws Error if the relay cannot be reached, or has no place */
  reserve(relay: RelayAddress): Promise<void>;
  /** Whether the circuit that was reserved there still stands. */
  isReserved(peerId: string): boolean;
  /** Whether the relay has nothing to say, and may be dead: it stays reserved, and is not counted on. */
  isDoubted(peerId: string): boolean;
  /** Some relay has changed its state. */
  changed(): void;
  /** In milliseconds. */
  now(): number;
  /** Calls after so many milliseconds. @returns a function that cancels it */
  later(action: () => void, milliseconds: number): () => void;
}

/** See the file's first line. */
export class RelayKeeper {
  readonly #work: RelayWork;
  readonly #views = new Map<string, RelayView>();
  readonly #failures = new Map<string, { count: number; failedAt: number; pause: number }>();
  #hastyPause = HASTY_PAUSE;
  #isLooking = false;
  #looksAgain = false;
  #isStopped = false;
  #cancel = (): void => {};

  constructor(work: RelayWork) {
    this.#work = work;
  }

  /** All that are shown: reserved, being asked, or just lost. */
  views(): RelayView[] {
    return [...this.#views.values()].map((view) => ({ ...view }));
  }

  /** The relays on which others can reach us now. */
  reserved(): RelayView[] {
    return this.views().filter(({ state }) => state === "reserved");
  }

  /** Looks for relays now, if there are too few. */
  look(): void {
    if (this.#isStopped) return;
    this.#cancel();
    this.#looksAgain = true;
    if (!this.#isLooking) void this.#lookUntilEnough();
  }

  /** The reservation on this relay is gone. Another one is looked for at once. */
  lost(peerId: string): void {
    const view = this.#views.get(peerId);
    if (view?.state !== "reserved") return;
    this.#set(view, "lost");
    this.#failed(peerId);
    this.#hastyPause = HASTY_PAUSE;
    this.look();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #lookUntilEnough(): Promise<void> {
    this.#isLooking = true;
    while (this.#looksAgain && !this.#isStopped) {
      this.#looksAgain = false;
      this.#forgetLost();
      for (const { peerId } of this.reserved()) if (!this.#work.isReserved(peerId)) this.lost(peerId);
      await this.#askOthers();
    }
    this.#isLooking = false;
    if (this.#isStopped) return;
    const isHasty = this.#trusted < ENOUGH_RELAYS;
    this.#cancel = this.#work.later(() => this.look(), isHasty ? this.#hastyPause : CALM_PAUSE);
    this.#hastyPause = isHasty ? Math.min(2 * this.#hastyPause, LAST_HASTY_PAUSE) : HASTY_PAUSE;
  }

  /** Those that are reserved and not doubted. */
  get #trusted(): number {
    return this.reserved().filter(({ peerId }) => !this.#work.isDoubted(peerId)).length;
  }

  /** Three are enough, unless fewer than two of them answer. */
  get #hasAll(): boolean {
    return this.reserved().length >= MOST_RELAYS && this.#trusted >= ENOUGH_RELAYS;
  }

  /**
   * Reaches a few at once, so that the dead among them cost their time together; and reserves one after the other: two
   * circuits that are reserved at once never come to be.
   */
  async #askOthers(): Promise<void> {
    if (this.#hasAll) return;
    const candidates = (await this.#candidates()).filter((relay) => this.#isToBeAsked(relay));
    for (let at = 0; at < candidates.length; at += REACHED_AT_ONCE) {
      if (this.#isStopped || this.#hasAll) return;
      const relays = candidates.slice(at, at + REACHED_AT_ONCE);
      const reached = relays.map((relay) =>
        this.#work.reach(relay).then(
          () => true,
          () => false,
        ),
      );
      for (const [index, relay] of relays.entries()) {
        if (this.#isStopped || this.#hasAll) return;
        if (this.#isToBeAsked(relay)) await this.#ask(relay, reached[index]);
      }
    }
  }

  #isToBeAsked({ peerId }: RelayAddress): boolean {
    if (this.#views.get(peerId)?.state === "reserved") return false;
    const failure = this.#failures.get(peerId);
    if (failure === undefined) return true;
    const isAlone = this.reserved().length === 0;
    const pause = isAlone ? Math.min(failure.pause, LAST_RETRY_ALONE) : failure.pause;
    return failure.failedAt + pause <= this.#work.now();
  }

  async #candidates(): Promise<readonly RelayAddress[]> {
    try {
      return await this.#work.candidates();
    } catch {
      return []; // The table could not be asked. The next look will do.
    }
  }

  async #ask({ peerId, address }: RelayAddress, reached: Promise<boolean> | undefined): Promise<void> {
    const before = this.#views.get(peerId);
    const view: RelayView = { peerId, address, state: "reserving", since: this.#work.now() };
    this.#set(view, "reserving");
    try {
      if (!(await reached)) throw new Error("the relay cannot be reached");
      await this.#work.reserve({ peerId, address });
      this.#failures.delete(peerId);
      this.#set(view, "reserved");
    } catch {
      this.#failed(peerId);
      // One that was lost is shown as such for a while, also if it is asked again in vain.
      if (before === undefined) this.#views.delete(peerId);
      else this.#views.set(peerId, before);
      this.#work.changed();
    }
  }

  #failed(peerId: string): void {
    const count = (this.#failures.get(peerId)?.count ?? 0) + 1;
    const pause = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** (count - 1));
    this.#failures.delete(peerId);
    this.#failures.set(peerId, { count, failedAt: this.#work.now(), pause });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MOST_FAILURES && oldest !== undefined) this.#failures.delete(oldest);
  }

  #set(view: RelayView, state: RelayView["state"]): void {
    this.#views.set(view.peerId, { ...view, state, since: this.#work.now() });
    this.#work.changed();
  }

  #forgetLost(): void {
    const now = this.#work.now();
    for (const { peerId, state, since } of this.views())
      if (state === "lost" && now - since > LOST_SHOWN) this.#views.delete(peerId);
  }
}
