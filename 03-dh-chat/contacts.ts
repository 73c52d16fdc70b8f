// Everybody we have to do with, by name: whom we call, who asks for a chat, with whom we chat.
// The rules between several connections stand here: one chat a name (P3.6), crossing calls (P3.9), limits (P3.10).

import type { Socket } from "node:net";
import { nameKey } from "./messages.ts";
import { type Outcome, Peer, type PeerEvents, type PeerSettings } from "./peer.ts";
import type { User } from "./registry-messages.ts";

/** How many requests may wait for the user's answer (P3.10). */
const MAX_REQUESTS = 16;

interface Contact {
  name: string;
  /** Undefined while we ask the registry for the address, or wait for a call that has crossed with ours. */
  peer?: Peer;
  /** How long we wait for that call. */
  deadline?: NodeJS.Timeout;
}

export class Contacts {
  readonly #settings: PeerSettings;
  readonly #events: PeerEvents;
  readonly #peerEvents: PeerEvents;
  /** By the lower case of their names. */
  readonly #contacts = new Map<string, Contact>();
  /** Every connection with a peer, also those that are no contact's: not yet, or not any more. */
  readonly #peers = new Set<Peer>();
  #whenEmpty: (() => void) | undefined;

  constructor(settings: PeerSettings, events: PeerEvents) {
    this.#settings = settings;
    this.#events = events;
    this.#peerEvents = {
      ...events,
      onRequest: (peer) => this.#receiveRequest(peer),
      onOver: (peer, outcome, undelivered) => this.#receiveOver(peer, outcome, undelivered),
    };
  }

  /** Somebody has connected to us. */
  answer(socket: Socket): void {
    this.#peers.add(Peer.answer(socket, this.#settings, this.#peerEvents));
  }

  /** Where we stand with somebody: undefined means nothing is going on. */
  stateOf(name: string): "calling" | "requesting" | "chatting" | undefined {
    const contact = this.#contacts.get(nameKey(name));
    if (contact === undefined) return undefined;
    const phase = contact.peer?.phase ?? "calling";
    if (phase === "calling") return "calling";
    return phase === "request" ? "requesting" : "chatting";
  }

  /**
   * Asks somebody for a chat. Do so only if stateOf(name) is undefined.
   * @param lookup asks the registry; what it throws is passed on
   */
  async call(name: string, lookup: () => Promise<User>): Promise<void> {
    const contact: Contact = { name };
    this.#contacts.set(nameKey(name), contact);
    const user = await lookup().catch((error) => {
      if (!this.#isCurrent(contact)) return undefined;
      this.#forget(contact);
      throw error;
    });
    // In the meantime the user may have given up, or the other one may have called.
    if (user === undefined || !this.#isCurrent(contact)) return;
    this.#forget(contact);
    this.#connect(Peer.call(user, this.#settings, this.#peerEvents));
  }

  /** Accepts the request of somebody whose state is "requesting". */
  accept(name: string): void {
    this.#contacts.get(nameKey(name))?.peer?.accept();
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

  /** The chat with somebody, if both want it: messages pass, or will in a moment, when the handshake is done. */
  chatWith(name: string): Peer | undefined {
    return this.stateOf(name) === "chatting" ? this.#contacts.get(nameKey(name))?.peer : undefined;
  }

  /** The names of those with whom a chat is open. */
  chatting(): string[] {
    return [...this.#contacts.values()].filter(({ peer }) => peer?.phase === "open").map(({ name }) => name);
  }

  /** Says goodbye to everybody and waits until that is done, a few seconds at most. */
  async endAll(): Promise<void> {
    for (const { name } of [...this.#contacts.values()]) this.end(name);
    for (const peer of [...this.#peers]) peer.end();
    if (this.#peers.size > 0) await new Promise<void>((resolve) => (this.#whenEmpty = resolve));
  }

  /** A peer that has connected says who it is. */
  #receiveRequest(peer: Peer): void {
    const { name } = peer;
    const known = this.#contacts.get(nameKey(name));
    if (known !== undefined && this.stateOf(name) === "calling") {
      // P3.9: we have called each other. The call of the smaller name stands.
      if (nameKey(this.#settings.ownName) < nameKey(name)) return peer.decline("crossed");
      known.peer?.supersede();
      this.#forget(known);
      this.#connect(peer);
      return peer.accept(); // Without asking the user, who wanted this chat.
    }
    const waiting = [...this.#contacts.values()].filter(
      (contact) => contact.peer?.phase === "request",
    ).length;
    if (known !== undefined || waiting >= MAX_REQUESTS) return peer.decline("declined");
    this.#connect(peer);
    this.#events.onRequest(peer);
  }

  #receiveOver(peer: Peer, outcome: Outcome, undelivered: readonly number[]): void {
    this.#peers.delete(peer);
    const contact = this.#contacts.get(nameKey(peer.name));
    if (contact?.peer === peer) this.#forget(contact);
    const crossed = outcome.kind === "crossed" && nameKey(peer.name) < nameKey(this.#settings.ownName);
    if (crossed) this.#expect(peer);
    else this.#events.onOver(peer, outcome, undelivered);
    if (this.#peers.size === 0) this.#whenEmpty?.();
  }

  /** Our call was answered with `crossed`: the other one's call should arrive any moment (P3.9). */
  #expect(peer: Peer): void {
    const deadline = setTimeout(() => {
      this.#forget(expected);
      const reason = "both called at once, and the call that stands did not come";
      this.#events.onOver(peer, { kind: "failed", reason }, []);
    }, this.#settings.handshakeTimeout);
    const expected: Contact = { name: peer.name, deadline };
    this.#contacts.set(nameKey(peer.name), expected);
  }

  #connect(peer: Peer): void {
    this.#peers.add(peer);
    this.#contacts.set(nameKey(peer.name), { name: peer.name, peer });
  }

  #isCurrent(contact: Contact): boolean {
    return this.#contacts.get(nameKey(contact.name)) === contact;
  }

  #forget(contact: Contact): void {
    clearTimeout(contact.deadline);
    if (this.#isCurrent(contact)) this.#contacts.delete(nameKey(contact.name));
  }
}
