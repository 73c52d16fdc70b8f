// Manages the student's own files in work/: passed solutions, drafts, answers, and copies.

import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { refuseUtf16 } from "../exercises/problem.ts";
import { SOLUTIONS } from "./compose.ts";
import { readText, removeFile, writeText } from "./files.ts";
import { stampOf } from "./progress.ts";

export class StudentFiles {
  readonly #folder: string;
  readonly #now: () => Date;

  /** @param folder the absolute path of work/ */
  constructor(folder: string, now: () => Date) {
    this.#folder = folder;
    this.#now = now;
  }

  /** The student's code that has passed an exercise. */
  solution(id: string): string | undefined {
    return this.#read(SOLUTIONS, `${id}.ts`);
  }

  setSolution(id: string, text: string): void {
    writeText(this.#path(SOLUTIONS, `${id}.ts`), text);
  }

  /** The student's code for an exercise that has not passed yet. */
  draft(id: string): string | undefined {
    return this.#read("drafts", `${id}.ts`);
  }

  setDraft(id: string, text: string): void {
    writeText(this.#path("drafts", `${id}.ts`), text);
  }

  removeDraft(id: string): void {
    removeFile(this.#path("drafts", `${id}.ts`));
  }

  answer(id: string): string | undefined {
    return this.#read("answers", `${id}.txt`)?.trimEnd();
  }

  setAnswer(id: string, text: string): void {
    writeText(this.#path("answers", `${id}.txt`), `${text}\n`);
  }

  /**
   * Keeps a copy of a text, or of a file's bytes, that are going to be overwritten.
   * @param name the name of its file
   * @returns the path of the copy, relative to the course's folder
   */
  keepCopy(name: string, text: string | Buffer): string {
    const stamp = stampOf(this.#now());
    const plainName = name.replaceAll("/", "-");
    for (let count = 1; ; count += 1) {
      const copy = `${stamp}${count === 1 ? "" : `-${count}`}-${plainName}`;
      const path = this.#path("copies", copy);
      if (existsSync(path)) continue;
      writeText(path, text);
      return `${basename(this.#folder)}/copies/${copy}`;
    }
  }

  /** The text of a file that the student may have edited. @throws ProblemError if it is UTF-16 */
  #read(folder: string, name: string): string | undefined {
    const text = readText(this.#path(folder, name));
    refuseUtf16(text ?? "", `${basename(this.#folder)}/${folder}/${name}`);
    return text?.replace(/^\uFEFF/, ""); // Windows' editors begin files with a byte order mark.
  }

  #path(folder: string, name: string): string {
    return join(this.#folder, folder, name);
  }
}
