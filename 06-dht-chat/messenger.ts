// The messenger: an identity, its contacts, what is said and to whom. It joins the parts, which know nothing of each other.
// Network, storage, clock and direct connections are arguments: tests run several messengers in one process.

import { toHex } from "./bytes.ts";
import { parseCard } from "./card.ts";
import { type Clock, systemClock } from "./clock.ts";
import { ContactBook } from "./contact-book.ts";
import { Conversation, type ConversationOptions, type OpenEntries } from "./conversation.ts";
import { Counts } from "./counts.ts";
import type { MakeAttempt } from "./direct.ts";
import { GroupsOfMine } from "./groups-of-mine.ts";
import { type Identity, identityFromSeed, makeIdentity } from "./identity.ts";
import { LastSent } from "./last-sent.ts";
import { Meeting } from "./meeting.ts";
import type { MessengerActions, MessengerView, Outcome } from "./messenger-view.ts";
import type { Network, NetworkEvents } from "./network.ts";
import { Openings } from "./openings.ts";
import type { Pipe } from "./pipe.ts";
import { sentenceOf } from "./problems.ts";
import { Publisher } from "./publishing.ts";
import type { Session } from "./session.ts";
import type { Loaded, Store } from "./store.ts";
import { Turns } from "./turns.ts";
import type { WatchedPipe } from "./watched-pipe.ts";

/** So many contacts are looked for at a time, beside those that our user waits for. */
const LOOKUPS_AT_A_TIME = 8;

export interface MessengerOptions {
  store: Store;
  /** Joins the network as this identity. */
  network(events: NetworkEvents, identity: Identity): Promise<Network>;
  clock?: Clock;
  /** From 0 to 1; for pauses, not for keys. */
  random?: () => number;
  /** Makes direct connections; without it all goes by relays (P10.10). */
  makeAttempt?: MakeAttempt;
}

/** What is there before the messenger is. */
interface Parts {
  options: MessengerOptions;
  identity: Identity;
  network: Network;
  loaded: Loaded;
}

export class Messenger extends EventTarget implements MessengerActions {
  readonly #identity: Identity;
  readonly #store: Store;
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #book: ContactBook;
  readonly #openings: Openings;
  readonly #publisher: Publisher;
  readonly #meeting: Meeting;
  readonly #conversations = new Map<string, Conversation>();
  readonly #shared: ConversationOptions;
  readonly #counts = new Counts(() => this.#changed());
  readonly #last = new LastSent(() => this.#changed());
  /** What a contact without a key was called, and its name since it has one: the page may still use the old one. */
  readonly #renamed = new Map<string, string>();
  #groups: GroupsOfMine | undefined;
  #isDirectOn: boolean;
  #problem: string | undefined;
  #view: MessengerView | undefined;
  #isAnnounced = false;
  #isStopped = false;

