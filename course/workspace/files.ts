// Text files of the student's: read if they are there, written so that no half of them is ever on the disk.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The text of a file; undefined if there is none. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a file, and the folders that it needs. */
export function writeText(path: string, text: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.part`;
  writeFileSync(beside, text);
  renameSync(beside, path);
}

/** Writes a file whose text is another: one that stays as it is wakes nobody who watches it. */
export function writeIfDifferent(path: string, text: string): void {
  if (readText(path) !== text) writeText(path, text);
}

export function removeFile(path: string): void {
  rmSync(path, { force: true });
}
