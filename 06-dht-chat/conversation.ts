// All about one contact: the ways to them, messages, files, and what the page sees of it.

import type { Clock } from "./clock.ts";
import type { ContactBook } from "./contact-book.ts";
import type { Content, UnknownContent } from "./contents.ts";
import { Deliveries } from "./deliveries.ts";
import type { MakeAttempt } from "./direct.ts";
import { EntryList, fileEntry, messageEntry, SHOWN_ENTRIES } from "./entries.ts";
import { FilePassing } from "./file-passing.ts";
import type { SentFrame } from "./line.ts";
import { Link } from "./link.ts";
import type { ContactView, Outcome } from "./messenger-view.ts";
import type { Network } from "./network.ts";
import type { Openings } from "./openings.ts";
import { printable } from "./printable.ts";
import { sentenceOf } from "./problems.ts";
import { Reaching } from "./reaching.ts";
import type { Session } from "./session.ts";
import type { Loaded, Store, StoredContact } from "./store.ts";
import type { Turns } from "./turns.ts";
import type { WatchedPipe } from "./watched-pipe.ts";

/** What all conversations share. */
export interface ConversationOptions {
  ownId: string;
  store: Store;
  network: Network;
  clock: Clock;
  random: () => number;
  turns: Turns;
  book: ContactBook;
  openings: Openings;
  makeAttempt: MakeAttempt | undefined;
  events: ConversationEvents;
}

export interface ConversationEvents {
  /** The view is a new one. */
  changed(): void;
  /** The contact is there: cards of groups are due. */
  met(contact: string): void;
  /** The contact sent a card of a group. */
  group(contact: string, card: unknown): Promise<void>;
  sent(sent: SentFrame): void;
  count(what: string): void;
}

/** A session that is lost within so many milliseconds was of no use. */
const SHORT_SESSION = 5000;

/** After so many of them in a row, the contact is not called at once any more. */
const MOST_SHORT_SESSIONS = 3;

const MISUSED =
  "Somebody else has tried to use the card of this contact, and was turned away. Compare the numbers once more.";

/** What was open when the page was closed. */
export type OpenEntries = Pick<Loaded, "sending" | "notNoted" | "openFiles">;

export class Conversation {
  readonly contact: string;
  readonly #options: ConversationOptions;
  readonly #entries = new EntryList();
  readonly #link: Link;
  readonly #reaching: Reaching;
  readonly #deliveries: Deliveries;
  readonly #files: FilePassing;
  #warning: string | undefined;
  /** Another key has come with this contact's card, and our user has not compared the numbers since. */
  #isMisused = false;
  /** When the last session began, in milliseconds, and how many in a row were lost at once. */
  #upSince = 0;
  #shortSessions = 0;
  #view: ContactView | undefined;

