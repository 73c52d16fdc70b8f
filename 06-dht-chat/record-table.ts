// The records that a node of the table holds (P10.4): only right ones, of each key the best, and a bounded number. Pure.

import { type Bytes, isEqual } from "./bytes.ts";
import { checkRecord, type RecordRefusal, selectRecord } from "./record.ts";

/** A node holds at most so many: at 4,096 bytes each some 40 MiB. Then who has not published for longest has to go. */
const MOST_RECORDS = 10_000;

/** A record as it was put, and when: in milliseconds. */
export interface HeldRecord {
  value: Bytes;
  received: number;
}

/** Why a record was not taken: what is wrong with it, or that a better one is there. */
export type PutRefusal = RecordRefusal | "older";

/** See the file's first line. */
export class RecordTable {
  readonly #most: number;
  /** By key; who was put last is last. */
  readonly #held = new Map<string, HeldRecord & { expires: number }>();

  /** @param most how many records are held at most */
  constructor(most = MOST_RECORDS) {
    this.#most = most;
  }

  /** How many records are held, expired ones too. */
  get size(): number {
    return this.#held.size;
  }

  /**
   * Takes a record if it is right (P10.3), and no worse than the one that is held under its key.
   * @param key such as `/u/ID`
   * @param now in milliseconds
   * @returns why not, or undefined if it was taken
   */
  async put(key: string, value: Bytes, now: number): Promise<PutRefusal | undefined> {
    const checked = await checkRecord(key, value, now);
    if ("refused" in checked) return checked.refused;
    const held = this.get(key, now);
    if (held !== undefined && selectRecord([held.value, value]) === 0 && !isEqual(held.value, value))
      return "older";
    this.#held.delete(key);
    this.#held.set(key, { value: value.slice(), received: now, expires: checked.record.expires });
    const [oldest] = this.#held.keys();
    if (this.#held.size > this.#most && oldest !== undefined) this.#held.delete(oldest);
    return undefined;
  }

  /** The record under a key. An expired one is forgotten (P10.12). @param now in milliseconds */
  get(key: string, now: number): HeldRecord | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    if (held.expires > now) return { value: held.value, received: held.received };
    this.#held.delete(key);
    return undefined;
  }
}
