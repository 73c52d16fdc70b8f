// work/: the stages' files as the student works on them. Regions of exercises passed hold his own code, the current one
// its starter or his draft, later ones the solution; in a copy of the course without solutions, the starter.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../../checks/engine/place.ts";
import { STAGE_FOLDERS, STAGE_NUMBERS } from "../../checks/engine/place.ts";
import {
  type Exercise,
  hasRegion,
  importedFiles,
  isSource,
  type ProgramExercise,
  sourceFiles,
  sourceFolder,
} from "../exercises/exercises.ts";
import { type Problem, ProblemError } from "../exercises/problem.ts";
import { findRegions, missingRegion, type Region, replaceRegion } from "../exercises/regions.ts";
import { ATTACKS_FOLDER } from "../exercises/stages.ts";
import { readText, removeFile, writeIfDifferent, writeText } from "./files.ts";
import { Progress } from "./progress.ts";
import { State } from "./state.ts";
import { StudentFiles } from "./student-files.ts";

/** The folder of the student's files, in the course's folder. */
export const WORK = "work";
/** Where exercises are checked that are not the current one, in work/. */
const CHECKING = ".checking";

/** An editor that opens a file in work/ shall not complain of imports that a starter does not use yet. */
const TSCONFIG = {
  extends: "../tsconfig.json",
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false, types: ["node"] },
  include: ["0*-*/*.ts", "attacks/*.ts"],
  exclude: [],
};

export class Workspace {
  readonly courseFolder: string;
  /** work/, absolute. */
  readonly folder: string;
  /** In the order of the course; never empty. */
  readonly exercises: readonly Exercise[];
  readonly progress: Progress;
  readonly student: StudentFiles;
  readonly #state: State;
  readonly #now: () => Date;
  readonly #source: string;

  /**
   * @param exercises in the order of the course
   * @throws Error if there are none
   */
  constructor(courseFolder: string, exercises: readonly Exercise[], now: () => Date = () => new Date()) {
    if (exercises.length === 0) throw new Error("the course has no exercises");
    this.courseFolder = courseFolder;
    this.folder = join(courseFolder, WORK);
    this.exercises = exercises;
    this.progress = new Progress(join(courseFolder, "progress.txt"));
    this.student = new StudentFiles(this.folder, now);
    this.#state = new State(join(this.folder, "state.json"));
    this.#now = now;
    this.#source = sourceFolder(courseFolder).folder;
  }

