// Writes a copy of the course for students, without solutions and wrong answers. The programs still run: a file with a
// solution is there twice, as readable code with the starter (in course/templates/, from which work/ is made), and as
// minified code. What a student has not written yet, the course runs from a file of packed regions. Students who run that
// code can also study it. So solutions are out of sight, not out of reach.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import {
  type Exercise,
  hasRegion,
  loadExercises,
  type ProgramExercise,
  sourceFiles,
  TEMPLATES_FOLDER,
} from "../../course/exercises/exercises.ts";
import { findRegions, replaceRegion } from "../../course/exercises/regions.ts";
import { packStandIns, STAND_INS_FILE } from "../../course/exercises/stand-ins.ts";
import { GIVEN, PROGRESS_HEADING } from "../../course/workspace/progress.ts";
import { classroomWorkflow } from "./classroom-workflow.ts";
import { pagesIn, removeLooseLinks } from "./loose-links.ts";
import { leaveOutTestPackages } from "./students-packages.ts";

/** Files that students do not need, or must not see. */
const LEFT_OUT = new Set([
  ".ci",
  ".git",
  "bench",
  "biome.json",
  "authoring/course-rules.ts",
  "authoring/exercise-names.ts",
  "authoring/generate.ts",
  "authoring/grade",
  "authoring/grade.ts",
  "authoring/handout",
  "authoring/handout.ts",
  "authoring/import-rules.ts",
  "authoring/prove",
  "authoring/rules.ts",
  "authoring/sentence-rules.ts",
  "authoring/sentence-table.ts",
  "authoring/sentences.ts",
  "authoring/weave",
  "authoring/wrong-answers",
  "interop", // It solves all stages in another language.
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "INSTRUCTORS.md",
  "05-lan-chat/data", // The keys and histories of whoever has run it here.
  "06-dht-chat/node_modules",
  "node_modules",
  "progress.txt",
  "tests",
  "web/captures/testing",
  "web/page/testing",
  "web/testing",
  "work",
  ".mocharc.json",
  ".vscode/extensions.json",
  ".vscode/settings.json",
  ".github/workflows/test.yml",
]);

/** The only tests that students get: they can use these vectors for their own programs. */
const KNOWN_ANSWERS = "tests/vectors";

/** Scripts that cannot run without the files of LEFT_OUT. */
const SCRIPTS_LEFT_OUT = [
  "test",
  "test:unit",
  "test:proofs",
  "bench",
  "lint",
  "format",
  "rules",
  "grade",
  "handout",
  "check:types",
  "generate",
];

export interface Handout {
  files: number;
  /** The files whose solutions were removed. */
  withoutSolution: string[];
}

/** The target folder is not empty, or lies inside of the course. */
export class HandoutError extends Error {}

/**
 * @param solved the ids of exercises that the copy holds solved, for courses that begin later
 * @throws HandoutError, or ProblemError if the course itself has a problem
 */
export async function writeHandout(
  courseFolder: string,
  target: string,
  solved: ReadonlySet<string> = new Set(),
): Promise<Handout> {
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new HandoutError(`${target} is not empty: name a folder that is, or that does not exist yet`);
  if (`${target}/`.startsWith(`${courseFolder.replace(/[\\/]$/, "")}/`))
    throw new HandoutError(`${target} is inside of the course: name a folder outside of it`);
  const all = loadExercises(courseFolder);
  const exercises = all.filter(hasRegion);
  const toSolve = exercises.filter(({ id }) => !solved.has(id));
  mkdirSync(target, { recursive: true });
  const files = copyTree(courseFolder, target, "") + copyTree(courseFolder, target, KNOWN_ANSWERS);
  const withoutSolution: string[] = [];
  for (const file of sourceFiles(courseFolder)) {
    const text = readFileSync(join(courseFolder, file), "utf8");
    // A file whose solutions are all given stays as it is.
    if (!findRegions(text, file).some(({ id }) => !solved.has(id))) continue;
    await writeTwice(file, text, toSolve, target);
    withoutSolution.push(file);
  }
  // A template folder must hold whole stages, so files without solutions are copied unchanged.
  for (const file of sourceFiles(courseFolder)) {
    const template = join(target, TEMPLATES_FOLDER, file);
    if (!existsSync(template)) copyFile(join(courseFolder, file), template);
  }
  const standIns = new Map(exercises.map(({ id, standIn }) => [id, standIn]));
  writeText(join(target, STAND_INS_FILE), packStandIns(standIns));
  trimScripts(target);
  leaveOutTestPackages(target);
  keepWork(target);
  for (const page of pagesIn(target)) removeCourseOnly(join(target, page));
  removeLooseLinks(target);
  giveSolved(
    target,
    all.filter(({ id }) => solved.has(id)),
  );
  const graded = all.filter(({ id }) => !solved.has(id));
  writeText(join(target, ".github/workflows/classroom.yml"), classroomWorkflow(graded));
  return { files, withoutSolution };
}

