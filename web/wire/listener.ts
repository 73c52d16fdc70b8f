// What the programs of a scene print, and what is made of it: what was said, what has come of Mallory's acts, and the table.

import type { Page } from "../serve/place.ts";
import type { Direction, Party, Said } from "../shared/wire.ts";
import { Conversation } from "./conversation.ts";
import type { Caught } from "./mallory.ts";
import { type Outcome, Outcomes } from "./outcomes.ts";
import { chatChangeIn, eventIn, type PrintedEvent } from "./printed-events.ts";
import type { StagePlan } from "./stage-plan.ts";
import { isSaying, type Table } from "./table.ts";

/** When it is said that nothing has come of an act, in milliseconds. */
const OUTCOME_LIMIT = 1000;
/** So many lines, the last ones, may hold a text that was shown just now. */
const MOST_LOOKED_AT = 200;

export interface ListenerOptions {
  scene: number;
  plan: StagePlan;
  page: Page;
  table: Table;
  /** What was said in the scene before this one. */
  said: readonly Said[];
  /** All lines that have passed, oldest first. */
  lines(): readonly Caught[];
  /** The table has grown. */
  onTable(): void;
  /** Somebody has typed a text. Its line may have passed before that was read off their terminal. */
  onTyped(direction: Direction): void;
}

