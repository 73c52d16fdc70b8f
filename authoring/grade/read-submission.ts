// Takes from a student's folder what is judged, and nothing else: progress.txt, work/solutions/ and work/answers/. All
// of it comes from somebody else, so links are not followed, and numbers and sizes are limited.

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { type Exercise, hasRegion } from "../../course/exercises/exercises.ts";
import { ProblemError } from "../../course/exercises/problem.ts";
import { findRegions } from "../../course/exercises/regions.ts";
import { GIVEN } from "../../course/workspace/progress.ts";
import { printable } from "../../terminal/widths.ts";

/** The most bytes of a file. */
const MOST_SOLUTION = 64 * 1024;
const MOST_ANSWER = 4 * 1024;
const MOST_PROGRESS = 64 * 1024;
/** How many files of a folder are looked at. */
const MOST_FILES = 1000;
/** How many ignored files are named. */
const MOST_NOTES = 10;

export interface Submission {
  /** The code for each region, by the exercise's id. */
  solutions: Map<string, string>;
  /** The answer to each question, by the exercise's id. */
  answers: Map<string, string>;
  /** Exercises with a line in progress.txt. */
  claimed: Set<string>;
  /** Names on lines of progress.txt that say: this exercise was given solved (`npm run handout -- DIR --solved …`). */
  given: Set<string>;
  /** Why an exercise cannot be judged, in one line: its file is not valid, say. By the exercise's id. */
  problems: Map<string, string>;
  /** Sentences about what was ignored. */
  notes: string[];
}

/** The whole submission cannot be judged. The message is one line. */
export class SubmissionError extends Error {}

/** A file is not what it must be. The message is one line. */
class FileError extends Error {}

/**
 * Reads a submission.
 * @throws SubmissionError if there is no such folder, or it is no copy of the course
 */
export function readSubmission(folder: string, exercises: readonly Exercise[]): Submission {
  const top = statOrNothing(folder, statSync);
  if (top === undefined) throw new SubmissionError("there is no such folder");
  if (!top.isDirectory()) throw new SubmissionError("this is no folder");
  const submission: Submission = {
    solutions: new Map(),
    answers: new Map(),
    claimed: new Set(),
    given: new Set(),
    problems: new Map(),
    notes: [],
  };
  const found = [
    readProgress(folder, exercises, submission),
    readFolder(folder, "solutions", ".ts", exercises, submission),
    readFolder(folder, "answers", ".txt", exercises, submission),
  ];
  // A student who has not begun has none of the three. But so has a folder that was named by mistake.
  if (!found.includes(true) && statOrNothing(join(folder, "lessons"), lstatSync) === undefined)
    throw new SubmissionError(
      "it has no progress.txt, work/solutions/ or work/answers/: name the folder with the student's copy of the course",
    );
  const { notes } = submission;
  if (notes.length > MOST_NOTES)
    notes.splice(MOST_NOTES, notes.length, `… and ${notes.length - MOST_NOTES} more`);
  return submission;
}

/** @returns whether there is a file */
function readProgress(folder: string, exercises: readonly Exercise[], submission: Submission): boolean {
  let text: string;
  try {
    text = readLimited(join(folder, "progress.txt"), MOST_PROGRESS);
  } catch (error) {
    if (isMissing(error)) return false;
    submission.notes.push(`progress.txt was ignored: ${reasonOf(error)}`);
    return true;
  }
  const unknown: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [id = "", day] = line.trim().split(/\s+/);
    if (id === "" || id.startsWith("#")) continue;
    if (day === GIVEN) submission.given.add(id);
    else if (exercises.some((exercise) => exercise.id === id)) submission.claimed.add(id);
    else unknown.push(id);
  }
  const [first] = unknown;
  if (first !== undefined) {
    const more = unknown.length === 1 ? "" : `, and ${unknown.length - 1} more`;
    submission.notes.push(
      `progress.txt has a line that names no exercise: ${JSON.stringify(printable(first.slice(0, 40)))}${more}`,
    );
  }
  return true;
}

