// Our own record in the table: published anew every 20 minutes, and whenever our addresses change (P10.3).

import type { Clock } from "./clock.ts";
import type { Identity } from "./identity.ts";
import type { Network } from "./network.ts";
import { sentenceOf } from "./problems.ts";
import { checkRecord, MAX_SEQ_AHEAD, makeRecord, RECORD_LIFETIME, recordKey } from "./record.ts";
import type { Store } from "./store.ts";

/** In milliseconds (P10.3). */
const REPUBLISH_AFTER = 20 * 60_000;

// When no node took it: how long until the next try, in milliseconds.
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;

/** A page that starts, or whose relay is gone, finds one in this time, in milliseconds. Only then it is a problem. */
const NO_RELAY_AFTER = 5000;

const NO_RELAY =
  "Nobody can find you now: no node has a place for this page. Is your node running (npm run 06)? The page tries again by itself.";
const NOT_STORED = "No node of the table could be reached, so nobody can find you. It tries again by itself.";
const CLOCK_BEHIND =
  "This computer's clock is behind the last record that you published. Set it right; until then nobody can find you.";

/** What the table has of us. */
export interface PublishedRecord {
  key: string;
  body: string;
  seq: number;
  /** In milliseconds since 1970. */
  expires: number;
  /** So many nodes took it. */
  storedBy: number;
}

export interface PublisherOptions {
  identity: Identity;
  network: Network;
  store: Store;
  clock: Clock;
  /** The identity was made just now: the table can have nothing of it yet. */
  isNew?: boolean;
  /** Something of `record`, `problem` or `isPublished` is new. Must not throw. */
  changed(): void;
}

export class Publisher {
  readonly #options: PublisherOptions;
  #record: PublishedRecord | undefined;
  #problem: string | undefined;
  /** Since when no relay has a place for us, in milliseconds. */
  #withoutRelaySince: number | undefined;
  #pause = FIRST_PAUSE;
  #cancelTimer = (): void => {};
  #isRunning = false;
  #isWanted = false;
  #isStopped = false;
  #hasLooked: boolean;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#hasLooked = options.isNew === true;
  }

  get record(): PublishedRecord | undefined {
    return this.#record;
  }

  get problem(): string | undefined {
    // A relay was found: the record is on its way there.
    const isOver = this.#problem === NO_RELAY && this.#options.network.addresses.length > 0;
    return isOver ? undefined : this.#problem;
  }

  /** Whether a node keeps our record, as far as we know. */
  get isPublished(): boolean {
    return this.#record !== undefined && this.#record.expires > this.#options.clock.now();
  }

  /** Publishes now; after what is under way, if something is. Never rejects. */
  async publish(): Promise<void> {
    this.#isWanted = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false;
      await this.#publishOnce();
    }
    this.#isRunning = false;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
  }

  async #publishOnce(): Promise<void> {
    this.#cancelTimer();
    let problem: string | undefined;
    try {
      problem = await this.#tryToPublish();
    } catch (error) {
      problem = sentenceOf(error);
    }
    if (this.#isStopped) return;
    this.#problem = problem === NO_RELAY && this.#isEarly() ? undefined : problem;
    this.#setTimer(problem === undefined);
    this.#options.changed();
  }

  #isEarly(): boolean {
    const now = this.#options.clock.now();
    return now - (this.#withoutRelaySince ?? now) < NO_RELAY_AFTER;
  }

  #setTimer(isPublished: boolean): void {
    const pause = isPublished ? REPUBLISH_AFTER : this.#pause;
    this.#pause = isPublished ? FIRST_PAUSE : Math.min(2 * this.#pause, LONGEST_PAUSE);
    this.#cancelTimer = this.#options.clock.after(pause, () => void this.publish());
  }

  /** @returns what is wrong, if it was not published */
  async #tryToPublish(): Promise<string | undefined> {
    const { identity, network, store, clock } = this.#options;
    await this.#lookAtOwn();
    const addresses = network.addresses;
    const now = clock.now();
    this.#withoutRelaySince = addresses.length === 0 ? (this.#withoutRelaySince ?? now) : undefined;
    if (addresses.length === 0) return NO_RELAY;
    const seq = await store.takeRecordSequence(now);
    if (seq > now + MAX_SEQ_AHEAD) return CLOCK_BEHIND;
    const expires = now + RECORD_LIFETIME;
    const value = await makeRecord({ identity, seq, expires, addresses: [...addresses] });
    const key = recordKey(identity.id);
    const storedBy = await network.publish(key, value);
    if (storedBy === 0) {
      // Perhaps the table has a greater number of ours.
      this.#hasLooked = false;
      return NOT_STORED;
    }
    const checked = await checkRecord(key, value, now);
    const body = "record" in checked ? checked.record.body : "";
    this.#record = { key, body, seq, expires, storedBy };
    return undefined;
  }

  /** The next number has to be greater than what the table has of us, too: another copy of this page may have been there. */
  async #lookAtOwn(): Promise<void> {
    if (this.#hasLooked) return;
    this.#hasLooked = true;
    const { identity, network, store, clock } = this.#options;
    const key = recordKey(identity.id);
    const value = await network.find(key);
    if (value === undefined) return;
    const checked = await checkRecord(key, value, clock.now());
    if ("record" in checked) await store.noteRecordSequence(checked.record.seq);
  }
}
