// `npm run handout -- DIR`: writes a copy of the course for students, without solutions and wrong answers.

import { resolve } from "node:path";
import { ProblemError } from "../course/exercises/problem.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { HandoutError, writeHandout } from "./handout/write-handout.ts";

const [directory, ...more] = process.argv.slice(2);

if (directory === undefined || more.length > 0 || directory.startsWith("-")) {
  console.error(
    "usage: npm run handout -- DIR\n\nDIR is a folder outside of the course that is empty or does not exist yet.",
  );
  process.exit(directory === "--help" ? 0 : 2);
}

try {
  // npm has changed to the course's folder, but the user means DIR relative to their own folder (INIT_CWD).
  const target = resolve(process.env.INIT_CWD ?? process.cwd(), directory);
  const { files, withoutSolution } = await writeHandout(resolve(COURSE_FOLDER), target);
  console.log(`${target}: ${files} files; solutions taken out of ${withoutSolution.length}`);
  console.log(`next: cd ${directory} && git init && npm ci && npm run learn`);
} catch (error) {
  const system = error instanceof Error && "code" in error && "path" in error;
  if (!(error instanceof HandoutError || error instanceof ProblemError || system)) throw error;
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 2;
}
