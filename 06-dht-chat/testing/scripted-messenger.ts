// A messenger that says what a test tells it to, and notes what the page asks of it. It is for tests of the page alone.

import type { MessengerActions, MessengerView, Outcome } from "../messenger-view.ts";

/** One thing that the page has asked for. Files are noted by name, size and type. */
export type Asked = readonly [action: string, ...details: readonly unknown[]];

/** The view of somebody who has just opened the page for the first time. */
export function emptyView(id: string): MessengerView {
  return {
    own: { id, isPublished: true, hasRelay: true },
    contacts: [],
    groups: [],
    isDirectOn: false,
    underneath: { relays: [], counts: {} },
  };
}

export class ScriptedMessenger extends EventTarget implements MessengerActions {
  #view: MessengerView;
  readonly asked: Asked[] = [];
  /** What the next actions answer, by action. */
  readonly answers = new Map<string, Outcome>();
  /** What the next card that is entered answers. */
  cardAnswer: { problem: string } | { contact: string } = { problem: "This is no card." };

  constructor(view: MessengerView) {
    super();
    this.#view = view;
  }

  get view(): MessengerView {
    return this.#view;
  }

  /** Changes what the page sees. */
  show(view: MessengerView): void {
    this.#view = view;
    this.dispatchEvent(new Event("change"));
  }

  #note(action: string, ...details: readonly unknown[]): Promise<Outcome> {
    this.asked.push([action, ...details]);
    return Promise.resolve(this.answers.get(action));
  }

  async showCard(): Promise<void> {
    await this.#note("showCard");
  }

  hideCard(): void {
    void this.#note("hideCard");
  }

  async enterCard(text: string): Promise<{ problem: string } | { contact: string }> {
    await this.#note("enterCard", text);
    return this.cardAnswer;
  }

  async compared(contact: string): Promise<void> {
    await this.#note("compared", contact);
  }

  async rename(contact: string, name: string): Promise<void> {
    await this.#note("rename", contact, name);
  }

  async forget(contact: string): Promise<void> {
    await this.#note("forget", contact);
  }

  say(contact: string, text: string): Promise<Outcome> {
    return this.#note("say", contact, text);
  }

  again(contact: string, entry: string): Promise<Outcome> {
    return this.#note("again", contact, entry);
  }

  offer(contact: string, file: Blob, name: string): Promise<Outcome> {
    return this.#note("offer", contact, name, file.size, file.type);
  }

  accept(contact: string, entry: string): Promise<Outcome> {
    return this.#note("accept", contact, entry);
  }

  async refuse(contact: string, entry: string): Promise<void> {
    await this.#note("refuse", contact, entry);
  }

  async cancel(contact: string, entry: string): Promise<void> {
    await this.#note("cancel", contact, entry);
  }

  makeGroup(name: string, contacts: string[]): Promise<Outcome> {
    return this.#note("makeGroup", name, contacts);
  }

  leaveGroup(group: string): Promise<Outcome> {
    return this.#note("leaveGroup", group);
  }

  removeMember(group: string, id: string): Promise<Outcome> {
    return this.#note("removeMember", group, id);
  }

  sayInGroup(group: string, text: string): Promise<Outcome> {
    return this.#note("sayInGroup", group, text);
  }

  async setDirect(isOn: boolean): Promise<void> {
    await this.#note("setDirect", isOn);
  }

  seen(chat: string): void {
    void this.#note("seen", chat);
  }

  async stop(): Promise<void> {
    await this.#note("stop");
  }
}
