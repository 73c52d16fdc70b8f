// Defines a check: a demand of one clause of the protocol, and how to find out whether a program fulfils it.

import type { StageNumber } from "./place.ts";
import type { Scene } from "./scene.ts";

/** A mistake, and by what it is known. */
export interface FittingCause {
  /** The description of the failed step matches this. */
  readonly step?: RegExp;
  /** What was received, as the report shows it, matches this. */
  readonly received?: RegExp;
  readonly cause: string;
}

export interface Check {
  /** The clause, a hyphen, and a name, such as P1.4-left-to-right. It is unique in the course. */
  readonly id: string;
  readonly stages: readonly StageNumber[];
  /**
   * What is checked: a server, a client or a peer without a server over the wire, in any language; functions in one
   * file of the TypeScript stages; or an attack program.
   */
  readonly of: "server" | "client" | "peer" | "module" | "attack";
  /** The demand, in one line. */
  readonly title: string;
  /**
   * The likeliest mistake in a program whose answer differs from the right one, in a sentence or two. It is left out of
   * a report if nothing came, if the program or its connection has ended, if a function has thrown an error, and if a
   * step failed that only prepares (see likely-causes.ts).
   */
  readonly likelyCause?: string;
  /** The likeliest mistakes behind certain failures, whatever came. The first one that fits is taken. */
  readonly causes?: readonly FittingCause[];
  /** For how many seconds the check only waits. Such checks all begin at once, and others run in the meantime. */
  readonly waits?: number;
  run(scene: Scene): Promise<void>;
}

/** A check without the members that it shares with others. */
export type CheckOfSeveral = Omit<Check, "stages" | "of">;

const ID = /^P[0-9]{1,2}(?:\.[0-9]{1,2})?-[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** @throws Error if the check is not valid */
export function defineCheck(check: Check): Check {
  if (!ID.test(check.id)) throw new Error(`${check.id}: an id is a clause, a hyphen and words in lower case`);
  if (check.stages.length === 0) throw new Error(`${check.id}: name the stages that it is for`);
  return check;
}

/** Defines checks that share their stages and what they check. */
export function defineChecks(
  common: Pick<Check, "stages" | "of">,
  checks: readonly CheckOfSeveral[],
): readonly Check[] {
  return checks.map((check) => defineCheck({ ...common, ...check }));
}

/** The clause that a check belongs to. */
export function clauseOf(check: Check): string {
  return check.id.slice(0, check.id.indexOf("-"));
}
