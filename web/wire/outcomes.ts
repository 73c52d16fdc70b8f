// What the programs do after an act of Mallory's: whether one noticed it, as far as what they print tells. Pure.

import type { Act, Direction, Party } from "../shared/wire.ts";
import type { PrintedEvent } from "./printed-events.ts";

export interface Outcome {
  line: number;
  act: Act;
  direction: Direction;
  /** Whose program. */
  party: Party;
  /** Null: nobody can tell. */
  noticed: boolean | null;
  words: string;
}

/** An act that had its effect. */
interface Pending {
  line: number;
  act: Act;
  direction: Direction;
  /** Whether it was said that nothing came of it so far. A failure may come later still. */
  isLate: boolean;
  /** The sender's program has failed. Most often the receiver's has found out, and says more: it is waited for. */
  senderFailed: string | undefined;
}

/** So many acts are looked after, the last ones. */
const MOST_PENDING = 64;

export class Outcomes {
  #pending: Pending[] = [];
  /** The lines of acts that were silent for a while, and whose sender's program has failed now. */
  #suspected: number[] = [];

  /** What Mallory did to a line has reached the receiver now; or never will, if it was dropped. */
  acted(line: number, act: Act, direction: Direction): void {
    this.#pending = [
      ...this.#pending.filter((one) => one.line !== line),
      { line, act, direction, isLate: false, senderFailed: undefined },
    ];
    this.#pending = this.#pending.slice(-MOST_PENDING);
  }

  /**
   * A program has printed a line.
   * @param isAsTyped whether a text that is shown is what somebody has typed
   */
  printed(party: Party, line: string, event: PrintedEvent, isAsTyped: boolean): Outcome[] {
    if (event.kind === "echo" || event.kind === "own") return [];
    const outcomes: Outcome[] = [];
    const rest: Pending[] = [];
    for (const pending of this.#pending) {
      if (event.kind === "failed" && party === pending.direction.from && (!pending.isLate || event.isEnd)) {
        pending.senderFailed ??= line;
        if (pending.isLate) this.#suspected.push(pending.line);
      }
      const noticed = judged(pending, party, event, isAsTyped);
      if (noticed === undefined) rest.push(pending);
      else outcomes.push({ ...pendingOf(pending), party, noticed, words: line });
    }
    this.#pending = rest;
    return outcomes;
  }

  /** The lines of which it is to be asked in a while whether they are over: until then, the receiver's program may say more. */
  takeSuspected(): number[] {
    return this.#suspected.splice(0);
  }

  /** A while has passed since the act: nothing was printed. @returns undefined if something was */
  isOver(line: number): Outcome | undefined {
    const pending = this.#pending.find(
      (one) => one.line === line && (!one.isLate || one.senderFailed !== undefined),
    );
    if (pending === undefined) return undefined;
    const { senderFailed, direction } = pending;
    pending.isLate = true;
    if (senderFailed === undefined)
      return { ...pendingOf(pending), party: direction.to, noticed: null, words: "" };
    this.#pending = this.#pending.filter((one) => one !== pending);
    return { ...pendingOf(pending), party: direction.from, noticed: true, words: senderFailed };
  }
}

/** Whether an act was noticed; null if nobody can tell; undefined if this line has nothing to do with it. */
function judged(
  { act, direction, isLate }: Pending,
  party: Party,
  event: PrintedEvent,
  isAsTyped: boolean,
): boolean | null | undefined {
  const { link, from, to } = direction;
  if (link === "calculator") return judgedAnswer(party, event);
  if (event.kind === "failed") {
    const counts = party === to && (!isLate || event.isEnd);
    return counts ? true : undefined;
  }
  if (party !== to || isLate) return undefined;
  // That may have been under way before: it tells nothing of what is said in a chat.
  if (event.kind === "presence" && (link === "chat" || link === "session")) return undefined;
  // A gap is passed over where a later text of the same sender is shown. Anything else tells nothing of it.
  if (act === "dropped" && (event.kind !== "shown" || event.from !== from)) return undefined;
  // A text that came as it was typed: what was changed made no difference.
  return event.kind === "shown" && isAsTyped && (act === "changed" || act === "flipped") ? null : false;
}

/** The calculator prints nothing: whatever was changed, its client shows what it answers. */
function judgedAnswer(party: Party, event: PrintedEvent): boolean | null | undefined {
  if (party === "calculator" || event.kind !== "shown") return undefined;
  // The calculator refuses what it cannot read, whoever wrote it.
  return event.text.startsWith("error: ") ? null : false;
}

function pendingOf({ line, act, direction }: Pending): Pick<Outcome, "line" | "act" | "direction"> {
  return { line, act, direction };
}
