// What a page and its server say to each other about exercises. A page names an exercise by its id, and nothing else: what is
// opened, read and written is the file that belongs to it.

import type { Part } from "./lessons.ts";

/** The longest id of an exercise, in UTF-16 units. */
export const MOST_ID = 64;

/** The longest answer to a question, in UTF-16 units. */
export const MOST_ANSWER = 1000;

/** The largest file that can be written in the page, in bytes of UTF-8 and in UTF-16 units. */
export const MOST_FILE = 262_144;

export type ExerciseKind = "code" | "attack" | "predict" | "capture";

export type Verdict = "passed" | "failed" | "could-not-run";

/** An exercise in a list. */
export interface ExerciseRow {
  id: string;
  title: string;
  kind: ExerciseKind;
  /** The number of its stage, such as 03. */
  stage: string;
  /** The name of its page, such as 03-4. */
  page: string;
  /** Whether it is on the short way. */
  isShort: boolean;
  /** `given`: the course's solution was handed out, so that passing it is nobody's work. */
  standing: "open" | "passed" | "given";
  isCurrent: boolean;
}

/** The result for one exercise while everything is checked. */
export interface RowOfAll {
  id: string;
  page: string;
  outcome: OutcomeView;
}

/** All exercises, and how far the student is. */
export interface Overview {
  rows: readonly ExerciseRow[];
  /** The id of the exercise that they have opened last; empty if none. */
  current: string;
  /** The id of the next one on the way that has not passed; empty if all have. */
  next: string;
  /** Whether the way leads through the short way's exercises only. */
  isShort: boolean;
  /** The check of everything that has passed, if there was one. */
  all: { isRunning: boolean; of: number; done: readonly RowOfAll[] } | undefined;
  /** What is said when everything on the way has passed, in paragraphs; empty before that. */
  finished: readonly string[];
  /** Why no exercise is open, in a sentence; empty if nothing was wrong. */
  problem: string;
}

/** What is to be read about an exercise. */
export interface ExerciseText {
  id: string;
  title: string;
  kind: ExerciseKind;
  /** The name of its page, such as 03-4. */
  page: string;
  task: Part[];
  /** A list; empty for a question. */
  checked: Part[];
  /** The hints that have been taken. */
  hints: Part[][];
  /** How many hints there are. */
  hintCount: number;
  /** What it meant; empty before it has passed. */
  meaning: Part[];
}

/** What was expected and what came. */
export interface ComparedTexts {
  labels: readonly [string, string];
  expected: string;
  received: string;
  /** How many code points both have in common at the beginning; undefined if they are not to be compared. */
  difference?: number;
  /** Which character of the text itself that is, counted from 1, without quotes. */
  character?: number;
}

/** A check that has not passed. */
export interface FailureView {
  /** Its stage and id, such as 01/P1.8-end. */
  check: string;
  title: string;
  clause: string;
  /** Why it could not run. */
  problem?: string;
  step?: string;
  sent?: { label: "sent" | "run"; text: string };
  compared?: ComparedTexts;
  lastWords?: string;
  likelyCause?: string;
}

/** The result of a check. */
export interface OutcomeView {
  verdict: Verdict;
  /** The verdict in one line. */
  headline: string;
  /** When it arrived, in milliseconds since 1970. */
  at: number;
  /** What was observed, or why an answer is wrong, or why nothing could run: lines. Empty if nothing is said. */
  explanation: string;
  notes: readonly string[];
  /** The checks that ran, in order. */
  checks: readonly { id: string; title: string; verdict: Verdict }[];
  failure?: FailureView;
  /** The command that runs the same check with the same random values again. */
  again?: string;
}

/** A line of code that is in both versions (blank), only in the old one (-), or only in the new one (+). */
export interface CodeLine {
  kind: " " | "-" | "+";
  text: string;
}

/** The student's file. */
export interface ExerciseFile {
  /** Relative to the course's folder, with slashes. */
  name: string;
  /** As the system names it. */
  path: string;
  /** The first line of what is theirs, counted from 1. */
  line: number;
  /** Names the bytes in it; empty if there is no file. Another version means that it was saved. */
  version: string;
}