  /** Where the student is: where he was, or at the first exercise that he has not passed. */
  get current(): Exercise {
    return this.find(this.#state.current ?? "") ?? this.next() ?? at(this.exercises, 0);
  }

  find(id: string): Exercise | undefined {
    return this.exercises.find((exercise) => exercise.id === id);
  }

  /** The first exercise after this one that is not passed, or else the first before it. Undefined: all are. */
  next(after?: Exercise): Exercise | undefined {
    const start = after === undefined ? 0 : this.exercises.indexOf(after) + 1;
    const ordered = [...this.exercises.slice(start), ...this.exercises.slice(0, start)];
    return ordered.find((exercise) => exercise !== after && !this.progress.has(exercise.id));
  }

  get passed(): Exercise[] {
    return this.exercises.filter(({ id }) => this.progress.has(id));
  }

  /** How many hints of an exercise the student has seen. */
  hintsSeen(exercise: Exercise): number {
    return Math.min(this.#state.hints(exercise.id), exercise.hints.length);
  }

  /** Gives the next hint, or the last one again. */
  takeHint(exercise: Exercise): number {
    const count = Math.min(this.hintsSeen(exercise) + 1, exercise.hints.length);
    this.#state.setHints(exercise.id, count);
    this.#state.save();
    return count;
  }

  /**
   * Makes an exercise the current one, and brings the files in work/ up to it. What the student has changed outside of
   * regions stays; what he has written into a region of another exercise is kept as its draft.
   * @returns what the student should know: sentences
   * @throws ProblemError if markers in the exercise's own file are damaged
   */
  open(exercise: Exercise): string[] {
    const notices: string[] = [];
    const folders = this.#foldersOf(exercise);
    const files = sourceFiles(this.#source).filter((file) => folders.includes(file.split("/")[0] ?? ""));
    let damage: ProblemError | undefined;
    for (const file of files) {
      try {
        this.#bring(file, exercise, notices);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        if (file === exercise.file) damage = error;
        else
          notices.push(`${error.message} (reset it with x, or with "npm run learn -- reset ${exercise.id}")`);
      }
    }
    if (exercise.kind === "attack") this.#bringImports(this.folder, notices);
    writeIfDifferent(join(this.folder, "tsconfig.json"), `${JSON.stringify(TSCONFIG, null, 2)}\n`);
    this.#state.current = exercise.id;
    this.#state.save();
    notices.push(...this.#codeFromElsewhere(files, exercise));
    if (damage !== undefined) throw damage;
    return notices;
  }

  /**
   * What stands in the current exercise's region in work/.
   * @throws ProblemError if the file is not there or its markers are damaged
   */
  text(exercise: ProgramExercise): string {
    const shown = `${WORK}/${exercise.file}`;
    const text = readText(this.path(exercise.file));
    if (text === undefined)
      throw new ProblemError({ file: shown, line: 1, message: "the file is not there" });
    const sourceRegions = this.#regionsOfSource(exercise.file);
    const regions = findRegions(text, shown);
    for (const { id } of sourceRegions)
      if (!regions.some((region) => region.id === id)) throw missingRegion(shown, id);
    return contentOf(regions, exercise.id).replaceAll("\r\n", "\n");
  }

  /** The student's code for an exercise: in work/, if it is the current one; else as he has passed it. */
  ownCode(exercise: ProgramExercise): string | undefined {
    return exercise === this.current ? this.text(exercise) : this.student.solution(exercise.id);
  }

  /** The absolute path of a file in work/. */
  path(file: string): string {
    return join(this.folder, file);
  }

  /** Where the current exercise is checked: where the student works. */
  place(exercise: ProgramExercise): Place {
    return { stage: exercise.stage, folder: this.path(STAGE_FOLDERS[exercise.stage]) };
  }

  /** Where an exercise is checked that was passed before: the stage, with all the code that the student has passed. */
  checkingPlace(exercise: ProgramExercise): Place {
    const base = join(this.folder, CHECKING);
    const folders = this.#foldersOf(exercise);
    const files = sourceFiles(this.#source).filter((file) => folders.includes(file.split("/")[0] ?? ""));
    for (const folder of folders) {
      const path = join(base, folder);
      for (const name of existsSync(path) ? readdirSync(path) : [])
        if (!files.includes(`${folder}/${name}`)) removeFile(join(path, name));
    }
    for (const file of files) writeIfDifferent(join(base, file), this.#compose(file));
    if (exercise.kind === "attack") this.#bringImports(base, []);
    return { stage: exercise.stage, folder: join(base, STAGE_FOLDERS[exercise.stage]) };
  }

  /** Writes down that an exercise is passed, with the code or the answer that has done it. */
  pass(exercise: Exercise, own: string): void {
    if (hasRegion(exercise)) {
      this.student.setSolution(exercise.id, own);
      this.student.removeDraft(exercise.id);
    } else this.student.setAnswer(exercise.id, own);
    this.progress.add(exercise.id, this.#now());
  }

  /**
   * Makes the files of the exercise's folder anew, with the starter in its region, and the exercise the current one.
   * @returns the copies that were kept, relative to the course's folder
   */
  reset(exercise: ProgramExercise): string[] {
    const { id, starter } = exercise;
    try {
      this.open(exercise);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
    }
    const copies: string[] = [];
    const draft = this.student.draft(id);
    const before = readText(this.path(exercise.file)) ?? "";
    if (draft !== undefined && draft !== starter && !before.replaceAll("\r\n", "\n").includes(draft))
      copies.push(this.student.keepCopy(`${id}.ts`, draft));
    // An exercise without a draft opens with the code that has passed it: here the starter is wanted.
    if (this.progress.has(id)) this.student.setDraft(id, starter);
    else this.student.removeDraft(id);
    for (const file of this.#sourceFilesBeside(exercise)) {
      const text = readText(this.path(file));
      const wanted = this.#compose(file, exercise);
      if (text === wanted) continue;
      if (text !== undefined) copies.push(this.student.keepCopy(file, text));
      writeText(this.path(file), wanted);
      this.#rememberAll(file, wanted);
    }
    this.#state.save();
    return copies;
  }

  /** The files beside the exercise's own that the student has changed outside of regions, relative to the course's folder. */
  changedOutside(exercise: ProgramExercise): string[] {
    const changed = this.#sourceFilesBeside(exercise).filter((file) => {
      const text = readText(this.path(file));
      if (text === undefined) return false;
      try {
        let expected = this.#sourceText(file);
        for (const { id, content } of findRegions(text, file))
          expected = replaceRegion(expected, file, id, content);
        return expected !== text.replaceAll("\r\n", "\n");
      } catch (error) {
        if (error instanceof ProblemError) return false;
        throw error;
      }
    });
    return changed.map((file) => `${WORK}/${file}`);
  }

  /** Brings one file in work/ up to an exercise. */
  #bring(file: string, exercise: Exercise, notices: string[]): void {
    const path = this.path(file);
    const text = readText(path);
    if (text === undefined) {
      const fresh = this.#compose(file, exercise);
      writeText(path, fresh);
      this.#rememberAll(file, fresh);
      return;
    }
    const shown = `${WORK}/${file}`;
    const regions = findRegions(text, shown);
    let brought = text;
    for (const { id } of this.#regionsOfSource(file)) {
      const region = regions.find((one) => one.id === id);
      if (region === undefined) throw missingRegion(shown, id);
      const owner = this.#programExercise(id);
      if (owner === undefined) continue;
      const content = region.content.replaceAll("\r\n", "\n");
      this.#harvest(file, owner, content, notices);
      const wanted = this.#contentOf(owner, exercise);
      if (content !== wanted) brought = replaceRegion(brought, shown, id, wanted);
      this.#state.setOurs(file, id, wanted);
    }
    if (brought !== text) writeText(path, brought);
  }

  /** Keeps what stands in a region as the exercise's draft, if it is not what we have written there. */
  #harvest(file: string, owner: ProgramExercise, content: string, notices: string[]): void {
    const { id, starter, solution } = owner;
    const own = this.student.solution(id);
    const draft = this.student.draft(id);
    const isCurrent = this.#state.current === id;
    const known = isCurrent ? [starter, own, draft] : [starter, own, draft, solution];
    if (this.#state.isOurs(file, id, content) ?? known.includes(content)) return;
    if (content === draft) return;
    if (content === (own ?? starter)) return this.student.removeDraft(id);
    if (!isCurrent) {
      // Changed in passing: it may be older than the draft.
      if (draft !== undefined) this.student.keepCopy(`${id}.ts`, draft);
      notices.push(
        `What you wrote into region ${id} of ${WORK}/${file} is kept as the draft of that exercise.`,
      );
    }
    this.student.setDraft(id, content);
  }

  /** The source with what each region shall hold. */
  #compose(file: string, current?: Exercise): string {
    let text = this.#sourceText(file);
    for (const { id } of this.#regionsOfSource(file)) {
      const owner = this.#programExercise(id);
      if (owner !== undefined) text = replaceRegion(text, file, id, this.#contentOf(owner, current));
    }
    return text;
  }

  /** What the region of an exercise shall hold while another one, or it itself, is the current one. */
  #contentOf(owner: ProgramExercise, current: Exercise | undefined): string {
    const { id, starter, solution } = owner;
    const own = this.student.solution(id);
    if (owner === current) return this.student.draft(id) ?? own ?? starter;
    return (this.progress.has(id) ? own : undefined) ?? solution ?? starter;
  }

  /** Says which exercises were passed on a machine that their code has not come from. */
  #codeFromElsewhere(files: readonly string[], current: Exercise): string[] {
    const missing = this.passed
      .filter(hasRegion)
      .filter(
        ({ id, file, copies }) =>
          [file, ...copies].some((one) => files.includes(one)) && this.student.solution(id) === undefined,
      );
    const others = missing.filter((exercise) => exercise !== current);
    const notices: string[] = [];
    if (others.length > 0) {
      const isReadable = others.every(({ solution }) => solution !== undefined);
      const instead = isReadable ? "the course's own stands" : "starters stand";
      const ids = others.map(({ id }) => id).join(", ");
      notices.push(
        `Your code for what you have passed elsewhere is not here (copy ${WORK}/solutions/); ${instead} in its place: ${ids}.`,
      );
    }
    if (others.length < missing.length && this.student.draft(current.id) === undefined)
      notices.push(
        `You have passed ${current.id} elsewhere; your code is not here, so it begins with the starter.`,
      );
    return notices;
  }

  #rememberAll(file: string, text: string): void {
    for (const { id, content } of findRegions(text, file)) this.#state.setOurs(file, id, content);
  }

  /** The folders that an exercise needs: its stage's; an attack runs beside all stages. */
  #foldersOf(exercise: Exercise): string[] {
    if (exercise.kind === "attack")
      return [...STAGE_NUMBERS.map((stage) => STAGE_FOLDERS[stage]), ATTACKS_FOLDER];
    return exercise.kind === "code" ? [STAGE_FOLDERS[exercise.stage]] : [];
  }

