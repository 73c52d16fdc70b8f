// What a check is: one thing that a clause of the protocol demands, and how to find out whether a program does it.

import type { StageNumber } from "./place.ts";
import type { Scene } from "./scene.ts";

export interface Check {
  /** The clause, a hyphen, and a name: P1.4-left-to-right. Unique in the course. */
  readonly id: string;
  readonly stages: readonly StageNumber[];
  /**
   * What it looks at: a server or a client over the wire, whatever language it is written in; functions of one file of
   * the TypeScript stages; or one of the attack programs.
   */
  readonly of: "server" | "client" | "module" | "attack";
  /** What must be so, in a line. */
  readonly title: string;
  /** The likeliest mistake of a program that fails it, in a sentence or two. */
  readonly likelyCause: string;
  /** For how long it does nothing but wait, in seconds: it is begun first, so that the others run meanwhile. */
  readonly waits?: number;
  run(scene: Scene): Promise<void>;
}

/** A check but for what it has in common with others. */
export type CheckOfSeveral = Omit<Check, "stages" | "of">;

const ID = /^P[0-9](?:\.[0-9]{1,2})?-[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** @throws Error if it is not well made */
export function defineCheck(check: Check): Check {
  if (!ID.test(check.id)) throw new Error(`${check.id}: an id is a clause, a hyphen and words in lower case`);
  if (check.stages.length === 0) throw new Error(`${check.id}: name the stages that it is for`);
  return check;
}

/** Checks that look at the same in the same stages, which is said once for all of them. */
export function defineChecks(
  common: Pick<Check, "stages" | "of">,
  checks: readonly CheckOfSeveral[],
): readonly Check[] {
  return checks.map((check) => defineCheck({ ...common, ...check }));
}

/** The clause of the protocol that a check is about. */
export function clauseOf(check: Check): string {
  return check.id.slice(0, check.id.indexOf("-"));
}
