// Messages of one contact, ours and theirs: between the outbox and the inbox, the store, and the way to the contact (P10.8).

import type { Clock } from "./clock.ts";
import type { Content, MessageContent } from "./contents.ts";
import { Inbox } from "./inbox.ts";
import type { Outcome } from "./messenger-view.ts";
import { Outbox, type OutboxWork } from "./outbox.ts";
import { sentenceOf } from "./problems.ts";
import type { OwnMessage, Store, TheirMessage } from "./store.ts";
import { isText, makeMessageId, textProblem } from "./texts.ts";

/** What could not be stored is tried again after so long, in milliseconds. */
const STORE_AGAIN_AFTER = 5000;

export interface DeliveriesOptions {
  /** The contact. */
  chat: string;
  store: Store;
  clock: Clock;
  /** Sends on the way that there is. Resolves when there is room; rejects if it is lost. */
  send(content: Content): Promise<void>;
  /** Sends an answer, if there is a way. */
  answer(content: Content): void;
  /** A message is new, or has changed. */
  show(message: OwnMessage | TheirMessage): void;
  /** Something could not be stored. */
  warn(sentence: string): void;
}

export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  /** What is stored of messages, one after the other. */
  #storing: Promise<void> = Promise.resolve();
  /** What is sent, one after the other. */
  #sending: Promise<void> = Promise.resolve();
  /** Grows whenever the way changes: what was to go the old way is sent again by then. */
  #way = 0;
  #cancelTimer = (): void => {};
  /** What takes back the next tries to store something. */
  readonly #retries = new Set<() => void>();
  #isStopped = false;

  /** @param sending what was on its way when the page was closed */
  constructor(options: DeliveriesOptions, sending: readonly OwnMessage[]) {
    this.#options = options;
    this.#outbox = new Outbox(options.clock.now(), sending);
    this.#inbox = new Inbox(options.store, options.chat, (message) => {
      options.show(message);
      return true;
    });
  }

  /**
   * Shows what was stored and not noted as shown, and looks after what was on its way. Never rejects.
   * @param sending what was on its way; what is known already is left as it is
   */
  async restore(notNoted: readonly TheirMessage[], sending: readonly OwnMessage[]): Promise<void> {
    const now = this.#options.clock.now();
    this.#do(this.#outbox.look(now));
    for (const message of sending) this.#do(this.#outbox.add(message, now));
    await this.#inbox.restore(notNoted).catch((error: unknown) => this.#options.warn(sentenceOf(error)));
  }

  /** Whether a message waits for the contact. */
  get isWaiting(): boolean {
    return this.#outbox.size > 0;
  }

  /** Stores a message, then sends it. Never rejects. */
  async say(text: string): Promise<Outcome> {
    if (!isText(text)) return { problem: textProblem(text) };
    const { store, chat, clock, show } = this.#options;
    try {
      const message = await store.addOwnMessage({ chat, id: makeMessageId(), text }, clock.now());
      show(message);
      this.#do(this.#outbox.add(message, clock.now()));
      return undefined;
    } catch (error) {
      return { problem: sentenceOf(error) };
    }
  }

  /**
   * Sends a dropped message again, under its id. Never rejects.
   * @param order which one, as the store counts its entries
   */
  async again(order: number): Promise<Outcome> {
    const { store, chat, clock, show } = this.#options;
    try {
      const [entry] = await store.entriesOf(chat, 1, order + 1);
      if (entry?.kind !== "own" || entry.order !== order) return undefined;
      const message = await store.setDelivery(chat, entry.id, "sending", clock.now());
      if (!message) return undefined;
      show(message);
      this.#do(this.#outbox.add(message, clock.now()));
      return undefined;
    } catch (error) {
      return { problem: sentenceOf(error) };
    }
  }

  /** There is a way, or another one: what is not acknowledged is sent again. */
  up(): void {
    this.#way += 1;
    this.#do(this.#outbox.connected(this.#options.clock.now()));
  }

  down(): void {
    this.#way += 1;
    this.#do(this.#outbox.disconnected(this.#options.clock.now()));
  }

  /** A message came: it is acknowledged once it is stored, shown, and noted as shown. Never rejects. */
  async receive(message: MessageContent): Promise<void> {
    try {
      this.#options.answer(await this.#inbox.receive(message, this.#options.clock.now()));
    } catch (error) {
      this.#options.warn(sentenceOf(error));
    }
  }

  /** An acknowledgement came, perhaps a late one. Resolves when it is stored. Never rejects. */
  async acknowledged(id: string): Promise<void> {
    this.#do(this.#outbox.acknowledged(id, this.#options.clock.now()));
    await this.#storing;
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer();
    for (const cancel of this.#retries) cancel();
  }

  #do(work: OutboxWork): void {
    if (this.#isStopped) return;
    for (const id of work.drop) this.#store(id, "dropped");
    for (const id of work.deliver) this.#store(id, "delivered");
    const way = this.#way;
    for (const message of work.send) this.#sending = this.#sending.then(() => this.#send(message, way));
    this.#cancelTimer();
    if (work.lookAgain === undefined) return;
    const wait = work.lookAgain - this.#options.clock.now();
    const look = () => this.#do(this.#outbox.look(this.#options.clock.now()));
    this.#cancelTimer = this.#options.clock.after(Math.max(0, wait), look);
  }

  /** Stores what became of a message. If that fails it is tried again: until then the page does not show it either. */
  #store(id: string, state: "delivered" | "dropped"): void {
    const { store, chat, clock, show, warn } = this.#options;
    this.#storing = this.#storing
      .then(() => store.setDelivery(chat, id, state, clock.now()))
      .then((message) => {
        if (message) show(message);
      })
      .catch((error: unknown) => {
        warn(sentenceOf(error));
        this.#storeLater(id, state);
      });
  }

  #storeLater(id: string, state: "delivered" | "dropped"): void {
    if (this.#isStopped) return;
    const cancel = this.#options.clock.after(STORE_AGAIN_AFTER, () => {
      this.#retries.delete(cancel);
      this.#store(id, state);
    });
    this.#retries.add(cancel);
  }

  /** What cannot be sent is sent again when there is a way. */
  async #send(message: MessageContent, way: number): Promise<void> {
    if (way === this.#way && !this.#isStopped) await this.#options.send(message).catch(() => undefined);
  }
}
