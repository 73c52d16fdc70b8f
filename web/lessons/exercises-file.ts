// Loads and saves the one file in which the student writes an exercise, for the text field in the page. Nothing is lost: what
// was saved elsewhere in the meantime is not overwritten, or it is kept as a copy first.

import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ProgramExercise } from "../../course/exercises/exercises.ts";
import { placeOf } from "../../course/learn/report.ts";
import { writeText } from "../../course/workspace/files.ts";
import type { Workspace } from "../../course/workspace/workspace.ts";
import { type FileText, MOST_FILE } from "../shared/exercises.ts";
import { CallError } from "../shared/fields.ts";

/** Another program has saved the file in the meantime. */
export interface Conflict {
  conflict: FileText;
}

/** What was saved. */
export interface Saved {
  version: string;
  /** The copy of what was there, relative to the course's folder; empty if there is none. */
  copy: string;
}

/** @throws CallError if the file is missing, too large or no text */
export function loadFile(exercise: ProgramExercise, workspace: Workspace): FileText {
  const name = placeOf(exercise);
  const bytes = bytesOf(workspace.path(exercise.file));
  if (bytes === undefined) throw new CallError(`${name} is not there: begin the exercise again`);
  if (bytes.length > MOST_FILE)
    throw new CallError(`${name} has more than ${MOST_FILE} bytes: open it in an editor`);
  if (!isUtf8(bytes) || bytes.includes(0))
    throw new CallError(`${name} is not saved as UTF-8: save it so in the editor that wrote it`);
  // A text field knows only line feeds.
  return { text: bytes.toString().replaceAll("\r\n", "\n"), version: versionOf(bytes) };
}

/**
 * Saves the file if it still is of that version, or if the user wants it so.
 * @throws CallError if the text is too large or none
 */
export function saveFile(
  exercise: ProgramExercise,
  workspace: Workspace,
  { text, version, force }: FileText & { force: boolean },
): Saved | Conflict {
  if (Buffer.byteLength(text) > MOST_FILE)
    throw new CallError(`what was written has more than ${MOST_FILE} bytes`);
  if (text.includes("\0") || !text.isWellFormed())
    throw new CallError("what was written holds characters that no text has");
  const path = workspace.path(exercise.file);
  const before = bytesOf(path);
  const isOther = before !== undefined && versionOf(before) !== version;
  if (isOther && !force) return { conflict: loadFile(exercise, workspace) };
  const copy = isOther ? workspace.student.keepCopy(exercise.file, before) : "";
  // The file's lines end as before: with CR and LF where an editor of Windows has written it.
  const isCrLf = before?.includes("\r\n") === true;
  const written = isCrLf ? text.replaceAll("\n", "\r\n") : text;
  writeText(path, written);
  return { version: versionOf(written), copy };
}

/** The bytes of a file; undefined if there is none. */
export function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Names what is in a file. */
export function versionOf(contents: string | Buffer): string {
  return createHash("sha256").update(contents).digest("base64url");
}
