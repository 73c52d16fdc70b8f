// Reads all exercises in the order of the course: joins what the pages say with the regions in the stages' files.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StageNumber } from "../../checks/engine/place.ts";
import { type Page, parsePage } from "./pages.ts";
import { type Problem, ProblemError } from "./problem.ts";
import { questionFile } from "./question.ts";
import { findRegions, type Region } from "./regions.ts";
import { ATTACKS_FOLDER, ATTACKS_IMPORT, LESSON_FOLDERS, REGION_FOLDERS, stageOf } from "./stages.ts";
import { readStandIns, STAND_INS_FILE } from "./stand-ins.ts";
import { inOneLine } from "./stubs.ts";

/** An exercise asks the student to fill in a region, or to answer a question. */
export type Exercise = ProgramExercise | QuestionExercise;

interface ExerciseBase {
  id: string;
  stage: StageNumber;
  title: string;
  /** Whether its page is on the short way. */
  isShort: boolean;
  /** The page, relative to the course's folder. */
  page: string;
  /** Ids of the checks that must pass; empty for questions. */
  checks: readonly string[];
  /** Ids of other checks of the stage that also fail with the starter. */
  breaks: readonly string[];
  /** In Markdown: what to do, or the question. */
  task: string;
  /** In Markdown: what is checked, one text for each check. */
  checked: readonly string[];
  hints: readonly string[];
  /** In Markdown: what is shown after the exercise has been passed. */
  meaning: string;
}

/** An exercise in which the student fills in a region. */
export interface ProgramExercise extends ExerciseBase {
  kind: "code" | "attack";
  /** The first file with the region, e.g. 01-calculator/lines.ts, relative to the course's folder and to work/. */
  file: string;
  /** Copies of this file in later stages. */
  copies: readonly string[];
  /** The code in the region at the beginning. Each line has its line end. */
  starter: string;
  /** The code in the end, to read; undefined in a copy of the course without solutions. */
  solution: string | undefined;
  /** The same code in one line, to run in the place of what the student has not written yet; in every copy. */
  standIn: string;
  /** Parts of the report that the check prints for the starter. */
  firstFailure: readonly string[];
}

/** An exercise in which the student answers a question. A file in course/questions/ judges the answer. */
export interface QuestionExercise extends ExerciseBase {
  kind: "predict" | "capture";
  file?: undefined;
  starter?: undefined;
  solution?: undefined;
  standIn?: undefined;
  firstFailure?: undefined;
}

/** Whether the exercise has a region to fill in. */
export function hasRegion(exercise: Exercise): exercise is ProgramExercise {
  return exercise.file !== undefined;
}

export interface Course {
  /** All pages of lessons/, in order. */
  pages: Page[];
  /** All valid exercises, in the order of their pages. */
  exercises: Exercise[];
  /** All problems of pages and regions. */
  problems: Problem[];
}

/** In a copy of the course without solutions, this folder holds the readable files, with starters in the regions. */
export const TEMPLATES_FOLDER = join("course", "templates");

/** Reads all pages and regions. */
export function readCourse(courseFolder: string): Course {
  const problems: Problem[] = [];
  const pages = readPages(courseFolder, problems);
  const regions = readRegions(courseFolder, problems);
  const codes = readCodes(courseFolder, regions, problems);
  const exercises = pages.flatMap((page) => joinExercise(courseFolder, page, regions, codes, problems) ?? []);
  for (const { region, file } of regions.values()) {
    const page = pages.find(({ id }) => id === region.id);
    // The problems of a page with an invalid exercise have already been reported.
    if (page?.exercise !== undefined || problems.some((problem) => problem.file === page?.file)) continue;
    const wanted = page?.file ?? `lessons/…/N-${region.id.slice(3)}.md`;
    const message = `region ${region.id} has no starter: write its exercise in ${wanted}, or remove the region`;
    problems.push({ file, line: region.beginLine, message });
  }
  return { pages, exercises, problems };
}

/**
 * Returns the exercises in the order of the course.
 * @throws ProblemError for the first problem of a page or a region
 */
export function loadExercises(courseFolder: string): Exercise[] {
  const { exercises, problems } = readCourse(courseFolder);
  if (problems[0] !== undefined) throw new ProblemError(problems[0]);
  return exercises;
}

/** The folder of the readable files: the course's own, or the templates in a copy without solutions. */
export function sourceFolder(courseFolder: string): { folder: string; hasSolutions: boolean } {
  const templates = join(courseFolder, TEMPLATES_FOLDER);
  return existsSync(templates)
    ? { folder: templates, hasSolutions: false }
    : { folder: courseFolder, hasSolutions: true };
}

function readPages(courseFolder: string, problems: Problem[]): Page[] {
  return LESSON_FOLDERS.flatMap((folder) => {
    const path = join(courseFolder, "lessons", folder);
    const names = existsSync(path) ? readdirSync(path).filter((name) => /^[0-9].*\.md$/.test(name)) : [];
    const pages = names.map((name) => {
      const parsed = parsePage(readFileSync(join(path, name), "utf8"), folder, name);
      problems.push(...parsed.problems);
      return parsed.page;
    });
    complainOfTwins(pages, problems);
    return pages.sort((left, right) => left.number - right.number);
  });
}

