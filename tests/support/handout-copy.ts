// Writes a handout, the copy of the course for students, for tests that work in it.

import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeHandout } from "../../authoring/handout/write-handout.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

export interface HandoutCopy {
  /** The absolute path of the handout. */
  folder: string;
  remove(): void;
}

/** Writes a handout into a new folder, with the packages of the course. */
export async function makeHandout(): Promise<HandoutCopy> {
  const parent = mkdtempSync(join(tmpdir(), "handout-"));
  const folder = join(parent, "course");
  await writeHandout(COURSE_FOLDER.replace(/[\\/]$/, ""), folder);
  symlinkSync(join(COURSE_FOLDER, "node_modules"), join(folder, "node_modules"), "junction");
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true, maxRetries: 5 }) };
}