async function writeTwice(
  file: string,
  text: string,
  exercises: readonly ProgramExercise[],
  target: string,
): Promise<void> {
  let template = text;
  for (const { id, starter } of exercises)
    if (findRegions(text, file).some((region) => region.id === id))
      template = replaceRegion(template, file, id, starter);
  const path = join(target, TEMPLATES_FOLDER, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, template);
  const { code } = await transform(text, {
    loader: "ts",
    format: "esm",
    target: "node20",
    minify: true,
    legalComments: "none",
  });
  const note = `// The readable form of this file, with a place for your own code, is ${TEMPLATES_FOLDER.replaceAll("\\", "/")}/${file}.\n// @ts-nocheck\n`;
  writeFileSync(join(target, file), note + code);
}

/**
 * Writes what is given solved into the copy as a student who has passed it would have it: a line in progress.txt, and the code in
 * work/solutions/. A question has no code; its page shows what it meant.
 */
function giveSolved(target: string, given: readonly Exercise[]): void {
  if (given.length === 0) return;
  const lines = given.map(({ id }) => `${id} ${GIVEN}\n`);
  writeText(join(target, "progress.txt"), PROGRESS_HEADING + lines.join(""));
  for (const { id, solution } of given.filter(hasRegion))
    writeText(join(target, "work", "solutions", `${id}.ts`), solution ?? "");
}

/** @returns the number of copied files */
function copyTree(source: string, target: string, path: string): number {
  let count = 0;
  for (const name of readdirSync(join(source, path)).sort()) {
    const file = path === "" ? name : `${path}/${name}`;
    if (LEFT_OUT.has(file) || isLeftOut(name)) continue;
    if (statSync(join(source, file)).isDirectory()) {
      count += copyTree(source, target, file);
    } else {
      copyFile(join(source, file), join(target, file));
      count += 1;
    }
  }
  return count;
}

function isLeftOut(name: string): boolean {
  return name.endsWith(".test.ts") || name === "__pycache__" || name.endsWith(".log");
}

function copyFile(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target);
}

/** Changes .gitignore so that a student can hand in solutions and answers. Git still ignores the rest of work/. */
function keepWork(target: string): void {
  const path = join(target, ".gitignore");
  const lines = readFileSync(path, "utf8").split("\n");
  const kept = lines.flatMap((line) => {
    if (line === "progress.txt") return [];
    return line === "work/" ? ["work/*", "!work/solutions/", "!work/answers/"] : [line];
  });
  writeText(path, kept.join("\n"));
}

/** Removes what a page says about files that students do not have: marked lines, and all between two marks. */
function removeCourseOnly(path: string): void {
  const text = readFileSync(path, "utf8");
  const left = text
    .replace(/^<!-- course only: begin -->\n[\s\S]*?^<!-- course only: end -->\n+/gm, "")
    .replace(/^.*<!-- course only -->.*\n/gm, "");
  if (left !== text) writeFileSync(path, left);
}

function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Removes scripts whose programs are missing. Packages stay, because the lock file names all of them. */
function trimScripts(target: string): void {
  const path = join(target, "package.json");
  const description = JSON.parse(readFileSync(path, "utf8"));
  for (const name of SCRIPTS_LEFT_OUT) delete description.scripts[name];
  writeFileSync(path, `${JSON.stringify(description, null, 2)}\n`);
}
