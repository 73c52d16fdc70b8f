// The contacts and the shown cards of this page, in memory and in the store, and which secret a caller gets (P10.2, P10.6).

import { type Bytes, isEqual, toHex } from "./bytes.ts";
import { CARD_LIFETIME, type Card, formatCard, groupCard, hintOf, makeCard } from "./card.ts";
import type { Clock } from "./clock.ts";
import type { Peer } from "./session.ts";
import type { CardOutcome, ContactChanges, Loaded, ShownCard, Store, StoredContact } from "./store.ts";
import { MAX_NAME } from "./texts.ts";

/** So many cards may wait for somebody at a time; a further one takes the place of the oldest. */
const MOST_SHOWN_CARDS = 16;

/** Of so many keys our user hears for each contact. After that, they know. */
const MOST_MISUSERS = 16;

export interface BookEvents {
  /** Something of a contact, or of the shown card, is new. */
  changed(contact?: string): void;
  /**
   * A card was completed: what was called `from` (a contact without key, if it was one) is called `to` now. What the
   * other side says is heard when this is done. @throws StoreError
   */
  completed(from: string, to: string): Promise<void>;
  /** Another key came with a card that this contact has used. */
  misused(contact: string): void;
}

/** The card that is on the screen. */
export interface CardOnScreen {
  hint: string;
  text: string;
  grouped: string;
  expires: number;
}

export interface BookOptions {
  store: Store;
  clock: Clock;
  ownId: string;
  events: BookEvents;
}

export class ContactBook {
  readonly #options: BookOptions;
  readonly #contacts = new Map<string, StoredContact>();
  readonly #shown = new Map<string, ShownCard>();
  /** By contact: keys of others that came with its card since the page was opened. */
  readonly #misusers = new Map<string, Set<string>>();
  #onScreen: CardOnScreen | undefined;
  #cancelTimer = (): void => {};

  constructor(options: BookOptions, loaded: Pick<Loaded, "contacts" | "cards">) {
    this.#options = options;
    this.#take(loaded);
  }

  /** In the order in which they became contacts. */
  get all(): readonly StoredContact[] {
    return [...this.#contacts.values()];
  }

  get onScreen(): CardOnScreen | undefined {
    return this.#onScreen;
  }

  get(contact: string): StoredContact | undefined {
    return this.#contacts.get(contact);
  }

  /** The contact whose key is pinned. @param key 32 bytes */
  byKey(key: Bytes): StoredContact | undefined {
    return this.#contacts.get(toHex(key));
  }

  /** A new card on the screen. It can be used until it expires, also when it is hidden. @throws StoreError */
  async show(): Promise<void> {
    const { store, clock, ownId } = this.#options;
    const card = makeCard(ownId);
    const [text, hint] = await Promise.all([formatCard(card), hintOf(card.secret)]);
    const shown = { hint, secret: card.secret, expires: clock.now() + CARD_LIFETIME };
    await this.#dropOldest();
    await store.addShownCard(shown);
    this.#shown.set(hint, shown);
    this.#onScreen = { hint, text, grouped: groupCard(text), expires: shown.expires };
    this.#cancelTimer();
    this.#cancelTimer = clock.after(CARD_LIFETIME, () => this.hide());
    this.#options.events.changed();
  }

  hide(): void {
    this.#cancelTimer();
    if (!this.#onScreen) return;
    this.#onScreen = undefined;
    this.#options.events.changed();
  }

  /** Takes a card that was entered. @returns the contact that has it @throws StoreError */
  async enter(card: Card): Promise<StoredContact> {
    const hint = await hintOf(card.secret);
    const contact = await this.#options.store.addEnteredCard(
      { id: card.id, hint, secret: card.secret },
      this.#options.clock.now(),
    );
    this.#contacts.set(contact.contact, contact);
    this.#options.events.changed(contact.contact);
    return contact;
  }

  /** What a caller with this hint gets (P10.6). */
  async secretOf(hint: string, from: Peer): Promise<{ secret: Bytes } | "unknown-card" | "card-used"> {
    for (const contact of this.#contacts.values()) {
      const secret = contact.secrets.find((one) => one.hint === hint)?.secret;
      if (secret !== undefined) return this.#answer(contact, secret, from);
    }
    const shown = this.#shown.get(hint);
    if (!shown || shown.expires <= this.#options.clock.now()) return "unknown-card";
    return { secret: shown.secret };
  }

  #answer(
    contact: StoredContact,
    secret: Bytes,
    from: Peer,
  ): { secret: Bytes } | "unknown-card" | "card-used" {
    if (contact.key === undefined) return contact.id === from.id ? { secret } : "unknown-card";
    if (isEqual(contact.key, from.key)) return { secret };
    this.#noteMisuse(contact.contact, from.key);
    return "card-used";
  }

  /** Our user hears once of each key that comes with a used card: a page may try it again and again. */
  #noteMisuse(contact: string, key: Bytes): void {
    const known = this.#misusers.get(contact) ?? new Set();
    this.#misusers.set(contact, known);
    if (known.has(toHex(key)) || known.size >= MOST_MISUSERS) return;
    known.add(toHex(key));
    this.#options.events.misused(contact);
  }

