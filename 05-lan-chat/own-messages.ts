// Our own messages, on their way to each recipient: in order, under one id until they are acknowledged (P9.7).
// What waits stands in the history; in memory is only what was given to a session and is not acknowledged.

import { type Surroundings, sessionWith } from "./conversation-settings.ts";
import type { Target } from "./history.ts";
import { printable } from "./printable.ts";
import { UserError } from "./program.ts";
import type { Session } from "./sessions.ts";
import { isText, MAX_TEXT_BYTES, makeId } from "./texts.ts";

/** How many messages may be given to a session and not acknowledged. */
const MAX_OPEN = 64;

/** How long a message to all may take to be acknowledged, in milliseconds (P9.7). */
const BROADCAST_PATIENCE = 30_000;

/** What was given to one session. */
interface Line {
  session: Session;
  /** The number of the last message that was given to it. */
  last: number;
  /** The ids that are not acknowledged, with their numbers. */
  open: Map<string, number>;
}

export class OwnMessages {
  readonly #around: Surroundings;
  /** By fingerprint. */
  readonly #lines = new Map<string, Line>();
  /** Peers that are being called, and the messages for which we say `queued` if they do not answer. */
  readonly #calls = new Map<string, number[]>();
  /** The numbers of the messages to all that may still be open, and when they were written; the oldest first. */
  #broadcasts: { number: number; at: number }[] = [];
  readonly #delivered: (id: string) => void;

  /** @param delivered is told, within a transaction, which message one recipient has */
  constructor(around: Surroundings, delivered: (id: string) => void) {
    this.#around = around;
    this.#delivered = delivered;
  }

  /** A new start: nothing is with a session, and what went to all was not acknowledged in time. */
  start(): void {
    this.#around.history.requeueAll();
    this.#giveUpBroadcasts(Number.MAX_SAFE_INTEGER);
  }

  /**
   * Keeps a message of ours, shows it, and sends it to each recipient.
   * @param label who gets it, as the event says it: `to bob`, `in team`
   * @param unreachable is called, when the message is queued, for a recipient that could not be called
   * @throws UserError if it is no text (P3.4)
   */
  write(
    target: Target,
    label: string,
    text: string,
    recipients: readonly string[],
    unreachable: (id: string) => void = () => {},
  ): void {
    if (!isText(text)) throw new UserError(`a message is 1 to ${MAX_TEXT_BYTES} bytes of text`);
    const { history, writes, show, now, elapsed } = this.#around;
    const message = { id: makeId(), target, text, written: now() };
    let number = 0;
    writes.add({
      store: () => {
        number = history.writeMessage(message, recipients);
      },
      show: () => {
        show(`${number} ${label}> ${printable(text)}`);
        if (target === "all") this.#broadcasts.push({ number, at: elapsed() });
      },
      answer: () => {
        for (const recipient of recipients)
          this.#send(recipient, number, target, () => unreachable(message.id));
      },
      failed: (error) => show(`error: the message was not kept, and not sent: ${reasonOf(error)}`),
    });
  }

