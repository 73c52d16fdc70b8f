// The table that the tour ends with, as it grows from what really happens in the scenes of a page. Pure.

import { isReadable, STAGE_ROWS } from "../../course/findings.ts";
import { type Link, type TableRow, WIRE_STAGES, type WireStage } from "../shared/wire.ts";
import type { Outcome } from "./outcomes.ts";

/** The links that carry what is said. */
const SAYING: readonly Link[] = ["calculator", "chat", "session"];

/** A text as short as this may stand anywhere by chance, in bytes. */
const SHORT = 6;

type Answers = Pick<TableRow, "readable" | "noticed">;

export class Table {
  readonly #answers = new Map<WireStage, Answers>();
  #taken = "";

  /** The rows of all stages that were visited. */
  get rows(): TableRow[] {
    return WIRE_STAGES.flatMap((stage) => {
      const answers = this.#answers.get(stage);
      return answers === undefined ? [] : [{ stage, ...STAGE_ROWS[stage], ...answers }];
    });
  }

  /** The rows, if they say something else than when they were taken last. Most lines change nothing. */
  takeNews(): TableRow[] | undefined {
    const { rows } = this;
    const text = JSON.stringify(rows);
    if (text === this.#taken) return undefined;
    this.#taken = text;
    return rows;
  }

  visited(stage: WireStage): void {
    this.#of(stage);
  }

  /** A text has arrived. @param wire the bytes that have passed meanwhile, line by line */
  said(stage: WireStage, text: string, wire: readonly Buffer[]): void {
    const answers = this.#of(stage);
    answers.readable = answers.readable === true || wire.some((bytes) => isInClear(text, bytes));
  }

  /** A text was typed. @param wire lines that have passed @returns whether the table says something new: it can be read */
  stood(stage: WireStage, text: string, wire: readonly Buffer[]): boolean {
    const answers = this.#of(stage);
    if (answers.readable === true || !wire.some((bytes) => isInClear(text, bytes))) return false;
    answers.readable = true;
    return true;
  }

  /** What came of an act. What was not noticed once is not noticed, whatever is noticed later. */
  outcome(stage: WireStage, { act, direction, noticed }: Outcome): void {
    if (noticed === null || (act !== "changed" && act !== "flipped")) return;
    if (!SAYING.includes(direction.link)) return;
    const answers = this.#of(stage);
    answers.noticed = answers.noticed !== false && noticed;
  }

  #of(stage: WireStage): Answers {
    const answers = this.#answers.get(stage) ?? { readable: null, noticed: null };
    this.#answers.set(stage, answers);
    return answers;
  }
}

export function isSaying(link: Link): boolean {
  return SAYING.includes(link);
}

/** Whether a stranger reads the text there: as it was typed, or as JSON writes it. */
function isInClear(text: string, bytes: Buffer): boolean {
  const written = JSON.stringify(text);
  if (Buffer.byteLength(text) < SHORT)
    return bytes.includes(written) || bytes.equals(Buffer.from(`${text}\n`));
  return isReadable(text, bytes) || bytes.includes(written.slice(1, -1));
}
