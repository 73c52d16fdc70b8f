// npm run lesson: shows the pages of the course in the terminal.

import { join } from "node:path";
import { endWhenOutputCloses } from "../programs/closed-output.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { printError, printUsage } from "../terminal/fitted.ts";
import { obeysEscapes, paintFor } from "../terminal/paint.ts";
import { paintLine } from "../terminal/styled-text.ts";
import { printable } from "../terminal/widths.ts";
import { runInThisTerminal } from "./in-this-terminal.ts";
import { contentsRow, findPage, nameOfPage, type ReadingPage, readLibrary } from "./lesson/library.ts";
import { recallPlace, rememberPlace } from "./lesson/memory.ts";
import { Reader } from "./lesson/reader.ts";
import { showReader } from "./lesson/reader-terminal.ts";
import { renderPage, WHAT_HAPPENS } from "./lesson/render.ts";
import { Progress } from "./workspace/progress.ts";

const USAGE = `usage: npm run lesson                 read, page by page; it opens where you stopped
       npm run lesson -- PAGE         print one page, e.g. 03-4, 03-key-pair or glossary
       npm run lesson -- open PAGE    read on from this page
       npm run lesson -- list         all pages

In the reader: n next page, p previous page, s next page of the short way, space and b scroll, c contents, / search, a guess
what happens and see it, h next hint, e do the page's exercise, q quit. Page 00-3 has all keys.`;

const WORK_FOLDER = join(COURSE_FOLDER, "work");

/** learn opens a page with this word behind it, and waits for the reader's end. */
const FROM_LEARN = "--from-learn";

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
  const marks = { read: recallPlace(WORK_FOLDER).read, passed: passedExercises(pages) };
  for (const page of pages) {
    const { exercise } = page;
    console.log(`${printable(contentsRow(page, marks))}${exercise === undefined ? "" : `  (${exercise})`}`);
  }
  console.log("\n✓ read; * exercise, ✓ passed; short: on the short way; minutes to read");
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

/** The ids of the exercises that the user has passed by now: learn may run in another terminal. */
function passedExercises(pages: readonly ReadingPage[]): ReadonlySet<string> {
  const progress = new Progress(join(COURSE_FOLDER, "progress.txt"));
  return new Set(pages.flatMap(({ exercise }) => (exercise && progress.has(exercise) ? [exercise] : [])));
}

async function read(pages: readonly ReadingPage[], start: ReadingPage, isInLearn: boolean): Promise<void> {
  const place = recallPlace(WORK_FOLDER);
  const size = { columns: process.stdout.columns, rows: process.stdout.rows };
  const reader = new Reader(pages, start, size, {
    read: place.read,
    share: start.id === place.page ? place.share : 0,
    passed: () => passedExercises(pages),
    isInLearn,
  });
  // Also when the window is closed in the middle of a page.
  process.on("exit", () => {
    if (reader.page !== undefined)
      rememberPlace(WORK_FOLDER, { page: reader.page.id, share: reader.share, read: reader.read });
  });
  // Ctrl-C reaches both programs. Only learn must react.
  process.on("SIGINT", () => {});
  await showReader(reader, process.stdin, process.stdout, paint, {
    exercise: () => runInThisTerminal("course/learn.ts", [], "npm run learn").ended,
  });
}

async function main(given: readonly string[]): Promise<void> {
  const argv = given.filter((word) => word !== FROM_LEARN);
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
    return read(
      pages,
      page ?? findPage(pages, recallPlace(WORK_FOLDER).page) ?? firstPage,
      given.includes(FROM_LEARN),
    );
  if (page !== undefined) return printPage(pages, page);
  printList(pages);
  console.log(
    "\nnpm run lesson -- PAGE prints one of them; in a terminal, npm run lesson shows them page by page.",
  );
}

endWhenOutputCloses();
try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof LessonError)) throw error;
  printError(`error: ${error.message}`);
  process.exitCode = error.exitCode;
}