  /** The other's `ready` was right: the card is used, and the key pinned, in one step (P10.6). @throws StoreError */
  async complete(peer: Peer, secret: Bytes): Promise<CardOutcome> {
    const { store, clock } = this.#options;
    const hint = await hintOf(secret);
    const outcome = await store.completeCard(hint, { id: peer.id, key: peer.key }, clock.now());
    if (outcome !== "stored") return outcome;
    const known = this.byKey(peer.key);
    if (!known?.secrets.some((one) => one.hint === hint)) await this.#completed(hint, toHex(peer.key));
    return outcome;
  }

  async #completed(hint: string, contact: string): Promise<void> {
    const before = this.all.find(({ secrets }) => secrets.some((one) => one.hint === hint));
    this.#take(await this.#options.store.load());
    if (this.#onScreen?.hint === hint) this.hide();
    await this.#options.events.completed(before?.contact ?? hint, contact);
  }

  /** @throws StoreError */
  async update(contact: string, changes: ContactChanges): Promise<void> {
    const name = changes.name === undefined ? {} : { name: shortName(changes.name) };
    const stored = await this.#options.store.updateContact(contact, { ...changes, ...name });
    if (stored === undefined || !this.#contacts.has(contact)) return;
    this.#contacts.set(contact, stored);
    this.#options.events.changed(contact);
  }

  /** The store has counted one more unread text (it does so when it notes it as shown). */
  countUnread(contact: string): void {
    const known = this.#contacts.get(contact);
    if (known) this.#contacts.set(contact, { ...known, unread: known.unread + 1 });
  }

  /** @throws StoreError */
  async forget(contact: string): Promise<void> {
    await this.#options.store.forget(contact);
    this.#contacts.delete(contact);
    this.#options.events.changed(contact);
  }

  stop(): void {
    this.#cancelTimer();
  }

  #take(loaded: Pick<Loaded, "contacts" | "cards">): void {
    this.#contacts.clear();
    for (const contact of loaded.contacts) this.#contacts.set(contact.contact, contact);
    this.#shown.clear();
    for (const card of loaded.cards) this.#shown.set(card.hint, card);
  }

  async #dropOldest(): Promise<void> {
    const { store, clock } = this.#options;
    await store.dropExpiredCards(clock.now());
    for (const card of this.#shown.values()) if (card.expires <= clock.now()) this.#shown.delete(card.hint);
    const oldest = [...this.#shown.values()].sort((one, other) => one.expires - other.expires)[0];
    if (oldest === undefined || this.#shown.size < MOST_SHOWN_CARDS) return;
    await store.dropShownCard(oldest.hint);
    this.#shown.delete(oldest.hint);
  }
}

/** So many characters as are kept, none of them cut in two. */
function shortName(name: string): string {
  return Array.from(name.trim()).slice(0, MAX_NAME).join("");
}
