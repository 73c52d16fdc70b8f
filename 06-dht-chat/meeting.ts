// Members of groups are connected with each other, so that what is said passes between them (P10.11).

import { type Bytes, toHex } from "./bytes.ts";
import { findRecord } from "./calls.ts";
import type { Clock } from "./clock.ts";
import { peerIdOf } from "./identity.ts";
import type { Network } from "./network.ts";
import type { PeerRecord } from "./record.ts";
import type { Turns } from "./turns.ts";

// How long until connections are looked after again, in milliseconds: soon where somebody is missing, then less and less often.
const FIRST_PAUSE = 5000;
const LONGEST_PAUSE = 60_000;

export interface MeetingOptions {
  network: Network;
  clock: Clock;
  turns: Turns;
  /** Members of all groups but ourselves. */
  members(): { id: string; key: Bytes }[];
  count(what: string): void;
}

export class Meeting {
  readonly #options: MeetingOptions;
  /** The record that was last used, by key. */
  readonly #records = new Map<string, PeerRecord>();
  #cancelTimer = (): void => {};
  #isLooking = false;
  #pause = FIRST_PAUSE;
  #isStopped = false;

  constructor(options: MeetingOptions) {
    this.#options = options;
  }

  /** The members are other ones, or our user says something to them: looks now. */
  hurry(): void {
    this.#pause = FIRST_PAUSE;
    void this.look();
  }

  /** Connects with all members who are there. Never rejects. */
  async look(): Promise<void> {
    if (this.#isLooking || this.#isStopped) return;
    this.#isLooking = true;
    this.#cancelTimer();
    const { members, turns, clock } = this.#options;
    const all = members();
    const met = await Promise.all(all.map((member) => turns.take(() => this.#connect(member))));
    this.#isLooking = false;
    this.#forgetOthers(all);
    if (all.length === 0 || this.#isStopped) return;
    if (met.every((isMet) => isMet)) this.#pause = LONGEST_PAUSE;
    this.#cancelTimer = clock.after(this.#pause, () => void this.look());
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
  }

  /** @returns whether there is a connection */
  async #connect(member: { id: string; key: Bytes }): Promise<boolean> {
    const key = toHex(member.key);
    const known = this.#records.get(key);
    if (known && (await this.#tryRecord(known))) return true;
    const record = await this.#find(member);
    if (!record) return false;
    this.#records.set(key, record);
    return this.#tryRecord(record);
  }

  async #find(member: { id: string; key: Bytes }): Promise<PeerRecord | undefined> {
    const { network, clock, count } = this.#options;
    try {
      return await findRecord(network, member, () => clock.now(), count);
    } catch {
      return undefined;
    }
  }

  async #tryRecord(record: PeerRecord): Promise<boolean> {
    if (this.#isStopped) return false;
    try {
      await this.#options.network.connect(peerIdOf(record.key), record.addresses);
      return true;
    } catch {
      return false;
    }
  }

  #forgetOthers(members: readonly { key: Bytes }[]): void {
    const keys = new Set(members.map(({ key }) => toHex(key)));
    for (const key of this.#records.keys()) if (!keys.has(key)) this.#records.delete(key);
  }
}
