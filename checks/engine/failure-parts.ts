// Takes a failed check apart for people: what was done and sent, what was expected and received, and where the two first
// differ. The terminal's report and the page in the browser are made of the same parts. Pure.

import { clauseOf } from "./check.ts";
import type { CheckResult, Failure } from "./run-checks.ts";

export interface FailureParts {
  /** The stage and the id, such as 01/P1.8-end. */
  check: string;
  /** What the check demands. */
  title: string;
  /** The clause of the protocol that demands it. */
  clause: string;
  /** Why the check could not run; then nothing follows. */
  problem?: string;
  /** What the check was doing; left out if the other parts say it. */
  step?: string;
  /** What was sent before, or with which arguments an attack was run. */
  sent?: { label: "sent" | "run"; text: string };
  compared?: Compared;
  /** How programs have ended, or what they have printed on standard error: lines. */
  lastWords?: string;
  /** The mistake that is likely behind it. */
  likelyCause?: string;
}

/** What was expected, and what came instead. */
export interface Compared {
  /** How the two texts are called. */
  labels: readonly [string, string];
  expected: string;
  received: string;
  /** How many characters (code points) the two have in common at the beginning; undefined if they are not to be compared. */
  difference: number | undefined;
  /** Which character of the text itself that is, counted from 1: its quotes are none, and an escape is one. */
  character?: number;
}

/** How many characters of a text are shown that is not compared with another. */
const MOST = 400;
/** How many characters of a step. */
const MOST_OF_STEP = 160;
/** How much of the end of a long text is shown. */
const END = 40;

export function failureParts({ check, stage, failure, problem = "" }: CheckResult): FailureParts {
  const head = { check: `${stage}/${check.id}`, title: check.title, clause: clauseOf(check) };
  if (failure === undefined) return { ...head, problem };
  const { step, sent, lastWords, likelyCause } = failure;
  return {
    ...head,
    ...(isSaid(failure) ? {} : { step: shorten(step, MOST_OF_STEP) }),
    // To an attack we send nothing: it is run with these arguments.
    ...(sent === undefined
      ? {}
      : { sent: { label: check.of === "attack" ? "run" : "sent", text: shorten(sent) } }),
    compared: compare(failure),
    ...(lastWords === undefined ? {} : { lastWords }),
    ...(likelyCause === undefined ? {} : { likelyCause }),
  };
}

/** Whether the other parts say what the step says: that its sender receives, or that a call returns, what is expected. */
function isSaid({ step, sent, expected }: Failure): boolean {
  const namesAnother = /^[\w -]+: /.test(sent ?? "");
  return sent !== undefined && !namesAnother && step.endsWith(` ${expected}`);
}

function compare({ labels = ["expected", "received"], exact, expected, received }: Failure): Compared {
  const difference = exact ? firstDifference(expected, received) : undefined;
  if (difference !== undefined)
    return { labels, expected, received, difference, character: characterAt(expected, difference) };
  const lines = received.split("\n").map((line) => shorten(line, MOST));
  return { labels, expected: shorten(expected, MOST), received: lines.join("\n"), difference };
}

/** @returns how many code points two texts have in common at the beginning; undefined if they are the same */
function firstDifference(one: string, other: string): number | undefined {
  const left = [...one];
  const right = [...other];
  let difference = 0;
  while (difference < left.length && difference < right.length && left[difference] === right[difference])
    difference += 1;
  return difference === left.length && difference === right.length ? undefined : difference;
}

/** A character of what quote() returns: one that stands for itself, or an escape. */
const QUOTED_CHARACTER = /\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|.)|./gsu;

/** @param difference how many code points stand before the first difference, an opening quote among them */
function characterAt(shown: string, difference: number): number {
  if (!shown.startsWith('"')) return difference + 1;
  let at = 1;
  let character = 1;
  for (const [one] of shown.slice(1).matchAll(QUOTED_CHARACTER)) {
    at += [...one].length;
    if (at > difference) break;
    character += 1;
  }
  return character;
}

/** Shortens what was done or sent to its beginning and its end, and adds its length unless quote() has already done so. */
export function shorten(text: string, most = 300): string {
  if (text.length <= most) return text;
  const length = / … (\(\d+ (?:characters|bytes)\))$/.exec(text);
  if (length !== null) return `${text.slice(0, most)}… ${length[1]}`;
  return `${text.slice(0, most - END)} … ${text.slice(-END)} (${text.length} characters)`;
}