  private constructor(contact: string, options: ConversationOptions, open: OpenEntries, isDirectOn: boolean) {
    this.contact = contact;
    this.#options = options;
    const { store, clock, openings, network, random, turns, events, ownId, makeAttempt } = options;
    this.#link = new Link({ ownId, clock, makeAttempt, events: this.#linkEvents() }, isDirectOn);
    this.#reaching = new Reaching({
      network,
      openings,
      clock,
      random,
      turns,
      contact: () => this.#stored,
      isMet: () => this.#link.hasStream,
      refused: () => this.#refused(),
      count: (what) => events.count(what),
      changed: () => this.changed(),
    });
    const ways = {
      chat: contact,
      store,
      clock,
      send: (content: Content, isWanted?: () => boolean) => this.#link.send(content, isWanted),
      answer: (content: Content) => this.#link.answer(content),
      warn: (sentence: string) => this.#warn(sentence),
    };
    this.#deliveries = new Deliveries(
      {
        ...ways,
        show: (message) => {
          if (message.kind === "their" && !message.isNoted) options.book.countUnread(contact);
          this.#show(message.order, messageEntry(message));
        },
      },
      open.sending.filter(({ chat }) => chat === contact),
    );
    this.#files = new FilePassing({
      ...ways,
      show: (file, content, problem) => this.#show(file.order, fileEntry(file, content, problem)),
    });
  }

  /** A conversation as it was stored. @throws StoreError */
  static async open(
    contact: string,
    options: ConversationOptions,
    open: OpenEntries,
    isDirectOn: boolean,
  ): Promise<Conversation> {
    const conversation = new Conversation(contact, options, open, isDirectOn);
    await conversation.reload(open);
    return conversation;
  }

  /** Reads what is stored: at the start, and when the entries of another contact were joined to these. @throws StoreError */
  async reload(open: OpenEntries): Promise<void> {
    const isOfThis = ({ chat }: { chat: string }): boolean => chat === this.contact;
    for (const entry of await this.#options.store.entriesOf(this.contact, SHOWN_ENTRIES)) {
      if (entry.kind === "own" || entry.kind === "their") this.#show(entry.order, messageEntry(entry));
      if (entry.kind === "file") await this.#files.showStored(entry);
    }
    this.#files.restore(open.openFiles.filter(isOfThis));
    await this.#deliveries.restore(open.notNoted.filter(isOfThis), open.sending.filter(isOfThis));
  }

  /** The same object until something changes. */
  get view(): ContactView | undefined {
    const stored = this.#stored;
    if (!stored) return undefined;
    this.#view ??= Object.freeze(this.#makeView(stored));
    return this.#view;
  }

  /** Looks for the contact now, unless there is a session. */
  seek(): void {
    this.#warning = undefined;
    if (!this.#link.hasStream) this.#reaching.seeker.seek();
  }

  /** A session with this contact is ready. */
  takeSession(session: Session, pipe: WatchedPipe): void {
    this.#link.add(session, pipe);
  }

  async say(text: string): Promise<Outcome> {
    this.#seekUnlessReached();
    return this.#deliveries.say(text);
  }

  /** Sends a dropped text or file again. @param entry as the view names it */
  async again(entry: string): Promise<Outcome> {
    const order = Number(entry);
    const shown = this.#entries.get(order);
    if (shown?.from !== "me") return undefined;
    this.#seekUnlessReached();
    return shown.file ? this.#files.again(order) : this.#deliveries.again(order);
  }

  async offer(file: Blob, name: string): Promise<Outcome> {
    this.#seekUnlessReached();
    return this.#files.offer(file, name);
  }

  accept(entry: string): Promise<Outcome> {
    return this.#files.accept(Number(entry));
  }

  refuse(entry: string): Promise<void> {
    return this.#files.refuse(Number(entry));
  }

  cancel(entry: string): Promise<void> {
    return this.#files.cancel(Number(entry));
  }

  /** Sends a content that nobody acknowledges, if there is a way. */
  tell(content: Content): void {
    this.#link.answer(content);
  }

  allowDirect(isOn: boolean): void {
    this.#link.allowDirect(isOn);
  }

  /** Another key came with this contact's card: our user is asked to compare the numbers, until they say they have. */
  misused(): void {
    this.#isMisused = true;
    this.changed();
  }

  /** Our user has compared the numbers. */
  compared(): void {
    this.#isMisused = false;
    this.changed();
  }

  /** Something of the view is new. */
  changed(): void {
    this.#view = undefined;
    this.#options.events.changed();
  }

  /** Says goodbye, and does nothing more. Never rejects. */
  async stop(): Promise<void> {
    this.#reaching.seeker.stop();
    await this.#link.stop();
    this.#deliveries.stop();
    this.#files.stop();
  }

  /** Does nothing more, and lets go of what is open. */
  end(): void {
    this.#link.reset();
  }

  async #refused(): Promise<void> {
    try {
      await this.#options.book.update(this.contact, { isRefused: true });
    } catch (error) {
      this.#warn(sentenceOf(error));
    }
  }

  /** Our user has something to say: without any way the contact is looked for now. */
  #seekUnlessReached(): void {
    this.#warning = undefined;
    if (!this.#link.isUp) this.#reaching.seeker.seek();
  }

  get #stored(): StoredContact | undefined {
    return this.#options.book.get(this.contact);
  }

  #linkEvents(): ConstructorParameters<typeof Link>[0]["events"] {
    return {
      up: () => {
        this.#upSince = this.#options.clock.now();
        this.#reaching.met();
        this.#deliveries.up();
        this.#files.up();
        this.#options.events.met(this.contact);
      },
      down: (isGoodbye) => {
        this.#deliveries.down();
        this.#files.down();
        const isShort = this.#options.clock.now() - this.#upSince < SHORT_SESSION;
        this.#shortSessions = isShort ? this.#shortSessions + 1 : 0;
        if (this.#shortSessions > MOST_SHORT_SESSIONS) this.#reaching.seeker.seekSlowly();
        else if (isGoodbye && !this.#deliveries.isWaiting) this.#reaching.seeker.seekLater();
        else this.#reaching.seeker.seek();
      },
      // The contact was there a moment ago, and still is: the messenger looks for them as after any loss.
      streamLost: () => this.#reaching.seeker.seek(),
      pathLost: () => {
        this.#deliveries.up();
        this.#files.up();
        this.#options.events.met(this.contact);
      },
      received: (content) => this.#receive(content),
      changed: () => this.changed(),
      sent: (sent) => this.#options.events.sent(sent),
    };
  }

  async #receive(content: Content | UnknownContent): Promise<void> {
    switch (content.type) {
      case "message":
        return this.#deliveries.receive(content);
      case "ack":
        return this.#deliveries.acknowledged(content.id);
      case "group":
        return this.#options.events.group(this.contact, content.card);
      case "unknown":
      case "ready":
      case "bye":
      case "rtc":
        return;
      default:
        return this.#files.receive(content);
    }
  }

  #show(order: number, entry: Parameters<EntryList["put"]>[1]): void {
    this.#entries.put(order, entry);
    this.changed();
  }

  #warn(sentence: string): void {
    this.#warning = sentence;
    this.changed();
  }

  #makeView(stored: StoredContact): ContactView {
    const problem = this.#warning ?? (this.#isMisused ? MISUSED : this.#reaching.problem);
    return {
      contact: stored.contact,
      id: stored.id,
      name: stored.name === "" ? stored.id : printable(stored.name),
      state: this.#link.path ?? (this.#reaching.seeker.isSearching ? "searching" : "offline"),
      isMet: stored.key !== undefined,
      isNew: stored.key !== undefined && (!stored.isCompared || this.#isMisused),
      unread: stored.unread,
      entries: this.#entries.list,
      ...(problem === undefined ? {} : { problem }),
    };
  }
}
