// Reads and writes the student's text files. A file is replaced at once, so that it is never half written.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The text of a file; undefined if there is no such file. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw Object.assign(error as Error, { path }); // Reading a folder fails without naming it.
  }
}

/** Writes a file, and makes its folders if they are missing. */
export function writeText(path: string, text: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.part`;
  writeFileSync(beside, text);
  renameSync(beside, path);
}

/** Writes a file only if its text has changed, so that programs which watch the file do not react in vain. */
export function writeIfDifferent(path: string, text: string): void {
  if (readText(path) !== text) writeText(path, text);
}

export function removeFile(path: string): void {
  rmSync(path, { force: true });
}