  private constructor({ options, identity, network, loaded }: Parts) {
    super();
    const { store, clock = systemClock, random = Math.random, makeAttempt } = options;
    this.#identity = identity;
    this.#store = store;
    this.#network = network;
    this.#clock = clock;
    this.#isDirectOn = loaded.isDirectOn;
    const count = (what: string): void => this.#counts.add(what);
    const turns = new Turns(LOOKUPS_AT_A_TIME);
    const book = new ContactBook({ store, clock, ownId: identity.id, events: this.#bookEvents() }, loaded);
    const openings = new Openings({
      identity,
      book,
      clock,
      count,
      opened: (session, pipe) => this.#opened(session, pipe),
    });
    this.#book = book;
    this.#openings = openings;
    this.#publisher = new Publisher({ identity, network, store, clock, changed: () => this.#changed() });
    this.#meeting = new Meeting({ network, clock, turns, count, members: () => this.#groups?.members ?? [] });
    const events = this.#conversationEvents();
    const ownId = identity.id;
    this.#shared = { ownId, store, network, clock, random, turns, book, openings, makeAttempt, events };
  }

  /**
   * Starts a messenger on what is stored; the first time it makes an identity.
   * @throws StoreError if nothing can be stored; what the network's start throws
   */
  static async start(options: MessengerOptions): Promise<Messenger> {
    const loaded = await options.store.load();
    const seed = loaded.seed ?? (await options.store.keepSeed((await makeIdentity()).seed));
    const identity = await identityFromSeed(seed);
    const early = new EarlyEvents();
    const network = await options.network(early.events, identity);
    const messenger = new Messenger({ options, identity, network, loaded });
    try {
      await messenger.#begin(loaded);
    } catch (error) {
      await network.stop();
      throw error;
    }
    early.passTo(messenger.#networkEvents());
    messenger.#goOnline();
    return messenger;
  }

  get view(): MessengerView {
    this.#view ??= Object.freeze(this.#makeView());
    return this.#view;
  }

  async showCard(): Promise<void> {
    await this.#try(() => this.#book.show());
  }

  hideCard(): void {
    this.#book.hide();
  }

  async enterCard(text: string): Promise<{ problem: string } | { contact: string }> {
    const card = await parseCard(text);
    if ("problem" in card) return card;
    if (card.id === this.#identity.id)
      return { problem: "This is a card of yours. Enter the other one's card." };
    try {
      const { contact } = await this.#book.enter(card);
      const conversation = await this.#conversationOf(contact);
      conversation.seek();
      return { contact };
    } catch (error) {
      return { problem: sentenceOf(error) };
    }
  }

  async compared(contact: string): Promise<void> {
    await this.#try(() => this.#book.update(this.#nameNow(contact), { isCompared: true }));
  }

  async rename(contact: string, name: string): Promise<void> {
    await this.#try(() => this.#book.update(this.#nameNow(contact), { name }));
    this.#groups?.namesChanged();
  }

  async forget(contact: string): Promise<void> {
    const name = this.#nameNow(contact);
    const conversation = this.#conversations.get(name);
    await this.#try(async () => {
      await this.#book.forget(name);
      this.#conversations.delete(name);
      await conversation?.stop();
      this.#groups?.namesChanged();
    });
  }

  async say(contact: string, text: string): Promise<Outcome> {
    return this.#conversation(contact)?.say(text);
  }

  async again(contact: string, entry: string): Promise<Outcome> {
    return this.#conversation(contact)?.again(entry);
  }

  async offer(contact: string, file: Blob, name: string): Promise<Outcome> {
    return this.#conversation(contact)?.offer(file, name);
  }

  async accept(contact: string, entry: string): Promise<Outcome> {
    return this.#conversation(contact)?.accept(entry);
  }

  async refuse(contact: string, entry: string): Promise<void> {
    await this.#conversation(contact)?.refuse(entry);
  }

  async cancel(contact: string, entry: string): Promise<void> {
    await this.#conversation(contact)?.cancel(entry);
  }

  async makeGroup(name: string, contacts: string[]): Promise<Outcome> {
    const members = new Set(contacts.map((contact) => this.#book.get(this.#nameNow(contact))));
    members.delete(undefined);
    return this.#groups?.make(
      name,
      [...members].flatMap((member) => member ?? []),
    );
  }

  async removeMember(group: string, id: string): Promise<Outcome> {
    return this.#groups?.remove(group, id);
  }

  async sayInGroup(group: string, text: string): Promise<Outcome> {
    this.#meeting.hurry();
    return this.#groups?.say(group, text);
  }

  async setDirect(isOn: boolean): Promise<void> {
    await this.#try(async () => {
      await this.#store.setDirect(isOn);
      this.#isDirectOn = isOn;
      for (const conversation of this.#conversations.values()) conversation.allowDirect(isOn);
      this.#changed();
    });
  }

  seen(chat: string): void {
    const contact = this.#book.get(this.#nameNow(chat));
    if (contact && contact.unread > 0)
      void this.#try(() => this.#book.update(contact.contact, { unread: 0 }));
    void this.#groups?.seen(chat);
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#openings.stop();
    this.#publisher.stop();
    this.#meeting.stop();
    this.#book.stop();
    this.#groups?.stop();
    const conversations = [...this.#conversations.values()];
    await Promise.all(conversations.map((conversation) => conversation.stop()));
    await this.#network.stop().catch(() => undefined);
    for (const conversation of conversations) conversation.end();
    await this.#store.close().catch(() => undefined);
  }

  // --- how it starts

  /** Opens what is stored. @throws StoreError */
  async #begin(loaded: Loaded): Promise<void> {
    this.#groups = await GroupsOfMine.open(
      {
        identity: this.#identity,
        store: this.#store,
        clock: this.#clock,
        network: this.#network,
        nameOf: (key) => this.#book.byKey(key)?.name || undefined,
        tell: (contact, content) => this.#conversations.get(contact)?.tell(content),
        changed: () => this.#changed(),
        membersChanged: () => this.#meeting.hurry(),
        count: (what) => this.#counts.add(what),
        warn: (sentence) => this.#warn(sentence),
      },
      loaded,
    );
    for (const { contact } of this.#book.all) await this.#openConversation(contact, loaded);
  }

  /** Publishes our record, and looks for all contacts. */
  #goOnline(): void {
    void this.#publisher.publish();
    for (const conversation of this.#conversations.values()) conversation.seek();
    this.#meeting.hurry();
  }

  // --- conversations

  /** The name that a contact has now. */
  #nameNow(contact: string): string {
    return this.#renamed.get(contact) ?? contact;
  }

  #conversation(contact: string): Conversation | undefined {
    return this.#conversations.get(this.#nameNow(contact));
  }

