// All conversations of this page, by what their contacts are called now.

import { toHex } from "./bytes.ts";
import { Conversation, type ConversationOptions, type OpenEntries } from "./conversation.ts";
import type { Session } from "./session.ts";
import type { WatchedPipe } from "./watched-pipe.ts";

export class Conversations {
  readonly #options: ConversationOptions;
  readonly #conversations = new Map<string, Conversation>();
  /** What a contact without a key was called, and its name since it has one: the page may still use the old one. */
  readonly #renamed = new Map<string, string>();
  #isDirectOn: boolean;
  #isStopped = false;

  constructor(options: ConversationOptions, isDirectOn: boolean) {
    this.#options = options;
    this.#isDirectOn = isDirectOn;
  }

  /** The name that a contact has now. */
  nameNow(contact: string): string {
    return this.#renamed.get(contact) ?? contact;
  }

  /** @param contact its name, also the one that it had before it had a key */
  get(contact: string): Conversation | undefined {
    return this.#conversations.get(this.nameNow(contact));
  }

  /** The conversation of a contact; it is opened if there is none yet. @throws StoreError */
  async of(contact: string): Promise<Conversation> {
    return this.#conversations.get(contact) ?? this.open(contact, await this.#options.store.load());
  }

  /** Opens a conversation as it was stored. @throws StoreError */
  async open(contact: string, stored: OpenEntries): Promise<Conversation> {
    const conversation = await Conversation.open(contact, this.#options, stored, this.#isDirectOn);
    this.#conversations.set(contact, conversation);
    this.#options.events.changed();
    return conversation;
  }

  /** A card was completed: the contact has a key now, or one more secret, and perhaps what was said to it before. */
  async completed(from: string, to: string): Promise<void> {
    const before = this.#conversations.get(from);
    this.#conversations.delete(from);
    this.#renamed.set(from, to);
    await before?.stop();
    const stored = await this.#options.store.load();
    const known = this.#conversations.get(to);
    if (known) await known.reload(stored);
    else await this.open(to, stored);
  }

  /** A session is ready: its contact's conversation takes it. */
  takeSession(session: Session, pipe: WatchedPipe): void {
    const conversation = this.#conversations.get(toHex(session.peer.key));
    if (conversation && !this.#isStopped) conversation.takeSession(session, pipe);
    else session.reset();
  }

  /** Looks for all contacts. */
  seekAll(): void {
    for (const conversation of this.#conversations.values()) conversation.seek();
  }

  allowDirect(isOn: boolean): void {
    this.#isDirectOn = isOn;
    for (const conversation of this.#conversations.values()) conversation.allowDirect(isOn);
  }

  /** The contact is none any more. */
  async remove(contact: string): Promise<void> {
    const conversation = this.#conversations.get(contact);
    this.#conversations.delete(contact);
    await conversation?.stop();
  }

  /** Says goodbye to all. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(Array.from(this.#conversations.values(), (conversation) => conversation.stop()));
  }

  /** Lets go of what is open. */
  end(): void {
    for (const conversation of this.#conversations.values()) conversation.end();
  }
}
