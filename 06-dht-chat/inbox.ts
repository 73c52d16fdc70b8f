// What one contact wrote, on this page: stored, shown, noted as shown, acknowledged, in this order (P10.8).

import type { Content, MessageContent } from "./contents.ts";
import type { Store, TheirMessage } from "./store.ts";

/** What an inbox needs of the store. */
export type InboxStore = Pick<Store, "addTheirMessage" | "noteShown">;

/** Shows a message. @returns whether it counts as unread: its chat is not in front of our user */
export type ShowMessage = (message: TheirMessage) => boolean;

export class Inbox {
  readonly #store: InboxStore;
  readonly #chat: string;
  readonly #show: ShowMessage;
  /**
   * Ids that were shown, with what `show` said of them, while noting them failed. They come again, since they were not
   * acknowledged, and are then noted without being shown a second time.
   */
  readonly #shown = new Map<string, boolean>();
  /** Messages are taken one after the other, also where they come over two paths: an id is shown once. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: InboxStore, chat: string, show: ShowMessage) {
    this.#store = store;
    this.#chat = chat;
    this.#show = show;
  }

  /** Shows what was stored, but not noted as shown, when the page was closed the last time. It is acknowledged when it comes again. */
  restore(messages: readonly TheirMessage[]): Promise<void> {
    return this.#next(async () => {
      for (const message of messages) await this.#showAndNote(message);
    });
  }

  /**
   * Takes a message. Calls are answered in their order.
   * @returns the acknowledgement to send
   * @throws StorageFull or StoreError: then it must not be acknowledged. The sender keeps it
   */
  receive({ id, text }: MessageContent, now: number): Promise<Content> {
    return this.#next(async () => {
      const kept = await this.#store.addTheirMessage({ chat: this.#chat, id, text }, now);
      if (kept !== "noted") await this.#showAndNote(kept);
      return { type: "ack", id };
    });
  }

  async #showAndNote(message: TheirMessage): Promise<void> {
    const isUnread = this.#shown.get(message.id) ?? this.#show(message);
    this.#shown.set(message.id, isUnread);
    await this.#store.noteShown(this.#chat, message.id, isUnread);
    this.#shown.delete(message.id);
  }

  #next<T>(step: () => Promise<T>): Promise<T> {
    const result = this.#last.then(step);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
