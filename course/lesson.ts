// npm run lesson: shows the pages of the course in the terminal.

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { nodeCommand } from "../programs/node-command.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import { obeysEscapes, paintFor } from "../terminal/paint.ts";
import { paintLine } from "../terminal/styled-text.ts";
import { printable } from "../terminal/widths.ts";
import { findPage, nameOfPage, type ReadingPage, readLibrary } from "./lesson/library.ts";
import { Reader } from "./lesson/reader.ts";
import { showReader } from "./lesson/reader-terminal.ts";
import { renderPage, WHAT_HAPPENS } from "./lesson/render.ts";

const USAGE = `usage: npm run lesson                 read, page by page; it opens where you stopped
       npm run lesson -- PAGE         print one page, e.g. 03-4, 03-key-pair or glossary
       npm run lesson -- open PAGE    read on from this page
       npm run lesson -- list         all pages

In the reader: n next page, p previous page, space and b scroll, c contents, / search, a guess what happens and see it, h next
hint, e do the page's exercise, q quit.`;

/** The page where the user has stopped reading. Git ignores this folder. */
const BOOKMARK = join(COURSE_FOLDER, "work", "lesson-page.txt");

/** A problem that the user can solve: one line, and an exit code. */
class LessonError extends Error {
  readonly exitCode: number;

  constructor(problem: string, exitCode: number) {
    super(problem);
    this.exitCode = exitCode;
  }
}

const paint = paintFor(process.stdout, process.env);

function requirePage(pages: readonly ReadingPage[], name: string): ReadingPage {
  const page = findPage(pages, name);
  if (page === undefined)
    throw new LessonError(`there is no page ${printable(name)} (npm run lesson -- list shows all)`, 2);
  return page;
}

function printList(pages: readonly ReadingPage[]): void {
  for (const { id, title, exercise } of pages)
    console.log(`${id.padEnd(16)}${printable(title)}${exercise === undefined ? "" : `  (${exercise})`}`);
}

function printPage(pages: readonly ReadingPage[], page: ReadingPage): void {
  const { lines } = renderPage(page.text, {
    width: process.stdout.columns || Number(process.env.COLUMNS) || 80,
    isOpen: () => false,
    closedNote: (summary) => whereItIsShown(summary, page),
    file: page.file,
    nameOf: nameOfPage(pages),
  });
  console.log(lines.map((line) => paintLine(line, paint).trimEnd()).join("\n"));
}

/** How the user comes to see a closed part of a page that is only printed. */
function whereItIsShown(summary: string, { id, exercise }: ReadingPage): string {
  if (summary === WHAT_HAPPENS) return `npm run lesson -- open ${id}, then a: guess, and see it`;
  return summary.startsWith("Hint")
    ? `npm run learn -- hint ${exercise}`
    : "npm run learn shows it after passing";
}

function readBookmark(): string {
  try {
    return readFileSync(BOOKMARK, "utf8").trim();
  } catch {
    return ""; // The user has not read anything yet.
  }
}

function writeBookmark(id: string): void {
  try {
    mkdirSync(dirname(BOOKMARK), { recursive: true });
    writeFileSync(BOOKMARK, `${id}\n`);
  } catch {
    // Pages can be read even if the disk is read-only.
  }
}

/** Runs learn in the same terminal. @returns a sentence about its end */
function learn(): Promise<string> {
  const [command = "", ...argv] = nodeCommand("course/learn.ts");
  const program = spawn(command, argv, {
    cwd: COURSE_FOLDER,
    stdio: "inherit",
  });
  return new Promise((resolve) => {
    program.on("error", (error) => resolve(`learn could not be started: ${error.message}`));
    program.on("close", (code) =>
      resolve(code === 0 || code === 1 ? "" : `npm run learn ended with exit code ${code}`),
    );
  });
}

async function read(pages: readonly ReadingPage[], start: ReadingPage): Promise<void> {
  const reader = new Reader(pages, start, { columns: process.stdout.columns, rows: process.stdout.rows });
  // Ctrl-C reaches both programs. Only learn must react.
  process.on("SIGINT", () => {});
  await showReader(reader, process.stdin, process.stdout, paint, {
    exercise: learn,
  });
  if (reader.page !== undefined) writeBookmark(reader.page.id);
}

async function main(argv: readonly string[]): Promise<void> {
  if (argv.includes("--help")) return printUsage(USAGE);
  const [first, second, ...more] = argv;
  const tooMany = more.length > 0 || (second !== undefined && first !== "open");
  if (tooMany || first?.startsWith("-")) throw new LessonError("give one page (--help shows the usage)", 2);
  const pages = readLibrary(COURSE_FOLDER);
  const [firstPage] = pages;
  if (firstPage === undefined) throw new LessonError("there are no pages in lessons/", 1);
  if (first === "list") return printList(pages);
  if (first === "open" && second === undefined)
    throw new LessonError("open which page? (--help shows the usage)", 2);
  const wanted = first === "open" ? second : first;
  const page = wanted === undefined ? undefined : requirePage(pages, wanted);
  if (page !== undefined && first !== "open") return printPage(pages, page);
  if (process.stdin.isTTY && obeysEscapes(process.stdout, process.env))
    return read(pages, page ?? findPage(pages, readBookmark()) ?? firstPage);
  if (page !== undefined) return printPage(pages, page);
  printList(pages);
  console.log(
    "\nnpm run lesson -- PAGE prints one of them; in a terminal, npm run lesson shows them page by page.",
  );
}

process.stdout.on("error", () => process.exit(0)); // The reader of our output may close it early, as `| head` does.
try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof LessonError)) throw error;
  printError(`error: ${error.message}`);
  process.exitCode = error.exitCode;
}
