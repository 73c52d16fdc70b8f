// Everybody we have to do with, by name: whom we call, who asks for a chat, with whom we chat.
// The rules between several connections stand here: one chat a name (P3.6), crossing calls (P3.9), limits (P3.10).

import type { Socket } from "node:net";
import { nameKey } from "./messages.ts";
import { type Outcome, Peer, type PeerEvents, type PeerSettings } from "./peer.ts";
import type { User } from "./registry-messages.ts";

/** How many requests may wait for the user's answer (P3.10). */
const MAX_REQUESTS = 16;

export interface ContactEvents {
  onRequest(name: string): void;
  onStarted(name: string, safetyNumber: string | undefined): void;
  onMessage(name: string, text: string): void;
  onDelivered(name: string, id: number): void;
  onOver(name: string, outcome: Outcome): void;
}

/**
 * calling: we have called, and no chat has started yet; there is no peer while the registry is being asked.
 * expected: our call has crossed with the contact's, which stands and has not arrived yet.
 * requesting: the contact has asked for a chat, and the user has not answered.
 * chatting: the request was accepted, or the chat has started.
 */
interface Contact {
  name: string;
  state: "calling" | "expected" | "requesting" | "chatting";
  peer: Peer | undefined;
  timer?: NodeJS.Timeout;
}

export class Contacts {
  readonly #ownName: string;
  readonly #settings: PeerSettings;
  readonly #events: ContactEvents;
  /** By the lower case of the name. */
  readonly #contacts = new Map<string, Contact>();
  /** Every connection with a peer, and whose it is; undefined for one that nobody needs to hear of. */
  readonly #peers = new Map<Peer, Contact | undefined>();
  #whenEmpty: (() => void) | undefined;

  constructor(settings: PeerSettings, events: ContactEvents) {
    this.#ownName = settings.ownName;
    this.#settings = settings;
    this.#events = events;
  }

  /** Somebody has connected to us. */
  answer(socket: Socket): void {
    const peer: Peer = Peer.answer(
      socket,
      this.#settings,
      this.#eventsOf(() => peer),
    );
    this.#peers.set(peer, undefined);
  }

  /** Where we stand with somebody: undefined means nothing is going on. */
  stateOf(name: string): Contact["state"] | undefined {
    return this.#contacts.get(nameKey(name))?.state;
  }