  async #conversationOf(contact: string): Promise<Conversation> {
    return this.#conversations.get(contact) ?? this.#openConversation(contact, await this.#store.load());
  }

  async #openConversation(contact: string, open: OpenEntries): Promise<Conversation> {
    const conversation = await Conversation.open(contact, this.#shared, open, this.#isDirectOn);
    this.#conversations.set(contact, conversation);
    this.#changed();
    return conversation;
  }

  /** A session is ready: its contact's conversation takes it. */
  #opened(session: Session, pipe: WatchedPipe): void {
    const conversation = this.#conversations.get(toHex(session.peer.key));
    this.#counts.add("sessions");
    if (conversation && !this.#isStopped) conversation.takeSession(session, pipe);
    else session.reset();
  }

  /** A card was completed: the contact has a key now, or one more secret, and perhaps what was said to it before. */
  async #completed(from: string, to: string): Promise<void> {
    const before = this.#conversations.get(from);
    this.#conversations.delete(from);
    this.#renamed.set(from, to);
    await before?.stop();
    const open = await this.#store.load();
    const known = this.#conversations.get(to);
    if (known) await known.reload(open);
    else await this.#openConversation(to, open);
    this.#groups?.namesChanged();
    this.#changed();
  }

  // --- what the parts tell

  #networkEvents(): NetworkEvents {
    return {
      pipe: (pipe: Pipe) => void this.#openings.answer(pipe),
      addresses: () => this.#addressesChanged(),
      group: (topic, message) => void this.#groups?.receive(topic, message),
      relays: () => this.#changed(),
      problem: (sentence) => this.#warn(sentence),
    };
  }

  /** Our record is published anew; whoever could not be reached perhaps can be now. */
  #addressesChanged(): void {
    if (this.#isStopped) return;
    void this.#publisher.publish();
    this.#changed();
  }

  #bookEvents(): ConstructorParameters<typeof ContactBook>[0]["events"] {
    return {
      changed: (contact) => {
        if (contact !== undefined) this.#conversations.get(contact)?.changed();
        this.#changed();
      },
      completed: (from, to) => this.#completed(from, to),
      misused: (contact) => {
        this.#counts.add("cards used by another key");
        this.#conversations.get(contact)?.misused();
      },
    };
  }

  #conversationEvents(): ConversationOptions["events"] {
    return {
      changed: () => this.#changed(),
      met: (contact) => this.#groups?.met(contact),
      group: async (contact, card) => this.#groups?.receiveCard(contact, card),
      sent: (sent) => this.#last.note(sent),
      count: (what) => this.#counts.add(what),
    };
  }

  // --- the view

  #warn(sentence: string): void {
    this.#problem = sentence;
    this.#changed();
  }

  /** Does something that may fail to be stored: then our user reads why. */
  async #try(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#warn(sentenceOf(error));
    }
  }

  /** The view is to be made anew. Who listens hears of it once for all that changes in one moment. */
  #changed(): void {
    this.#view = undefined;
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    queueMicrotask(() => {
      this.#isAnnounced = false;
      this.dispatchEvent(new Event("change"));
    });
  }

  #makeView(): MessengerView {
    const { problem = this.#problem, isPublished, record } = this.#publisher;
    const onScreen = this.#book.onScreen;
    const last = this.#last.view;
    return {
      own: { id: this.#identity.id, isPublished, ...(problem === undefined ? {} : { problem }) },
      ...(onScreen === undefined
        ? {}
        : { card: { text: onScreen.text, grouped: onScreen.grouped, expires: onScreen.expires } }),
      contacts: this.#book.all.flatMap(({ contact }) => this.#conversations.get(contact)?.view ?? []),
      groups: this.#groups?.views ?? [],
      isDirectOn: this.#isDirectOn,
      underneath: {
        relays: this.#network.relays(),
        ...(record === undefined ? {} : { record }),
        ...(last === undefined ? {} : { last }),
        counts: this.#counts.view,
      },
    };
  }
}

/** What the network tells before the messenger is there: pipes wait, the rest is asked for later. */
class EarlyEvents {
  #target: NetworkEvents | undefined;
  readonly #pipes: Pipe[] = [];
  readonly events: NetworkEvents = {
    pipe: (pipe) => (this.#target ? this.#target.pipe(pipe) : void this.#pipes.push(pipe)),
    addresses: (addresses) => this.#target?.addresses(addresses),
    group: (topic, message, from) => this.#target?.group(topic, message, from),
    relays: () => this.#target?.relays(),
    problem: (sentence) => this.#target?.problem(sentence),
  };

  passTo(target: NetworkEvents): void {
    this.#target = target;
    for (const pipe of this.#pipes.splice(0)) target.pipe(pipe);
  }
}