/** Reports pages in one folder with the same number or name. */
function complainOfTwins(pages: readonly Page[], problems: Problem[]): void {
  for (const { file, number, id } of pages) {
    const twin = pages.find((other) => other.file < file && (other.number === number || other.id === id));
    if (twin === undefined) continue;
    const same = twin.id === id ? "name" : "number";
    problems.push({
      file,
      line: 1,
      message: `its ${same} is taken by ${twin.file}: give one of them another`,
    });
  }
}

/** The course's own code for a region: to read, if this copy of the course shows it, and to run. */
interface OwnCode {
  solution: string | undefined;
  standIn: string;
}

/** The course's own code for each region, by id. */
function readCodes(
  courseFolder: string,
  regions: ReadonlyMap<string, FoundRegion>,
  problems: Problem[],
): Map<string, OwnCode> {
  if (sourceFolder(courseFolder).hasSolutions) {
    const own = ({ region: { content } }: FoundRegion) => ({
      solution: content,
      standIn: inOneLine(content),
    });
    return new Map([...regions].map(([id, found]) => [id, own(found)]));
  }
  try {
    const standIns = readStandIns(courseFolder);
    return new Map([...standIns].map(([id, standIn]) => [id, { solution: undefined, standIn }]));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    problems.push(error.problem);
    return new Map();
  }
}

interface FoundRegion {
  region: Region;
  /** Relative to the course's folder. */
  file: string;
  copies: string[];
}

/** Finds the regions by id. The first folder with a region owns it; later ones hold copies. */
function readRegions(courseFolder: string, problems: Problem[]): Map<string, FoundRegion> {
  const found = new Map<string, FoundRegion>();
  const { folder: source } = sourceFolder(courseFolder);
  for (const file of sourceFiles(source)) {
    let regions: Region[];
    try {
      regions = findRegions(readFileSync(join(source, file), "utf8"), file);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      problems.push(error.problem);
      continue;
    }
    for (const region of regions) addRegion(found, region, file, problems);
  }
  return found;
}

function addRegion(found: Map<string, FoundRegion>, region: Region, file: string, problems: Problem[]): void {
  const [folder = "", name] = file.split("/");
  const complain = (message: string): void => void problems.push({ file, line: region.beginLine, message });
  const first = found.get(region.id);
  if (first === undefined) {
    if (folder !== ATTACKS_FOLDER && stageOf(folder) !== stageOf(region.id))
      complain(
        `region ${region.id} stands in stage ${folder.slice(0, 2)}: the stage of its name is the first that has it`,
      );
    found.set(region.id, { region, file, copies: [] });
    return;
  }
  const [firstFolder, firstName] = first.file.split("/");
  if (firstFolder === folder || firstName !== name)
    complain(
      `region ${region.id} is also in ${first.file}: only a copy of that file in a later stage may have it, too`,
    );
  else if (first.region.content !== region.content)
    complain(`region ${region.id} is not the same as in ${first.file}: copy the file again`);
  else first.copies.push(file);
}

/** The files of stages and attacks that may hold regions, relative to `source`, without tests. */
export function sourceFiles(source: string): string[] {
  return REGION_FOLDERS.flatMap((folder) => {
    const path = join(source, folder);
    const names = existsSync(path) ? readdirSync(path) : [];
    return names
      .filter(isSource)
      .sort()
      .map((name) => `${folder}/${name}`);
  });
}

/** Other files that attacks need, relative to the course's folder: code without tests, and recordings. */
export function importedFiles(courseFolder: string): string[] {
  return ATTACKS_IMPORT.flatMap((folder) =>
    readdirSync(join(courseFolder, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => isSource(name) || /\.(?:pcap|keys)$/.test(name))
      .sort()
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`),
  );
}

/** Whether a file is code of a program: TypeScript, but no test. */
export function isSource(name: string): boolean {
  return name.endsWith(".ts") && !name.endsWith(".test.ts");
}

function joinExercise(
  courseFolder: string,
  page: Page,
  regions: ReadonlyMap<string, FoundRegion>,
  codes: ReadonlyMap<string, OwnCode>,
  problems: Problem[],
): Exercise | undefined {
  const { exercise, id, title, isShort, file: pageFile } = page;
  if (exercise === undefined) return undefined;
  const { kind, starter, firstFailure, ...rest } = exercise;
  const found = regions.get(id);
  const complain = (message: string): undefined => void problems.push({ file: pageFile, line: 1, message });
  if (kind === "predict" || kind === "capture") {
    if (found !== undefined)
      return complain(
        `a question has no region, but ${found.file}:${found.region.beginLine} has one of its name: remove it`,
      );
    if (!existsSync(join(courseFolder, questionFile(id))))
      return complain(`its question is missing: write ${questionFile(id)}`);
    return { id, kind, title, isShort, page: pageFile, ...rest };
  }
  if (found === undefined)
    return complain(
      `its region is missing: put "// BEGIN SOLUTION ${id}" and "// END SOLUTION ${id}" around the solution`,
    );
  const { file, copies } = found;
  if ((file.split("/")[0] === ATTACKS_FOLDER) !== (kind === "attack"))
    return complain(
      `its region is in ${file}: regions of kind attack stand in ${ATTACKS_FOLDER}/, others in a stage's folder`,
    );
  const code = codes.get(id);
  if (code === undefined) {
    // If the whole file is missing or damaged, that has been reported already.
    if (problems.some((problem) => problem.file === STAND_INS_FILE)) return undefined;
    return complain(`the course's own code for it is missing in ${STAND_INS_FILE}`);
  }
  return { id, kind, title, isShort, page: pageFile, ...rest, file, copies, starter, ...code, firstFailure };
}
