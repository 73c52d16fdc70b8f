// Composes a place to run programs in: files in which some regions hold a student's code, and all others the course's
// own. It is a folder in work/ that exists only as long as it is needed.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type BundledPlace, BundleError, bundleValidPlace } from "../../checks/engine/bundles.ts";
import { makeFolder, removeFolder } from "../../checks/engine/own-folder.ts";
import { STAGE_FOLDERS, STAGE_NUMBERS, type StageNumber } from "../../checks/engine/place.ts";
import {
  type Exercise,
  hasRegion,
  importedFiles,
  isSource,
  type ProgramExercise,
  sourceFiles,
  sourceFolder,
} from "../exercises/exercises.ts";
import { ProblemError, refuseUtf16 } from "../exercises/problem.ts";
import { findRegions, replaceRegion } from "../exercises/regions.ts";
import { ATTACKS_FOLDER } from "../exercises/stages.ts";
import { isBlank, stubOf } from "../exercises/stubs.ts";
import { readText, writeText } from "./files.ts";

/** The folder of the student's files, in the course's folder. */
export const WORK = "work";

/** The folder in work/ with the student's code of passed exercises. */
export const SOLUTIONS = "solutions";

/** How the names of composed folders begin. */
const COMPOSED_FOLDER = ".checking-";

/** A course on this machine, and the exercises in its pages. */
export interface CourseFiles {
  /** The absolute path of the course's folder. */
  courseFolder: string;
  exercises: readonly Exercise[];
}

/** Which programs a place holds: those of one stage, or the attacks and all stages. */
export interface Programs {
  stage: StageNumber;
  withAttacks: boolean;
}

/** The programs that an exercise is about. */
export function programsOf({ stage, kind }: ProgramExercise): Programs {
  return { stage, withAttacks: kind === "attack" };
}

/** The folders that hold these programs. */
export function foldersOf({ stage, withAttacks }: Programs): string[] {
  return withAttacks
    ? [...STAGE_NUMBERS.map((number) => STAGE_FOLDERS[number]), ATTACKS_FOLDER]
    : [STAGE_FOLDERS[stage]];
}

/**
 * Composes a place from the course's files and from solutions: whatever else a student has changed, is not in it.
 * @param solutions the code in a region, by the id of its exercise; all other regions hold the course's own
 * @throws ProblemError if a solution is not valid TypeScript
 */
export async function composePlace(
  course: CourseFiles,
  programs: Programs,
  solutions: ReadonlyMap<string, string>,
): Promise<BundledPlace> {
  const source = sourceFolder(course.courseFolder).folder;
  const texts = new Map<string, string>();
  for (const file of sourceFilesOf(source, programs)) {
    const text = readFileSync(join(source, file), "utf8");
    texts.set(
      file,
      withRegions(text, file, course.exercises, (owner) => solutions.get(owner.id)),
    );
  }
  try {
    return await compose(course, programs, texts, new Set(solutions.keys()));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw inSolution(error, texts, solutions);
  }
}

/** Names the file of a solution in place of the composed file that has held it. */
function inSolution(
  error: ProblemError,
  texts: ReadonlyMap<string, string>,
  solutions: ReadonlyMap<string, string>,
): ProblemError {
  const { file, line, message } = error.problem;
  const text = texts.get(file.slice(WORK.length + 1));
  const region = (text === undefined ? [] : findRegions(text, file)).find(
    ({ id, beginLine, endLine }) => solutions.has(id) && beginLine < line && line < endLine,
  );
  if (region === undefined) return error;
  const solution = `${WORK}/${SOLUTIONS}/${region.id}.ts`;
  return new ProblemError({ file: solution, line: line - region.beginLine, message });
}

/**
 * Composes a place from the student's files in work/. Only stubs are replaced; everything else is as it is there.
 * @param begun the exercise that the student works on: its region stays, also if it is empty
 * @throws ProblemError if markers are damaged, or a file is not valid TypeScript
 */