  /**
   * Asks somebody for a chat. Do so only if stateOf(name) is undefined.
   * @param lookup asks the registry; what it throws is passed on
   */
  async call(name: string, lookup: () => Promise<User>): Promise<void> {
    const contact: Contact = { name, state: "calling", peer: undefined };
    this.#contacts.set(nameKey(name), contact);
    let user: User;
    try {
      user = await lookup();
    } catch (error) {
      if (!this.#isCurrent(contact)) return; // In the meantime the user gave up, or the other one called.
      this.#forget(contact);
      throw error;
    }
    if (!this.#isCurrent(contact)) return;
    contact.name = user.username;
    const peer: Peer = Peer.call(
      user,
      user.username,
      this.#settings,
      this.#eventsOf(() => peer),
    );
    this.#connect(contact, peer);
  }

  /** Accepts the request of somebody whose state is "requesting". */
  accept(name: string): void {
    const contact = this.#contacts.get(nameKey(name));
    if (contact?.state !== "requesting") return;
    contact.state = "chatting";
    contact.peer?.accept();
  }

  /** Ends whatever is going on with somebody: declines, withdraws, says goodbye. */
  end(name: string): void {
    const contact = this.#contacts.get(nameKey(name));
    if (contact === undefined) return;
    contact.peer?.end();
    // The name is free for another chat at once. What still comes from the peer is told all the same.
    this.#forget(contact);
  }

  /** The name of somebody we have to do with, as it is registered. */
  nameOf(name: string): string {
    return this.#contacts.get(nameKey(name))?.name ?? name;
  }

  /** The chat with somebody, if both want it. */
  chatWith(name: string): Peer | undefined {
    const peer = this.#contacts.get(nameKey(name))?.peer;
    return peer?.isAgreed ? peer : undefined;
  }

  /** With whom we chat. */
  chatting(): string[] {
    return [...this.#contacts.values()].filter(({ peer }) => peer?.isOpen).map(({ name }) => name);
  }

  /** Says goodbye to everybody and waits until that is done, a few seconds at most. */
  async endAll(): Promise<void> {
    for (const contact of [...this.#contacts.values()]) this.end(contact.name);
    for (const peer of [...this.#peers.keys()]) peer.end();
    if (this.#peers.size > 0) await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
  }

  /** A peer that has connected says who it is. */
  #receiveRequest(from: string, peer: Peer): void {
    const known = this.#contacts.get(nameKey(from));
    if (known?.state === "calling" && (known.peer === undefined || known.peer.isCalling)) {
      // P3.9: we have called each other. The call of the smaller name stands.
      if (nameKey(this.#ownName) < nameKey(from)) return peer.decline("crossed");
      if (known.peer !== undefined) {
        this.#peers.set(known.peer, undefined);
        known.peer.supersede();
      }
      return this.#take(known, peer);
    }
    if (known?.state === "expected") return this.#take(known, peer);

    const waiting = [...this.#contacts.values()].filter(({ state }) => state === "requesting").length;
    if (known !== undefined || waiting >= MAX_REQUESTS) return peer.decline("declined");
    this.#connect({ name: from, state: "requesting", peer }, peer);
    this.#events.onRequest(from);
  }

  /** Takes the standing one of two crossing calls, without asking the user, who wanted this chat. */
  #take(known: Contact, peer: Peer): void {
    this.#forget(known);
    this.#connect({ name: known.name, state: "chatting", peer }, peer);
    peer.accept();
  }

  #connect(contact: Contact, peer: Peer): void {
    contact.peer = peer;
    this.#contacts.set(nameKey(contact.name), contact);
    this.#peers.set(peer, contact);
  }

  /** Our call was answered with `crossed`: the other one's call should arrive any moment (P3.9). */
  #expect(name: string): void {
    const timer = setTimeout(() => {
      this.#forget(expected);
      const reason = "both called at once, and the call that stands did not come";
      this.#events.onOver(name, { kind: "failed", reason });
    }, this.#settings.handshakeTimeout);
    const expected: Contact = { name, state: "expected", peer: undefined, timer };
    this.#contacts.set(nameKey(name), expected);
  }

  /** What happens on a connection, passed on with the name of the contact whose it is. */
  #eventsOf(peerOf: () => Peer): PeerEvents {
    const nameOf = (): string => this.#peers.get(peerOf())?.name ?? "";
    return {
      onRequest: (from) => this.#receiveRequest(from, peerOf()),
      onStarted: (safetyNumber) => {
        const contact = this.#peers.get(peerOf());
        if (contact !== undefined) contact.state = "chatting";
        this.#events.onStarted(nameOf(), safetyNumber);
      },
      onMessage: (text) => this.#events.onMessage(nameOf(), text),
      onDelivered: (id) => this.#events.onDelivered(nameOf(), id),
      onOver: (outcome) => this.#over(peerOf(), outcome),
    };
  }

  #over(peer: Peer, outcome: Outcome): void {
    const contact = this.#peers.get(peer);
    this.#peers.delete(peer);
    if (contact !== undefined) {
      this.#forget(contact);
      const crossed = outcome.kind === "crossed" && nameKey(contact.name) < nameKey(this.#ownName);
      if (crossed) this.#expect(contact.name);
      else this.#events.onOver(contact.name, outcome);
    }
    if (this.#peers.size === 0) this.#whenEmpty?.();
  }

  #isCurrent(contact: Contact): boolean {
    return this.#contacts.get(nameKey(contact.name)) === contact;
  }

  #forget(contact: Contact): void {
    clearTimeout(contact.timer);
    if (this.#isCurrent(contact)) this.#contacts.delete(nameKey(contact.name));
  }
}
