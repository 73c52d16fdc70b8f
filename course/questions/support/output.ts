// Runs programs of the course for questions, and returns what they print.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { COURSE_FOLDER } from "../../../programs/course-folder.ts";

/**
 * Runs TypeScript in a process of its own, in the course's folder.
 * @param argv a file and its arguments, or options of Node.js
 * @returns its standard output
 * @throws Error if its exit code is not 0
 */
export async function outputOf(argv: readonly string[]): Promise<string> {
  const words = ["--import", "tsx", ...argv];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: COURSE_FOLDER });
  return stdout;
}

/** Runs the text of a program, and parses the JSON that it prints. @throws Error like outputOf() */
export async function jsonFrom(program: string): Promise<unknown> {
  return JSON.parse(await outputOf(["--input-type=module", "--eval", program]));
}
