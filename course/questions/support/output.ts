// What a program of the course prints, for questions that are answered by running it.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { COURSE_FOLDER } from "../../../programs/course-folder.ts";

/**
 * Runs TypeScript in a process of its own, in the course's folder.
 * @param argv a file and its arguments, or options of Node.js
 * @returns its standard output
 * @throws Error if it ends with another exit code than 0
 */
export async function outputOf(argv: readonly string[]): Promise<string> {
  const words = ["--import", "tsx", ...argv];
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: COURSE_FOLDER });
  return stdout;
}

/** Runs a program that is given as text, and reads the JSON that it prints. @throws Error as outputOf does */
export async function jsonFrom(program: string): Promise<unknown> {
  return JSON.parse(await outputOf(["--input-type=module", "--eval", program]));
}
