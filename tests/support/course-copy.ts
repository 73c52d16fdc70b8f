// Makes a copy of the course for tests that work as a student does, so that the course itself stays unchanged.

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Exercise, hasRegion, readCourse } from "../../course/exercises/exercises.ts";
import { replaceRegion } from "../../course/exercises/regions.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

/** Files that are not copied, relative to the course's folder: large ones, the student's, and the tests. */
const LEFT_OUT =
  /^(?:\.git|(?:06-dht-chat[/\\])?node_modules|work|progress\.txt|tests|bench|interop)(?:[/\\]|$)/;

export class CourseCopy {
  /** The absolute path of the copy. */
  readonly folder: string;
  readonly exercises: readonly Exercise[];

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "course-"));
    cpSync(COURSE_FOLDER, this.folder, {
      recursive: true,
      filter: (source) => !LEFT_OUT.test(relative(COURSE_FOLDER, source)),
    });
    for (const name of ["node_modules", "06-dht-chat/node_modules"])
      if (existsSync(join(COURSE_FOLDER, name)))
        symlinkSync(join(COURSE_FOLDER, name), join(this.folder, name), "junction");
    this.exercises = readCourse(this.folder).exercises;
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  read(file: string): string {
    return readFileSync(this.path(file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(this.path(file), text);
  }

  exercise(id: string): Exercise {
    const exercise = this.exercises.find((one) => one.id === id);
    if (exercise === undefined) throw new Error(`there is no exercise ${id}`);
    return exercise;
  }

  /** Saves code in the region of an exercise, as a student's editor does. */
  save(id: string, code: "starter" | "solution" | { code: string }): void {
    const exercise = this.exercise(id);
    if (!hasRegion(exercise)) throw new Error(`${id} has no region`);
    const text = typeof code === "object" ? code.code : (exercise[code] ?? "");
    const file = `work/${exercise.file}`;
    this.write(file, replaceRegion(this.read(file), file, id, text));
  }

  /** Takes back what a student has done. */
  forgetWork(): void {
    rmSync(this.path("work"), { recursive: true, force: true });
    rmSync(this.path("progress.txt"), { force: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
