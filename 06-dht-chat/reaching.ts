// How one contact is reached: found in the table, called, and met with one of the secrets that we share (P10.6).

import { CallError, callWanted } from "./calls.ts";
import { CARD_LIFETIME } from "./card.ts";
import type { Clock } from "./clock.ts";
import type { Network } from "./network.ts";
import type { Openings } from "./openings.ts";
import { sentenceOf } from "./problems.ts";
import { type AttemptOutcome, Seeker } from "./seeking.ts";
import { SessionError, type SessionProblem } from "./session.ts";
import { StorageFull, type StoredContact, StoreError } from "./store.ts";
import type { Turns } from "./turns.ts";

export interface ReachingOptions {
  network: Network;
  openings: Openings;
  clock: Clock;
  random: () => number;
  turns: Turns;
  /** The contact as it is now; undefined if it is none any more. */
  contact(): StoredContact | undefined;
  isMet(): boolean;
  /** The contact's card is another's for good. Never rejects. */
  refused(): Promise<void>;
  count(what: string): void;
  /** `isSearching` or `problem` is a new one. */
  changed(): void;
}

/** What a session's failure says to our user. What passes by itself says nothing. */
const SENTENCES: Partial<Record<SessionProblem, string>> = {
  "card-used":
    "Somebody else has used this card. Ask for a new card, and compare the numbers on both screens.",
  "unknown-card":
    "The other page does not know your card: it has expired, or you were removed there. Ask for a new card.",
  "wrong-peer":
    "Somebody with another key has answered under this number, and was turned away. Ask for a new card if it stays so.",
};

export class Reaching {
  readonly seeker: Seeker;
  readonly #options: ReachingOptions;
  #problem: string | undefined;
  /** Which of the contact's secrets is tried next, counted from the newest one. */
  #secret = 0;

  constructor(options: ReachingOptions) {
    this.#options = options;
    const { clock, random, turns, isMet, changed } = options;
    this.seeker = new Seeker({
      clock,
      random,
      turns,
      isMet,
      hasCard: () => this.#hasCard,
      changed,
      attempt: (signal) => this.#attempt(signal),
    });
  }

  get #hasCard(): boolean {
    const contact = this.#options.contact();
    return contact?.key === undefined && this.#options.clock.now() - (contact?.since ?? 0) < CARD_LIFETIME;
  }

  get problem(): string | undefined {
    return this.#problem ?? (this.#options.contact()?.isRefused ? SENTENCES["card-used"] : undefined);
  }

  /** There is a session: what was wrong is over. */
  met(): void {
    this.seeker.rest();
    this.#secret = 0;
    this.#setProblem(undefined);
  }

  /** Something is wrong with this contact that our user should know. */
  warn(sentence: string): void {
    this.#setProblem(sentence);
  }

  /** Never rejects. */
  async #attempt(signal: AbortSignal): Promise<AttemptOutcome> {
    const contact = this.#options.contact();
    if (!contact || contact.isRefused || signal.aborted) return "hopeless";
    try {
      await this.#call(contact, signal);
      return "done";
    } catch (error) {
      return this.#explain(error, contact);
    }
  }

  async #call(contact: StoredContact, signal: AbortSignal): Promise<void> {
    const { network, openings, clock, count, isMet } = this.#options;
    const secret = contact.secrets.at(-1 - this.#secret) ?? contact.secrets.at(-1);
    if (!secret || isMet()) return;
    const pipe = await callWanted(network, contact, () => clock.now(), count, signal);
    count("calls");
    // They may have called us meanwhile.
    if (isMet() || signal.aborted) pipe.reset();
    else await openings.call(pipe, contact, secret);
  }

  #explain(error: unknown, contact: StoredContact): AttemptOutcome {
    if (error instanceof CallError || this.#options.isMet()) return "done";
    if (error instanceof StoreError || error instanceof StorageFull) this.#setProblem(sentenceOf(error));
    if (!(error instanceof SessionError)) return "done";
    this.#options.count(`sessions failed: ${error.code}`);
    if (error.code !== "unknown-card" && error.code !== "card-used") {
      this.#setProblem(SENTENCES[error.code]);
      return "done";
    }
    // A contact met over two cards has two secrets: the other side may have lost one of them.
    this.#secret += 1;
    if (this.#secret < contact.secrets.length) return "done";
    this.#secret = 0;
    if (error.code === "card-used" && contact.key === undefined) void this.#options.refused();
    else this.#setProblem(SENTENCES[error.code]);
    return "hopeless";
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#options.changed();
  }
}
