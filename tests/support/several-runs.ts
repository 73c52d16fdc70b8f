// A program with many command lines, run in one process: to start Node.js and load the program takes longer than what most of
// them do. For programs that have done everything when their file has been loaded, and leave nothing behind in the process.

import { Program } from "../../programs/course-program.ts";

/** What came of a command line. */
export interface Run {
  output: string;
  errors: string;
  exitCode: number;
}

/** @param file the program, relative to the course's folder */
export async function runSeveral(
  file: string,
  commandLines: readonly (readonly string[])[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Run[]> {
  const argv = [file, JSON.stringify(commandLines)];
  const program = new Program("tests/support/several-runs-child.ts", argv, environment);
  await program.exitCode();
  return JSON.parse(program.lines.join("\n"));
}
