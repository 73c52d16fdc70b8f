// Runs all console blocks of the pages in a folder. Each page gets a copy of the course and a network of its own, in
// which the stages' default ports are free.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { Random } from "../../checks/engine/random.ts";
import { consoleBlocks } from "../../course/lesson/console-blocks.ts";
import { type Page as LessonPage, pagesOf } from "../../course/lesson/page-files.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { findWay, inOwnNetwork, WITH_PROCESSES } from "../../programs/own-network.ts";
import { SEED } from "./on-the-wire.ts";
import { runUntilItEnds } from "./own-network.ts";
import type { PageRun } from "./run-page.ts";
import { leaveOut, SAMPLED, STAGE_06_PACKAGES } from "./tools.ts";

/** Files that no page needs. A student's copy of the course does not have them either. */
const NOT_COPIED = [
  "node_modules",
  "06-dht-chat/node_modules",
  ".git",
  "work",
  "bench",
  "authoring/wrong-answers",
  "authoring/prove",
  "tests",
];

/** The time limit of one page, in milliseconds. Some pages start twenty programs, and the machine may be busy. */
const PAGE_TIMEOUT = 300_000;

/**
 * Commands inside of the page's network: they mount the copy over the course's folder, so that programs cannot write into
 * the real one.
 */
const MOUNT_COPY = `
for packages in node_modules 06-dht-chat/node_modules; do
  [ ! -d "$1/$packages" ] || mount --bind "$1/$packages" "$2/$packages" || exit
done &&
mount --rbind "$2" "$1" &&
cd "$1" && shift 2`;

/** Besides its network, a page has mounts of its own. */
const FURTHER = [...WITH_PROCESSES, "--mount"];

function isCopied(path: string): boolean {
  const name = relative(COURSE_FOLDER, path).split(sep).join("/");
  return !NOT_COPIED.includes(name) && !name.endsWith(".test.ts");
}

/** Copies the course. If an editor replaces a file at that moment, it tries once more. */
function copyCourse(folder: string): void {
  const options = { recursive: true, filter: isCopied };
  try {
    cpSync(COURSE_FOLDER, folder, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    cpSync(COURSE_FOLDER, folder, options);
  }
}

/** Runs a page, and returns the result. */
async function runInNamespace(file: string): Promise<PageRun> {
  const copy = mkdtempSync(join(tmpdir(), "lesson-course-"));
  copyCourse(copy);
  // The program that runs the page is needed, too.
  cpSync(join(COURSE_FOLDER, "tests/support"), join(copy, "tests/support"), { recursive: true });
  for (const name of ["node_modules", "06-dht-chat/node_modules"]) mkdirSync(join(copy, name));
  const runner = [process.execPath, "--import", "tsx", "tests/support/run-page.ts", file];
  const words = [COURSE_FOLDER.replace(/\/$/, ""), copy, ...runner];
  const { lines, errors } = await runUntilItEnds(
    inOwnNetwork(findWay(FURTHER).options ?? [], words, MOUNT_COPY),
  );
  rmSync(copy, { recursive: true });
  const result = lines.at(-1) ?? "";
  if (!result.startsWith("{")) throw new Error(`${file} could not be run: ${errors.trim()}`);
  return JSON.parse(result) as PageRun;
}

/** What a page may need besides programs: `needs=python-cryptography`, `needs=stage-06`. */
const PACKAGES: Readonly<Record<string, () => boolean>> = {
  // The pages call python3.
  "python-cryptography": () => spawnSync("python3", ["-c", "import cryptography"]).status === 0,
  "stage-06": () => existsSync(STAGE_06_PACKAGES),
};

function isInstalled(tool: string): boolean {
  const isThere = PACKAGES[tool];
  if (isThere !== undefined) return isThere();
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, tool)));
}

/**
 * Defines a test for each page of a folder that has commands. A page that `npm test` has just tried is left out (SAMPLED in
 * tools.ts). `LESSON=FOLDER/N` chooses one page.
 */
export function testCommandsOf(folder: string): void {
  describe(`the commands in lessons/${folder}`, () => {
    const tried = SAMPLED ? pageToTry(folder)?.file : undefined;
    for (const page of wantedPages(folder)) if (page.file !== tried) testCommands(page);
  });
}

/** Defines a test for one page with commands of each folder. The choice depends on the seed. */
export function testCommandsOfOneEach(folders: readonly string[]): void {
  for (const folder of folders) {
    const page = pageToTry(folder);
    if (page !== undefined) testCommands(page);
  }
}

function pageToTry(folder: string): LessonPage | undefined {
  const random = new Random(`pages ${folder} ${SEED}`);
  const pages = wantedPages(folder).filter(({ file, text }) => consoleBlocks(file, text).run.length > 0);
  return pages[random.integer(0, pages.length - 1)];
}

function wantedPages(folder: string): LessonPage[] {
  const wanted = process.env.LESSON?.replace(/\.md$/, "");
  return pagesOf(COURSE_FOLDER, folder).filter(({ file }) => wanted === undefined || isWanted(file, wanted));
}

function testCommands({ file, text }: LessonPage): void {
  it(file.replace(/^lessons\//, ""), async function () {
    this.timeout(PAGE_TIMEOUT);
    const { run } = consoleBlocks(file, text);
    if (run.length === 0) return;
    const missing = run.flatMap(({ needs }) => needs).find((tool) => !isInstalled(tool));
    if (missing !== undefined) leaveOut(this, `${missing} is not installed`);
    const { options, reasons } = findWay(FURTHER);
    if (options === undefined) leaveOut(this, `no network can be made here: ${reasons.join("; ")}`);
    const { failure, blocks } = await runInNamespace(file);
    if (failure !== undefined) throw new Error(`${file}:${failure.line}\n${failure.message}`);
    if (blocks !== run.length) throw new Error(`${file}: ${blocks} of ${run.length} blocks ran`);
  });
}

/** @param wanted e.g. 03-dh-chat/4 or 03-dh-chat/4-key-pair */
function isWanted(file: string, wanted: string): boolean {
  const name = file.replace(/^lessons\//, "").replace(/\.md$/, "");
  return name === wanted || name.startsWith(`${wanted}-`);
}