/** What changes about an exercise. */
export interface ExerciseState {
  id: string;
  isCurrent: boolean;
  /** Whether something was written that has not passed. */
  isBegun: boolean;
  isChecking: boolean;
  standing: ExerciseRow["standing"];
  /** The day on which it was passed, as YYYY-MM-DD; empty if it has none. */
  day: string;
  /** Whether a file was saved or an answer was given since it was opened. */
  isTouched: boolean;
  notices: readonly string[];
  /** How many hints have been taken. */
  hints: number;
  /** Where the code is written; undefined for a question. */
  file?: ExerciseFile;
  /** The last verdict; the code may have changed since then. */
  outcome?: OutcomeView;
  /** For a question: the answer that counts; empty if there is none. */
  answer: string;
  /** The student's code (-) compared with the course's own (+), once it has passed. */
  comparison: readonly CodeLine[];
  /** Why the solution is not shown, in a sentence; empty if it is, or if there is none. */
  whyNoSolution: string;
  /** The next exercise on the way that has not passed. */
  next?: { id: string; title: string; page: string };
}

/** A line that passed over the network. */
export interface PacketLine {
  packet: number;
  seconds: number;
  who: string;
  /** What was on the wire, with escapes for what cannot be seen. */
  wire: string;
  /** What it says, if that is more than the line itself; else empty. */
  meaning: string;
  /** Whether the check failed there. */
  isWanted: boolean;
}

export interface ConnectionView {
  /** Counted from 0. */
  index: number;
  title: string;
  first: readonly PacketLine[];
  /** How many lines are left out behind `first`. */
  left: number;
  last: readonly PacketLine[];
}

/** What passed over the network in the last run. */
export interface PacketsView {
  about: string;
  /** Empty if nothing was recorded. */
  file: string;
  connections: readonly ConnectionView[];
}

/** The text of the student's file, and its version. */
export interface FileText {
  text: string;
  version: string;
}

type OfOne<Result> = { given: { exercise: string }; result: Result };

export interface ExerciseCalls {
  /** @see Overview. Also looks what other programs have done with the files. */
  "exercises/overview": { given: Record<never, never>; result: Overview };
  "exercises/text": OfOne<ExerciseText>;
  "exercises/state": OfOne<ExerciseState>;
  /** Makes it the current exercise, and checks it. */
  "exercises/begin": OfOne<ExerciseState>;
  /** Checks the current exercise again. */
  "exercises/check": OfOne<null>;
  /** Takes the next hint. */
  "exercises/hint": OfOne<ExerciseState>;
  /** Answers the question of the current exercise. The verdict comes as an event. */
  "exercises/answer": { given: { exercise: string; text: string }; result: null };
  /** Begins again with the starter; a copy of what was there is kept. */
  "exercises/reset": OfOne<ExerciseState>;
  "exercises/packets": OfOne<PacketsView>;
  /** The starter (-) compared with the student's code (+); what else they have changed in other files. */
  "exercises/changes": OfOne<{ lines: readonly CodeLine[]; elsewhere: readonly string[] }>;
  "exercises/solution": OfOne<{ code: string }>;
  /** Opens the student's file in their editor. @returns what the editor is called; empty if none was found */
  "exercises/open-editor": OfOne<{ editor: string }>;
  "exercises/load-file": OfOne<FileText>;
  /**
   * Saves the file, if it still is of that version. Else nothing is written, and the result is what it holds now.
   * @param force saves in any case; a copy of what was there is kept
   */
  "exercises/save-file": {
    given: { exercise: string; text: string; version: string; force: boolean };
    result: { version: string; copy: string } | { conflict: FileText };
  };
  "exercises/check-all": { given: Record<never, never>; result: null };
  "exercises/stop-all": { given: Record<never, never>; result: null };
  /** Chooses the short way or the whole one. */
  "exercises/way": { given: { short: boolean }; result: null };
}

export interface ExerciseEvents {
  "exercises/overview": Overview;
  /** Of the current exercise. */
  "exercises/state": ExerciseState;
}