  #sourceFilesBeside(exercise: ProgramExercise): string[] {
    const [folder] = exercise.file.split("/");
    return sourceFiles(this.#source).filter((file) => file.split("/")[0] === folder);
  }

  /** Code and recordings that attacks import. They are nobody's exercise, so they are as in the course. */
  #bringImports(base: string, notices: string[]): void {
    for (const file of importedFiles(this.courseFolder)) {
      const bytes = readFileSync(join(this.courseFolder, file));
      const path = join(base, file);
      const text = readText(path);
      if (text !== undefined && readFileSync(path).equals(bytes)) continue;
      if (text !== undefined && isSource(file)) {
        const copy = this.student.keepCopy(file, text);
        notices.push(`${WORK}/${file} is as in the course again; what it was is in ${copy}.`);
      }
      writeText(path, bytes);
    }
  }

  #sourceText(file: string): string {
    return readFileSync(join(this.#source, file), "utf8");
  }

  #regionsOfSource(file: string): Region[] {
    return findRegions(this.#sourceText(file), file);
  }

  #programExercise(id: string): ProgramExercise | undefined {
    const exercise = this.find(id);
    return exercise !== undefined && hasRegion(exercise) ? exercise : undefined;
  }
}

/** The damage that keeps an exercise from being checked, if there is some. */
export function damageOf(workspace: Workspace, exercise: ProgramExercise): Problem | undefined {
  try {
    workspace.text(exercise);
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
}

function contentOf(regions: readonly Region[], id: string): string {
  return regions.find((region) => region.id === id)?.content ?? "";
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError(`there is no item ${index}`);
  return item;
}