export class Listener {
  readonly #options: ListenerOptions;
  readonly #conversation: Conversation;
  readonly #outcomes = new Outcomes();
  readonly #titles = new Map<Party, string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** From whom to whom a line was dropped before its text was read off the sender's terminal. */
  readonly #droppedUnread = new Set<string>();
  /** Who of Alice and Bob is in a chat with the other one. */
  readonly #inChat = new Set<Party>();
  #isChatOn = false;
  #keeps = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#conversation = new Conversation(options.said);
  }

  /** What was said here, and before. */
  get said(): readonly Said[] {
    return this.#conversation.said;
  }

  /** What was typed in a direction and has not arrived, oldest first. */
  typed({ link, from, to }: Direction): readonly Said[] {
    return isSaying(link) ? this.#conversation.waiting(from, to).map((text) => ({ from, to, text })) : [];
  }

  /** From now on, what is said is new. What the set-up says again was said before. */
  keep(): void {
    this.#keeps = true;
  }

  /** There is this program, too. @param title for people */
  knows(party: Party, title: string): void {
    this.#titles.set(party, title);
  }

  /** What a line may say: what was typed and has not arrived. */
  guesses({ direction: { from, to } }: Caught): string[] {
    return this.#conversation.waiting(from, to);
  }

  /** A line has reached Mallory. Questions to the calculator are known from there, as their terminal shows no more of them. */
  came({ link, from, to }: Direction, bytes: Buffer): void {
    if (link === "calculator" && to === "calculator")
      this.#conversation.typed({ from, to, text: bytes.toString("utf8").replace(/\r?\n$/, "") });
    if (isSaying(link)) this.#stood(from, to, [bytes]);
  }

  /** Waits for what comes of the last act on a line, if that has its effect now. */
  lookAfter(line: Caught): void {
    const act = line.acts.findLast((one) => one !== "set-up");
    if (line.state === "held" || act === undefined) return;
    // It never arrives. What it said stood on the wire all the same.
    if (act === "dropped" && isSaying(line.direction.link))
      this.#neverArrives(line.direction.from, line.direction.to);
    this.#outcomes.acted(line.number, act, line.direction);
    this.#waitFor(line.number);
  }

  #waitFor(line: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const outcome = this.#outcomes.isOver(line);
      if (outcome === undefined) return;
      this.#tell({ ...outcome, words: outcome.words === "" ? this.#silenceOf(outcome) : outcome.words });
    }, OUTCOME_LIMIT);
    this.#timers.add(timer);
  }

  /** A program has printed a line. */
  printed(party: Party, line: string): void {
    const event = this.#eventIn(line);
    if (event.kind === "own") this.#typed(party, event.to, event.text);
    const isAsTyped = event.kind !== "shown" || this.#shown(party, event);
    for (const outcome of this.#outcomes.printed(party, line, event, isAsTyped)) this.#tell(outcome);
    // The sender's program has failed: the receiver's most often says why, and is waited for.
    for (const number of this.#outcomes.takeSuspected()) this.#waitFor(number);
    this.#followChat(party, line);
  }

  #followChat(party: Party, line: string): void {
    const change = chatChangeIn(line);
    const other = party === "alice" ? "bob" : party === "bob" ? "alice" : undefined;
    if (change === undefined || change.with !== other) return;
    if (change.isOn) this.#inChat.add(party);
    else this.#inChat.delete(party);
    const isOn = this.#inChat.size === 2;
    if (isOn === this.#isChatOn) return;
    this.#isChatOn = isOn;
    const { page, scene } = this.#options;
    page.tell("wire/chat", { scene, isOn });
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Where there is a calculator, it also answers with errors. */
  #eventIn(line: string): PrintedEvent {
    const event = eventIn(line);
    const isAnswer = event.kind === "failed" && this.#titles.has("calculator");
    return isAnswer ? { kind: "shown", from: "calculator", text: line } : event;
  }

  #typed(from: Party, named: string | undefined, text: string): void {
    const others = [...this.#titles.keys()].filter((party) => party !== from && party !== "registry");
    const one = others.find((party) => party === named);
    // In a room, and to all, a text goes to each.
    for (const to of one === undefined ? others : [one]) {
      this.#conversation.typed({ from, to, text });
      const direction = this.#options.plan.directions.find(
        (way) => isSaying(way.link) && way.from === from && way.to === to,
      );
      if (direction !== undefined) this.#options.onTyped(direction);
      this.#stood(from, to, this.#linesBetween(from, to));
      if (this.#droppedUnread.delete(`${from} ${to}`)) this.#neverArrives(from, to);
    }
  }

  /** The table learns what can be read of what was typed, as soon as it is on the wire. */
  #stood(from: Party, to: Party, wire: readonly Buffer[]): void {
    const { plan, table, onTable } = this.#options;
    for (const text of this.#conversation.waiting(from, to))
      if (table.stood(plan.stage, text, wire)) onTable();
  }

  /** The table learns what can be read of what was typed, though it never arrives. */
  #neverArrives(from: Party, to: Party): void {
    const { plan, table, onTable } = this.#options;
    const texts = this.#conversation.waiting(from, to);
    if (texts.length === 0) this.#droppedUnread.add(`${from} ${to}`);
    for (const text of texts) {
      table.said(plan.stage, text, this.#linesBetween(from, to));
      onTable();
    }
  }

  /** The bytes of the last lines that one has sent to another to say something. */
  #linesBetween(one: Party, other: Party): Buffer[] {
    return this.#options
      .lines()
      .slice(-MOST_LOOKED_AT)
      .filter(({ direction: { link, from, to } }) => isSaying(link) && from === one && to === other)
      .map(({ bytes }) => bytes);
  }

  /** @returns whether it was shown as it was typed */
  #shown(to: Party, { from: name, text }: PrintedEvent & { kind: "shown" }): boolean {
    const from = [...this.#titles.keys()].find((party) => party === name);
    if (from === undefined || from === to) return false;
    // The question comes before its answer.
    if (from === "calculator") this.#say({ from: to, to: from, text: "" });
    return this.#say({ from, to, text });
  }

  /** @returns whether it was shown as it was typed */
  #say(shown: Said): boolean {
    const { scene, page, plan, table, onTable } = this.#options;
    const { said, isAsTyped } = this.#conversation.shown(shown);
    if (said.text === "") return isAsTyped;
    page.tell("wire/said", { scene, ...said });
    if (this.#keeps) this.#conversation.keep(said);
    table.said(plan.stage, said.text, this.#linesBetween(said.from, said.to));
    onTable();
    return isAsTyped;
  }

  #tell(outcome: Outcome): void {
    const { scene, page, plan, table, onTable } = this.#options;
    const { line, act, party, noticed, words } = outcome;
    page.tell("wire/outcome", { scene, line, act, party, noticed, words });
    table.outcome(plan.stage, outcome);
    onTable();
  }

  #silenceOf({ act, direction: { link, to } }: Outcome): string {
    const silence = `${this.#titles.get(to) ?? to} printed nothing`;
    if (act === "dropped" && (link === "chat" || link === "session"))
      return "the next line will have a number out of turn, and show the gap";
    return link === "datagram"
      ? `${silence}: a datagram that is not right is dropped without a word (P8.6)`
      : silence;
  }
}
