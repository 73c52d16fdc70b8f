// What our user wrote to one contact, until it is delivered or dropped (P10.8). Pure: it is told what happens and when,
// and says what to send, what to store, and when to look again.

import type { MessageContent } from "./contents.ts";

/** Without an acknowledgement for so long a message is dropped, in milliseconds. */
export const DELIVERY_TIME = 30_000;

/** Where no session has taken a message, because the contact cannot be found or reached, it is dropped after this time. */
export const REACH_TIME = 10_000;

/** How many messages may be sent and not acknowledged at a time (as P3.10). */
export const MAX_OPEN_MESSAGES = 64;

/** A message that is `sending`, as the store has it. */
export interface SendingMessage {
  /** 32 hexadecimal digits. */
  id: string;
  text: string;
  /** When it became `sending`, in milliseconds. */
  since: number;
}

/** What the caller has to do, in this order. */
export interface OutboxWork {
  /** Ids to be stored as `dropped`. */
  drop: string[];
  /** Ids to be stored as `delivered`, if there is such a message in this chat. */
  deliver: string[];
  /** To be sent, in this order, over the session that stands. */
  send: MessageContent[];
  /** When `look` has to be called at the latest, in milliseconds; undefined if nothing waits. */
  lookAgain: number | undefined;
}

interface Waiting extends SendingMessage {
  /** Whether the session that stands has taken it, and owes its acknowledgement. */
  isOpen: boolean;
  /** Whether any session ever took it: the other page may have it, so its acknowledgement is worth waiting for. */
  wasSent: boolean;
}

export class Outbox {
  /** In the order in which they are sent. */
  readonly #waiting = new Map<string, Waiting>();
  #isConnected = false;
  /** Since when there is no session. */
  #offlineSince: number;

  /**
   * @param restored what was `sending` when the page was closed, in its order; a session may have taken it
   * @param now in milliseconds, as everywhere here
   */
  constructor(now: number, restored: readonly SendingMessage[] = []) {
    this.#offlineSince = now;
    for (const { id, text, since } of restored) {
      // A clock that was put back must not make it wait longer.
      const start = Math.min(since, now);
      this.#waiting.set(id, { id, text, since: start, isOpen: false, wasSent: true });
    }
  }

  /** How many messages are neither delivered nor dropped. */
  get size(): number {
    return this.#waiting.size;
  }

  /** A message that was stored as `sending`: new, or again because our user says so. One that waits here is left as it is. */
  add({ id, text, since }: SendingMessage, now: number): OutboxWork {
    if (!this.#waiting.has(id)) this.#waiting.set(id, { id, text, since, isOpen: false, wasSent: false });
    return this.look(now);
  }

  /** A session is ready, or its path has changed: what is not acknowledged is sent again, under its id and in its order. */
  connected(now: number): OutboxWork {
    // What was due before this moment, or in it, stays due.
    const drop = this.#takeDue(now);
    this.#isConnected = true;
    for (const message of this.#waiting.values()) message.isOpen = false;
    return { ...this.look(now), drop };
  }

  /** The session is lost. */
  disconnected(now: number): OutboxWork {
    if (this.#isConnected) this.#offlineSince = now;
    this.#isConnected = false;
    return this.look(now);
  }

  /** The other page has stored it. A late acknowledgement counts, too: of a message that is not here any more. */
  acknowledged(id: string, now: number): OutboxWork {
    this.#waiting.delete(id);
    return { ...this.look(now), deliver: [id] };
  }

  /** Drops what is due, and sends what may be sent. */
  look(now: number): OutboxWork {
    const drop = this.#takeDue(now);
    return { drop, deliver: [], send: this.#takeToSend(), lookAgain: this.#nextDeadline() };
  }

  // BEGIN SOLUTION 06-delivered
  #takeDue(now: number): string[] {
    const due = [...this.#waiting.values()].filter((message) => this.#deadline(message) <= now);
    for (const { id } of due) this.#waiting.delete(id);
    return due.map(({ id }) => id);
  }

  #takeToSend(): MessageContent[] {
    if (!this.#isConnected) return [];
    let open = 0;
    const send: MessageContent[] = [];
    for (const message of this.#waiting.values()) {
      if (++open > MAX_OPEN_MESSAGES) break;
      if (message.isOpen) continue;
      message.isOpen = true;
      message.wasSent = true;
      send.push({ type: "message", id: message.id, text: message.text });
    }
    return send;
  }

  #deadline({ since, wasSent }: Waiting): number {
    const last = since + DELIVERY_TIME;
    if (wasSent || this.#isConnected) return last;
    return Math.min(last, Math.max(since, this.#offlineSince) + REACH_TIME);
  }
  // END SOLUTION 06-delivered

  #nextDeadline(): number | undefined {
    let next: number | undefined;
    for (const message of this.#waiting.values()) {
      const deadline = this.#deadline(message);
      next = Math.min(next ?? deadline, deadline);
    }
    return next;
  }
}
