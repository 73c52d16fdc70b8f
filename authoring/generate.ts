// npm run generate: writes the generated parts of the pages: code, differences between stages, packets.

import { readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { PageError } from "../course/lesson/page-error.ts";
import { endWhenOutputCloses } from "../programs/closed-output.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { userPath } from "../programs/user-path.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import { weave, wovenFiles } from "./weave/weave.ts";

const USAGE = `usage: npm run generate -- [--check] [FILE…]

Fills in the blocks of the pages that are made from the course's own files: code of the stages, differences between two
stages, and what is in the captures. Each stands below a comment <!-- generate: … -->. Without FILE all pages.

  --check           change nothing; exit code 1 if a block is not as it would be made
  --help            show this text`;

/** The user can solve this problem. The program prints the message, one line, and ends with an exit code. */
class GenerateError extends Error {
  readonly exitCode: number;

  constructor(problem: string, exitCode: number) {
    super(problem);
    this.exitCode = exitCode;
  }
}

interface Given {
  check: boolean;
  help: boolean;
  files: string[];
}

function readArguments(argv: readonly string[]): Given {
  const options = argv.filter((word) => word.startsWith("-"));
  const unknown = options.find((option) => option !== "--check" && option !== "--help");
  if (unknown !== undefined) throw new GenerateError(`unknown option ${unknown} (--help shows the usage)`, 2);
  const known = wovenFiles(COURSE_FOLDER);
  const files = argv.filter((word) => !word.startsWith("-")).map(fromCourseFolder);
  const other = files.find((file) => !known.includes(file));
  if (other !== undefined) throw new GenerateError(`${other} is no page with something to generate`, 2);
  return {
    check: options.includes("--check"),
    help: options.includes("--help"),
    files: files.length > 0 ? files : known,
  };
}

function fromCourseFolder(path: string): string {
  return relative(COURSE_FOLDER, userPath(path)).split(sep).join("/");
}

/** The number of the first line that differs, counted from 1. */
function firstDifference(left: string, right: string): number {
  const [a, b] = [left.split("\n"), right.split("\n")];
  return a.findIndex((line, i) => line !== b[i]) + 1 || a.length + 1;
}

async function main(): Promise<void> {
  const given = readArguments(process.argv.slice(2));
  if (given.help) return printUsage(USAGE);
  const problems: string[] = [];
  let changed = 0;
  for (const file of given.files) {
    const path = join(COURSE_FOLDER, file);
    const text = readFileSync(path, "utf8");
    try {
      const woven = await weave(COURSE_FOLDER, file, text);
      if (woven === text) continue;
      changed += 1;
      if (given.check) {
        const line = firstDifference(text, woven);
        problems.push(`${file}:${line}: not as it would be generated; run npm run generate`);
      } else {
        writeFileSync(path, woven);
        console.log(`wrote ${file}`);
      }
    } catch (error) {
      if (!(error instanceof PageError)) throw error;
      problems.push(error.message);
    }
  }
  for (const problem of problems) printError(`error: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${given.files.length} pages with generated blocks, ${changed} of them changed`);
}

endWhenOutputCloses();
try {
  await main();
} catch (error) {
  if (!(error instanceof GenerateError)) throw error;
  printError(`error: ${error.message}`);
  process.exitCode = error.exitCode;
}