/** @returns whether there is such a folder in work/ */
function readFolder(
  copy: string,
  name: "solutions" | "answers",
  ending: string,
  exercises: readonly Exercise[],
  submission: Submission,
): boolean {
  const { notes } = submission;
  for (const part of ["work", join("work", name)]) {
    const stats = statOrNothing(join(copy, part), lstatSync);
    if (stats === undefined) return false;
    if (stats.isDirectory()) continue;
    // A link at work/ is met twice, once for each of the two folders.
    const note = `${part.replaceAll("\\", "/")} was ignored: ${stats.isSymbolicLink() ? "it is a link" : "it is no folder"}`;
    if (!notes.includes(note)) notes.push(note);
    return true;
  }
  const names = listLimited(join(copy, "work", name));
  if (names === undefined) {
    notes.push(`work/${name}/ was ignored: it has more than ${MOST_FILES} files, or cannot be read`);
    return true;
  }
  for (const file of names) readExercise(copy, name, file, ending, exercises, submission);
  return true;
}

function readExercise(
  copy: string,
  folder: "solutions" | "answers",
  file: string,
  ending: string,
  exercises: readonly Exercise[],
  { solutions, answers, problems, notes }: Submission,
): void {
  const wantsCode = folder === "solutions";
  const exercise = exercises.find(({ id }) => file === `${id}${ending}`);
  if (exercise === undefined || hasRegion(exercise) !== wantsCode) {
    const what =
      exercise === undefined
        ? "it names no exercise"
        : wantsCode
          ? "this exercise asks a question"
          : "this exercise is written, not answered";
    notes.push(`work/${folder}/${printable(file.slice(0, 60))} was ignored: ${what}`);
    return;
  }
  const { id } = exercise;
  try {
    const text = readLimited(join(copy, "work", folder, file), wantsCode ? MOST_SOLUTION : MOST_ANSWER);
    if (!wantsCode) answers.set(id, text.trimEnd());
    else {
      refuseMarkers(text);
      solutions.set(id, text);
    }
  } catch (error) {
    problems.set(id, `work/${folder}/${file}: ${reasonOf(error)}`);
  }
}

/** A region's end inside of a solution would let the rest of it stand where other code belongs. */
function refuseMarkers(text: string): void {
  try {
    if (findRegions(text, "").length === 0) return;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
  throw new FileError(
    "it holds a marker (BEGIN SOLUTION or END SOLUTION), which belongs to the course's files",
  );
}

/**
 * The text of a file, not through a link.
 * @throws FileError, or a system's error
 */
function readLimited(path: string, most: number): string {
  // A named pipe would let us wait for ever when it is opened, so we look at it first. O_NOFOLLOW is for a link that is put in
  // its place in the meantime. Windows has neither of the two flags.
  const before = lstatSync(path);
  if (before.isSymbolicLink()) throw new FileError("it is a link");
  if (!before.isFile()) throw new FileError("it is no file");
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = openSync(path, flags);
  try {
    if (!fstatSync(file).isFile()) throw new FileError("it is no file");
    const bytes = Buffer.alloc(most + 1);
    let length = 0;
    for (;;) {
      const count = readSync(file, bytes, length, bytes.length - length, null);
      length += count;
      if (length > most) throw new FileError(`it has more than ${most} bytes`);
      if (count === 0) break;
    }
    return textOf(bytes.subarray(0, length));
  } finally {
    closeSync(file);
  }
}

function textOf(bytes: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const isUtf16 = /^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString("latin1", 0, 2));
    throw new FileError(isUtf16 ? "it is UTF-16, not UTF-8" : "it is not UTF-8");
  }
  if (text.includes("\0")) throw new FileError("it has a byte 00");
  return text;
}

/** The names in a folder, sorted; undefined if there are too many, or it cannot be read. */
function listLimited(path: string): string[] | undefined {
  const names: string[] = [];
  try {
    const directory = opendirSync(path);
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
        names.push(entry.name);
        if (names.length > MOST_FILES) return undefined;
      }
    } finally {
      directory.closeSync();
    }
  } catch {
    return undefined;
  }
  return names.sort();
}

function statOrNothing(path: string, look: (path: string) => Stats): Stats | undefined {
  try {
    return look(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new SubmissionError(reasonOf(error));
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}

function reasonOf(error: unknown): string {
  if (error instanceof FileError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ELOOP") return "it is a link";
  return code === "EACCES" || code === "EPERM" ? "it cannot be read: access is denied" : message;
}
