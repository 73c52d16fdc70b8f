// Sessions are opened here, ours and theirs: cards are looked up and used, keys pinned (P10.6).

import { toHex } from "./bytes.ts";
import { type Clock, waitFor } from "./clock.ts";
import type { ContactBook } from "./contact-book.ts";
import type { Identity } from "./identity.ts";
import type { Pipe } from "./pipe.ts";
import { openSession, type Session, SessionError, type SessionOptions } from "./session.ts";
import type { ContactSecret, StoredContact } from "./store.ts";
import { WatchedPipe } from "./watched-pipe.ts";

/** So many strangers may be in their hellos at a time: anybody can call. */
const MOST_STRANGERS = 32;

/** So many calls of one contact may be in their hellos at a time: strangers cannot take their places. */
const MOST_OF_A_CONTACT = 4;

/** What all strangers together are called in the count: no key is. */
const STRANGERS = "strangers";

export interface OpeningsOptions {
  identity: Identity;
  book: ContactBook;
  clock: Clock;
  count(what: string): void;
  /** A session is ready. Its key is a contact's. */
  opened(session: Session, pipe: WatchedPipe): void;
}

export class Openings {
  readonly #options: OpeningsOptions;
  /** What is under way: each can be given up. */
  readonly #underWay = new Set<AbortController>();
  #isStopped = false;
  /** Callers who are in their hellos: contacts by their keys in hex, all strangers together. */
  readonly #callers = new Map<string, number>();

  constructor(options: OpeningsOptions) {
    this.#options = options;
  }

  /** Somebody has called us. Never rejects. */
  async answer(pipe: Pipe): Promise<void> {
    const { book, count } = this.#options;
    const isContact = book.byKey(pipe.remoteKey) !== undefined;
    const who = isContact ? toHex(pipe.remoteKey) : STRANGERS;
    const callers = this.#callers.get(who) ?? 0;
    if (this.#isStopped || callers >= (isContact ? MOST_OF_A_CONTACT : MOST_STRANGERS)) {
      count("callers refused: too many at a time");
      pipe.reset();
      return;
    }
    this.#callers.set(who, callers + 1);
    try {
      await this.#open(pipe, {
        role: "responder",
        secretOf: (hint, from) => book.secretOf(hint, from),
      });
    } catch (error) {
      count(`callers refused: ${error instanceof SessionError ? error.code : "a fault of ours"}`);
      pipe.reset();
    } finally {
      const left = (this.#callers.get(who) ?? 1) - 1;
      if (left > 0) this.#callers.set(who, left);
      else this.#callers.delete(who);
    }
  }

  /**
   * Opens a session on a pipe to a contact.
   * @throws SessionError; StoreError if the page cannot store the pinned key
   */
  async call(pipe: Pipe, contact: StoredContact, { secret }: ContactSecret): Promise<void> {
    try {
      await this.#open(pipe, {
        role: "initiator",
        to: { id: contact.id, key: contact.key, secret },
      });
    } catch (error) {
      // The way there may be dead: the next call takes another one.
      if (error instanceof SessionError && error.code === "timeout") pipe.giveUp();
      throw error;
    }
  }

  /** Gives up what is under way. */
  stop(): void {
    this.#isStopped = true;
    for (const one of this.#underWay) one.abort();
  }

  async #open(
    pipe: Pipe,
    side:
      | Pick<SessionOptions & { role: "initiator" }, "role" | "to">
      | Pick<SessionOptions & { role: "responder" }, "role" | "secretOf">,
  ): Promise<void> {
    const { identity, book, clock, opened } = this.#options;
    const watched = new WatchedPipe(pipe);
    const abort = new AbortController();
    this.#underWay.add(abort);
    try {
      const session = await openSession(watched, {
        ...side,
        identity,
        complete: (peer, secret) => book.complete(peer, secret),
        signal: abort.signal,
        wait: (milliseconds, signal) => waitFor(clock, milliseconds, signal),
      });
      if (this.#isStopped) session.reset();
      else opened(session, watched);
    } finally {
      this.#underWay.delete(abort);
    }
  }
}
