// All exercises in the order of the course: what the pages say, joined with the regions in the stages' files.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StageNumber } from "../../checks/engine/place.ts";
import { type Page, parsePage } from "./pages.ts";
import { formatProblem, type Problem, ProblemError } from "./problem.ts";
import { questionFile } from "./question.ts";
import { findRegions, type Region } from "./regions.ts";
import { ATTACKS_FOLDER, ATTACKS_IMPORT, LESSON_FOLDERS, REGION_FOLDERS, stageOf } from "./stages.ts";

/** An exercise: a region to fill in, or a question to answer. */
export type Exercise = ProgramExercise | QuestionExercise;

interface ExerciseBase {
  id: string;
  stage: StageNumber;
  title: string;
  /** The page, relative to the course's folder. */
  page: string;
  /** Ids of the checks that decide; none for questions. */
  checks: readonly string[];
  /** Ids of other checks of the stage that fail while the starter stands there. */
  breaks: readonly string[];
  /** Markdown: what to do; for a question, the question. */
  task: string;
  /** Markdown: what is checked, one text for each check. */
  checked: readonly string[];
  hints: readonly string[];
  /** Markdown: for after passing. */
  meaning: string;
}

/** An exercise whose region is filled in. */
export interface ProgramExercise extends ExerciseBase {
  kind: "code" | "attack";
  /** The file, relative to the course's folder and to work/: the first that has the region, e.g. 01-calculator/lines.ts. */
  file: string;
  /** Later stages' copies of it. */
  copies: readonly string[];
  /** What stands in the region at first, and what in the end: lines, each with its line end. */
  starter: string;
  /** Undefined in a copy of the course that has no solutions. */
  solution: string | undefined;
  /** Parts of the report that the check prints with the starter in place. */
  firstFailure: readonly string[];
}

/** An exercise that is answered; its question is a file of course/questions/. */
export interface QuestionExercise extends ExerciseBase {
  kind: "predict" | "capture";
  file?: undefined;
  starter?: undefined;
  solution?: undefined;
  firstFailure?: undefined;
}

/** Whether the exercise has a region. */
export function hasRegion(exercise: Exercise): exercise is ProgramExercise {
  return exercise.file !== undefined;
}

export interface Course {
  /** Every page of lessons/, in order. */
  pages: Page[];
  /** Those that are whole, in the order of their pages. */
  exercises: Exercise[];
  /** Everything that is wrong with pages and regions. */
  problems: Problem[];
}

/** Readable files with starters in the regions, for a copy of the course whose stages hold no readable solutions. */
export const TEMPLATES_FOLDER = join("course", "templates");

/** Reads all pages and regions. */
export function readCourse(courseFolder: string): Course {
  const problems: Problem[] = [];
  const pages = readPages(courseFolder, problems);
  const regions = readRegions(courseFolder, problems);
  const exercises = pages.flatMap((page) => joinExercise(courseFolder, page, regions, problems) ?? []);
  for (const { region, file } of regions.values()) {
    const page = pages.find(({ id }) => id === region.id);
    // What is wrong with a page whose exercise is not whole was said before.
    if (page?.exercise !== undefined || problems.some((problem) => problem.file === page?.file)) continue;
    const wanted = page?.file ?? `lessons/…/N-${region.id.slice(3)}.md`;
    const message = `region ${region.id} has no starter: write its exercise in ${wanted}, or remove the region`;
    problems.push({ file, line: region.beginLine, message });
  }
  return { pages, exercises, problems };
}

/**
 * The exercises in the order of the course.
 * @throws ProblemError for the first thing that is wrong with a page or a region
 */
export function loadExercises(courseFolder: string): Exercise[] {
  const { exercises, problems } = readCourse(courseFolder);
  if (problems[0] !== undefined) throw new ProblemError(problems[0]);
  return exercises;
}

/** Where the readable files are: the stages themselves, or the templates of a copy without solutions. */
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

/** Numbers and names are unique among the pages of a folder. */
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

interface FoundRegion {
  region: Region;
  /** Relative to the course's folder. */
  file: string;
  copies: string[];
}

/** The regions by their ids: each in the first folder that has it, with its carried copies. */
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

/** The files that may hold regions, relative to `source`: those of the stages and of the attacks, without tests. */
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

/** What attacks import beside the stages, relative to the course's folder: code without tests, and recordings. */
export function importedFiles(courseFolder: string): string[] {
  return ATTACKS_IMPORT.flatMap((folder) =>
    readdirSync(join(courseFolder, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => isSource(name) || /\.(?:pcap|keys)$/.test(name))
      .sort()
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`),
  );
}

/** Whether a file belongs to a program: TypeScript, and no test. */
export function isSource(name: string): boolean {
  return name.endsWith(".ts") && !name.endsWith(".test.ts");
}

function joinExercise(
  courseFolder: string,
  page: Page,
  regions: ReadonlyMap<string, FoundRegion>,
  problems: Problem[],
): Exercise | undefined {
  const { exercise, id, title, file: pageFile } = page;
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
    return { id, kind, title, page: pageFile, ...rest };
  }
  if (found === undefined)
    return complain(
      `its region is missing: put "// BEGIN SOLUTION ${id}" and "// END SOLUTION ${id}" around the solution`,
    );
  const { file, copies, region } = found;
  if ((file.split("/")[0] === ATTACKS_FOLDER) !== (kind === "attack"))
    return complain(
      `its region is in ${file}: regions of kind attack stand in ${ATTACKS_FOLDER}/, others in a stage's folder`,
    );
  const solution = sourceFolder(courseFolder).hasSolutions ? region.content : undefined;
  return { id, kind, title, page: pageFile, ...rest, file, copies, starter, solution, firstFailure };
}

/** All problems, a line each. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join("\n");
}
