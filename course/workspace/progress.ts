// Manages progress.txt: one line for each passed exercise. People can read it, and copy it to another machine.

import { basename } from "node:path";
import { refuseUtf16 } from "../exercises/problem.ts";
import { readText, writeText } from "./files.ts";

export const PROGRESS_HEADING =
  "# Exercises passed, and when. Copy this file to the course's folder on another machine to go on there.\n";

/** Stands in the place of the day if the course's solution was handed out, so that the student need not solve it. */
export const GIVEN = "given";

export class Progress {
  readonly #path: string;
  /** The days on which exercises were passed, as YYYY-MM-DD; empty if the line has no day. */
  readonly #passed = new Map<string, string>();

  /** @param path the file, which may be missing */
  constructor(path: string) {
    this.#path = path;
    this.reload();
  }

  /** Reads the file again, because another process may have changed it. @throws ProblemError if it is UTF-16 */
  reload(): void {
    const text = (readText(this.#path) ?? "").replace(/^\uFEFF/, ""); // Windows' editors begin files with it.
    refuseUtf16(text, basename(this.#path));
    this.#passed.clear();
    for (const line of text.split(/\r?\n/)) {
      const [, id, day = ""] = /^([\w-]+)(?:\s+(\S+))?\s*$/.exec(line) ?? [];
      if (id !== undefined) this.#passed.set(id, day);
    }
  }

  has(id: string): boolean {
    return this.#passed.has(id);
  }

  /** The day as YYYY-MM-DD; undefined if the exercise has not been passed. */
  dayOf(id: string): string | undefined {
    return this.#passed.get(id);
  }

  /** Whether the exercise came solved, so that passing it is not the student's work. */
  isGiven(id: string): boolean {
    return this.#passed.get(id) === GIVEN;
  }

  /** Adds an exercise that has passed. All other lines of the file stay. */
  add(id: string, when: Date): void {
    this.reload();
    if (this.#passed.has(id)) return;
    const day = dayOf(when);
    this.#passed.set(id, day);
    const before = readText(this.#path) ?? PROGRESS_HEADING;
    writeText(this.#path, `${before.replace(/(?<!\n)$/, before === "" ? "" : "\n")}${id} ${day}\n`);
  }
}

/** The day in the student's time zone, as YYYY-MM-DD. */
function dayOf(when: Date): string {
  return [when.getFullYear(), twoDigits(when.getMonth() + 1), twoDigits(when.getDate())].join("-");
}

/** The local time in a form that file names may contain: 2026-01-31-14-05-09. */
export function stampOf(when: Date): string {
  const time = [when.getHours(), when.getMinutes(), when.getSeconds()].map(twoDigits);
  return [dayOf(when), ...time].join("-");
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