export async function composeWork(
  course: CourseFiles,
  programs: Programs,
  begun: ProgramExercise | undefined,
): Promise<BundledPlace> {
  const source = sourceFolder(course.courseFolder).folder;
  const texts = new Map<string, string>();
  for (const file of sourceFilesOf(source, programs)) {
    const own = readText(join(course.courseFolder, WORK, file));
    const text = own ?? readFileSync(join(source, file), "utf8");
    texts.set(file, own ?? withRegions(text, file, course.exercises, () => undefined));
  }
  for (const folder of foldersOf(programs)) {
    const path = join(course.courseFolder, WORK, folder);
    for (const name of existsSync(path) ? readdirSync(path).filter(isSource) : [])
      if (!texts.has(`${folder}/${name}`)) {
        const text = readFileSync(join(path, name), "utf8");
        refuseUtf16(text, `${WORK}/${folder}/${name}`);
        texts.set(`${folder}/${name}`, text);
      }
  }
  return compose(course, programs, texts, new Set(begun === undefined ? [] : [begun.id]));
}

/** The readable files of these programs, relative to `source`. */
export function sourceFilesOf(source: string, programs: Programs): string[] {
  const folders = foldersOf(programs);
  return sourceFiles(source).filter((file) => folders.includes(file.split("/")[0] ?? ""));
}

/** Puts code into the regions of a file: what `codeOf` says, or else the stub. */
export function withRegions(
  text: string,
  file: string,
  exercises: readonly Exercise[],
  codeOf: (owner: ProgramExercise) => string | undefined,
): string {
  let filled = text;
  for (const { id } of findRegions(text, file)) {
    const owner = exercises.find((exercise) => exercise.id === id);
    if (owner !== undefined && hasRegion(owner))
      filled = replaceRegion(filled, file, id, codeOf(owner) ?? stubOf(owner));
  }
  return filled;
}

/**
 * Writes the files of a place, with the course's own code in place of stubs, and makes bundles of them.
 * @param kept ids of exercises whose regions stay as they are
 */
async function compose(
  course: CourseFiles,
  { stage, withAttacks }: Programs,
  texts: ReadonlyMap<string, string>,
  kept: ReadonlySet<string>,
): Promise<BundledPlace> {
  const work = join(course.courseFolder, WORK);
  const folder = makeFolder(work, COMPOSED_FOLDER);
  try {
    for (const [file, text] of texts)
      writeText(join(folder, file), withStandIns(text, file, course.exercises, kept));
    if (withAttacks)
      for (const file of importedFiles(course.courseFolder))
        writeText(join(folder, file), readFileSync(join(course.courseFolder, file)));
    const place = { stage, folder: join(folder, STAGE_FOLDERS[stage]) };
    const shownAs = (path: string): string => {
      const file = relative(folder, path);
      return file.startsWith("..") ? path : join(work, file);
    };
    const { place: bundled } = await bundleValidPlace(place, withAttacks, folder, { shownAs });
    return { place: bundled, remove: () => removeFolder(folder) };
  } catch (error) {
    removeFolder(folder);
    if (!(error instanceof BundleError)) throw error;
    const file = `${WORK}/${relative(folder, error.file).replaceAll("\\", "/")}`;
    throw new ProblemError({ file, line: error.line, message: error.message });
  }
}

/**
 * Replaces the stubs in a file by the course's own code. All other lines keep their numbers, so that errors name the
 * right line of the student's file.
 */
function withStandIns(
  text: string,
  file: string,
  exercises: readonly Exercise[],
  kept: ReadonlySet<string>,
): string {
  const lines = text.split("\n");
  for (const { id, content, beginLine, endLine } of findRegions(text, `${WORK}/${file}`)) {
    const owner = exercises.find((exercise) => exercise.id === id);
    if (owner === undefined || !hasRegion(owner) || kept.has(id)) continue;
    const code = content.replaceAll("\r\n", "\n");
    if (code !== stubOf(owner) && !isBlank(code)) continue;
    lines.fill("", beginLine - 1, endLine);
    lines[beginLine - 1] = owner.standIn;
  }
  return lines.join("\n");
}