  #send(fingerprint: string, number: number, target: Target, unreachable: () => void): void {
    if (this.#lines.get(fingerprint)?.session.isOpen) return this.#pump(fingerprint);
    void this.#call(fingerprint, target === "all" ? undefined : number).then((isReached) => {
      if (!isReached) unreachable();
    });
  }

  /** @param number the message that is said to be queued if the peer cannot be reached */
  async #call(fingerprint: string, number: number | undefined): Promise<boolean> {
    const waiting = this.#calls.get(fingerprint);
    const numbers = waiting ?? [];
    if (number !== undefined) numbers.push(number);
    if (waiting === undefined) this.#calls.set(fingerprint, numbers);
    const session = await sessionWith(this.#around, fingerprint);
    if (this.#calls.get(fingerprint) === numbers) this.#calls.delete(fingerprint);
    // opened() has sent all that waited, if there is a session now.
    if (session !== undefined) return true;
    for (const queued of numbers.splice(0)) this.#showState("queued for", fingerprint, queued);
    return false;
  }

  /** A session with a peer has begun: all that is open for them is sent, under the ids that it has. */
  opened(session: Session): void {
    this.#lines.set(session.fingerprint, { session, last: 0, open: new Map() });
    this.#pump(session.fingerprint);
  }

  /** A session is over. @param isReplaced another one stands instead of it, and the user need not hear of it */
  closed(session: Session, isReplaced: boolean): void {
    const { fingerprint } = session;
    // If the next session has begun already, all was sent again in it.
    if (this.#lines.get(fingerprint)?.session !== session) return;
    this.#lines.delete(fingerprint);
    const { history, writes } = this.#around;
    let queued: number[] = [];
    writes.add({
      store: () => {
        queued = history.requeue(fingerprint);
      },
      show: () => {
        if (isReplaced) return;
        for (const number of queued) this.#showState("queued for", fingerprint, number);
      },
    });
  }

  /** Gives the session what is open, as far as there is room. */
  #pump(fingerprint: string): void {
    const { history, writes } = this.#around;
    const line = this.#lines.get(fingerprint);
    if (line === undefined || line.open.size >= MAX_OPEN) return;
    for (const message of history.openMessages(fingerprint, line.last, MAX_OPEN - line.open.size)) {
      const { number, id, target: to, text } = message;
      if (!line.session.send({ type: "message", id, to, text })) return;
      line.last = number;
      line.open.set(id, number);
      writes.add({ store: () => history.markSent(number, fingerprint) });
    }
  }

  /** The peer has acknowledged a message, or refused one to a room. Unknown ids are passed over. */
  settled(session: Session, id: string, state: "delivered" | "failed"): void {
    const { fingerprint } = session;
    const line = this.#lines.get(fingerprint);
    if (line?.session !== session || !line.open.delete(id)) return;
    const { history, writes } = this.#around;
    let number: number | undefined;
    writes.add({
      store: () => {
        number = history.settle(id, fingerprint, state);
        if (state === "delivered") this.#delivered(id);
      },
      show: () => {
        const words = state === "delivered" ? "delivered to" : "not delivered to";
        if (number !== undefined) this.#showState(words, fingerprint, number);
      },
      answer: () => this.#pump(fingerprint),
    });
  }

  /** Gives up what went to all and was not acknowledged in time. */
  tick(): void {
    const writtenBy = this.#around.elapsed() - BROADCAST_PATIENCE;
    const late = this.#broadcasts.filter(({ at }) => at <= writtenBy).at(-1);
    if (late === undefined) return;
    this.#broadcasts = this.#broadcasts.filter(({ number }) => number > late.number);
    this.#giveUpBroadcasts(late.number);
  }

  /** @param last the greatest number of those that are given up */
  #giveUpBroadcasts(last: number): void {
    const { history, writes } = this.#around;
    let given: ReturnType<typeof history.giveUpBroadcasts> = [];
    writes.add({
      store: () => {
        given = history.giveUpBroadcasts(last);
      },
      show: () => {
        for (const { number, fingerprint } of given) {
          this.#forget(fingerprint, number);
          this.#showState("not delivered to", fingerprint, number);
        }
      },
      answer: () => {
        for (const { fingerprint } of given) this.#pump(fingerprint);
      },
    });
  }

  /** Makes room for other messages in the peer's session. */
  #forget(fingerprint: string, number: number): void {
    const open = this.#lines.get(fingerprint)?.open;
    for (const [id, openNumber] of open ?? []) if (openNumber === number) open?.delete(id);
  }

  #showState(words: string, fingerprint: string, number: number): void {
    this.#around.show(`${words} ${this.#around.shown(fingerprint)}: ${number}`);
  }
}

/** What to tell the user of an error of the disk. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
