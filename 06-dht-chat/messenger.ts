// The messenger: an identity, its contacts, what is said and to whom. It joins the parts, which know nothing of each other.
// Network, storage, clock and direct connections are arguments: tests run several messengers in one process.

import { parseCard } from "./card.ts";
import { type Clock, systemClock } from "./clock.ts";
import { ContactBook } from "./contact-book.ts";
import type { ConversationOptions } from "./conversation.ts";
import { Conversations } from "./conversations.ts";
import { Counts } from "./counts.ts";
import type { MakeAttempt } from "./direct.ts";
import { EarlyEvents } from "./early-events.ts";
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

/** So many members of groups are looked for at a time. Who they are others say: contacts must not wait for them. */
const MEMBERS_AT_A_TIME = 4;

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
  readonly #conversations: Conversations;
  readonly #counts = new Counts(() => this.#changed());
  readonly #last = new LastSent(() => this.#changed());
  #groups: GroupsOfMine | undefined;
  #isDirectOn: boolean;
  /** What could not be stored, and what the network says is wrong. */
  #problem: string | undefined;
  #networkProblem: string | undefined;
  #hadAddresses = false;
  #view: MessengerView | undefined;
  /** Contacts whose `unread` is being stored, and whether it has to be stored once more after that. */
  readonly #seeing = new Map<string, boolean>();
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
    const isNew = loaded.seed === undefined;
    this.#publisher = new Publisher({
      identity,
      network,
      store,
      clock,
      isNew,
      changed: () => this.#changed(),
    });
    this.#meeting = new Meeting({
      network,
      clock,
      turns: new Turns(MEMBERS_AT_A_TIME),
      count,
      members: () => this.#groups?.members ?? [],
    });
    const events = this.#conversationEvents();
    const ownId = identity.id;
    const shared = { ownId, store, network, clock, random, turns, book, openings, makeAttempt, events };
    this.#conversations = new Conversations(shared, loaded.isDirectOn);
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
      (await this.#conversations.of(contact)).seek();
      return { contact };
    } catch (error) {
      return { problem: sentenceOf(error) };
    }
  }

  async compared(contact: string): Promise<void> {
    const name = this.#conversations.nameNow(contact);
    await this.#try(async () => {
      await this.#book.update(name, { isCompared: true });
      this.#conversations.get(name)?.compared();
    });
  }

  async rename(contact: string, name: string): Promise<void> {
    await this.#try(() => this.#book.update(this.#conversations.nameNow(contact), { name }));
    this.#groups?.namesChanged();
  }

  async forget(contact: string): Promise<void> {
    const name = this.#conversations.nameNow(contact);
    await this.#try(async () => {
      await this.#groups?.forgetContact(name, () => this.#book.forget(name));
      await this.#conversations.remove(name);
    });
  }

  async say(contact: string, text: string): Promise<Outcome> {
    return this.#conversations.get(contact)?.say(text);
  }

  async again(contact: string, entry: string): Promise<Outcome> {
    return this.#conversations.get(contact)?.again(entry);
  }

  async offer(contact: string, file: Blob, name: string): Promise<Outcome> {
    return this.#conversations.get(contact)?.offer(file, name);
  }

  async accept(contact: string, entry: string): Promise<Outcome> {
    return this.#conversations.get(contact)?.accept(entry);
  }

  async refuse(contact: string, entry: string): Promise<void> {
    await this.#conversations.get(contact)?.refuse(entry);
  }

  async cancel(contact: string, entry: string): Promise<void> {
    await this.#conversations.get(contact)?.cancel(entry);
  }

  async makeGroup(name: string, contacts: string[]): Promise<Outcome> {
    const members = new Set(contacts.map((contact) => this.#book.get(this.#conversations.nameNow(contact))));
    members.delete(undefined);
    return this.#groups?.make(
      name,
      [...members].flatMap((member) => member ?? []),
    );
  }

  async removeMember(group: string, id: string): Promise<Outcome> {
    return this.#groups?.remove(group, id);
  }

  async leaveGroup(group: string): Promise<Outcome> {
    return this.#groups?.leave(group);
  }

  async sayInGroup(group: string, text: string): Promise<Outcome> {
    this.#meeting.hurry();
    return this.#groups?.say(group, text);
  }

  async setDirect(isOn: boolean): Promise<void> {
    await this.#try(async () => {
      await this.#store.setDirect(isOn);
      this.#isDirectOn = isOn;
      this.#conversations.allowDirect(isOn);
      this.#changed();
    });
  }

  seen(chat: string): void {
    const contact = this.#book.get(this.#conversations.nameNow(chat));
    if (contact && contact.unread > 0) void this.#storeSeen(contact.contact);
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
    await this.#conversations.stop();
    await this.#network.stop().catch(() => undefined);
    this.#conversations.end();
    await this.#store.close().catch(() => undefined);
  }

  /** The page says so at every change: one write at a time, however fast messages come. Never rejects. */
  async #storeSeen(contact: string): Promise<void> {
    if (this.#seeing.has(contact)) {
      this.#seeing.set(contact, true);
      return;
    }
    do {
      this.#seeing.set(contact, false);
      await this.#try(() => this.#book.update(contact, { unread: 0 }));
    } while (this.#seeing.get(contact) === true && !this.#isStopped);
    this.#seeing.delete(contact);
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
        isContact: (contact) => this.#book.get(contact) !== undefined,
        nameOf: (key) => this.#book.byKey(key)?.name || undefined,
        tell: (contact, content) => this.#conversations.get(contact)?.tell(content),
        changed: () => this.#changed(),
        membersChanged: () => this.#meeting.hurry(),
        count: (what) => this.#counts.add(what),
        warn: (sentence) => this.#warn(sentence),
      },
      loaded,
    );
    for (const { contact } of this.#book.all) await this.#conversations.open(contact, loaded);
  }

  /** Publishes our record, and looks for all contacts. */
  #goOnline(): void {
    this.#hadAddresses = this.#network.addresses.length > 0;
    void this.#publisher.publish();
    this.#conversations.seekAll();
    this.#meeting.hurry();
  }

  /** A session is ready. */
  #opened(session: Session, pipe: WatchedPipe): void {
    this.#counts.add("sessions");
    this.#conversations.takeSession(session, pipe);
  }

  async #completed(from: string, to: string): Promise<void> {
    await this.#conversations.completed(from, to);
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
      problem: (sentence) => {
        this.#networkProblem = sentence;
        this.#changed();
      },
    };
  }

  /** Our record is published anew. Back from nowhere, we look for all contacts again: nobody could be reached from there. */
  #addressesChanged(): void {
    if (this.#isStopped) return;
    const hasAddresses = this.#network.addresses.length > 0;
    if (hasAddresses) this.#networkProblem = undefined;
    if (hasAddresses && !this.#hadAddresses) this.#conversations.seekAll();
    this.#hadAddresses = hasAddresses;
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
      this.#problem = undefined;
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
    const onScreen = this.#book.onScreen;
    const hasRelay = this.#network.addresses.length > 0;
    // Without a relay the publisher says so, after some seconds in which another one is found.
    const networkProblem = hasRelay ? this.#networkProblem : undefined;
    const problem = this.#publisher.problem ?? this.#problem ?? networkProblem;
    return {
      own: {
        id: this.#identity.id,
        isPublished: this.#publisher.isPublished,
        hasRelay,
        ...(problem === undefined ? {} : { problem }),
      },
      ...(onScreen && {
        card: { text: onScreen.text, grouped: onScreen.grouped, expires: onScreen.expires },
      }),
      contacts: this.#book.all.flatMap(({ contact }) => this.#conversations.get(contact)?.view ?? []),
      groups: this.#groups?.views ?? [],
      isDirectOn: this.#isDirectOn,
      underneath: this.#underneath(),
    };
  }

  #underneath(): MessengerView["underneath"] {
    const { record } = this.#publisher;
    const last = this.#last.view;
    const relays = this.#network.relays();
    return { relays, ...(record && { record }), ...(last && { last }), counts: this.#counts.view };
  }
}
