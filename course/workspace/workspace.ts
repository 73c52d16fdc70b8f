// Manages work/: the stages' files as the student works on them. The current region holds the starter or the student's
// draft, passed ones the student's code, and later ones the solution if the course has it, or else the starter.

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
import { ProblemError } from "../exercises/problem.ts";
import { findRegions, missingRegion, type Region, replaceRegion } from "../exercises/regions.ts";
import { ATTACKS_FOLDER } from "../exercises/stages.ts";
import { readText, removeFile, writeIfDifferent, writeText } from "./files.ts";
import { Progress } from "./progress.ts";
import { State } from "./state.ts";
import { StudentFiles } from "./student-files.ts";

/** The folder of the student's files, in the course's folder. */
export const WORK = "work";
/** The folder in work/ where all exercises but the current one are checked. */
const CHECKING = ".checking";

/** Editors must not report imports in work/ that a starter does not use yet. */
const TSCONFIG = {
  extends: "../tsconfig.json",
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false, types: ["node"] },
  include: ["0*-*/*.ts", "attacks/*.ts"],
  exclude: [],
};

export class Workspace {
  readonly courseFolder: string;
  /** The absolute path of work/. */
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

  /** The exercise that the student has opened last; or else the first that they have not passed. */
  get current(): Exercise {
    return this.find(this.#state.current ?? "") ?? this.next() ?? at(this.exercises, 0);
  }

  find(id: string): Exercise | undefined {
    return this.exercises.find((exercise) => exercise.id === id);
  }

  /** The next exercise that has not passed; after the last one, from the first; undefined if all have passed. */
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

  /** Counts another hint as seen, if there is one. @returns how many are seen now */
  takeHint(exercise: Exercise): number {
    const count = Math.min(this.hintsSeen(exercise) + 1, exercise.hints.length);
    this.#state.setHints(exercise.id, count);
    this.#state.save();
    return count;
  }

  /**
   * Makes an exercise the current one, and updates the files in work/. The student's changes outside of regions stay.
   * What they have written into the region of another exercise is kept as its draft.
   * @returns sentences that the student should know
   * @throws ProblemError if markers in the exercise's own file are damaged
   */
  open(exercise: Exercise): string[] {
    const notices: string[] = [];
    const folders = this.#foldersOf(exercise);
    const files = sourceFiles(this.#source).filter((file) => folders.includes(file.split("/")[0] ?? ""));
    let damage: ProblemError | undefined;
    for (const file of files) {
      try {
        this.#update(file, exercise, notices);
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
   * The code in the current exercise's region in work/.
   * @throws ProblemError if the file is missing, or its markers are damaged
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

  /** The student's code for an exercise: from work/ if it is the current one, or else the code that has passed. */
  ownCode(exercise: ProgramExercise): string | undefined {
    return exercise === this.current ? this.text(exercise) : this.student.solution(exercise.id);
  }

  /** The absolute path of a file in work/. */
  path(file: string): string {
    return join(this.folder, file);
  }

  /** The place where the current exercise is checked: the student's own files. */
  place(exercise: ProgramExercise): Place {
    return { stage: exercise.stage, folder: this.path(STAGE_FOLDERS[exercise.stage]) };
  }

  /** The place where other exercises are checked: a copy of the stage with all code that the student has passed. */
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

  /** Stores that an exercise has passed, and the code or the answer that has passed. */
  pass(exercise: Exercise, own: string): void {
    if (hasRegion(exercise)) {
      this.student.setSolution(exercise.id, own);
      this.student.removeDraft(exercise.id);
    } else this.student.setAnswer(exercise.id, own);
    this.progress.add(exercise.id, this.#now());
  }

  /**
   * Makes an exercise the current one, and writes all files of its folder again, with the starter in its region.
   * @returns the copies of changed files, relative to the course's folder
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
    // Without a draft, open() would write the passed code into the region. Here it must be the starter.
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

  /** Other code in the exercise's folder that the student has changed: paths relative to the course's folder. */
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

  /** Updates one file in work/ for the current exercise. */
  #update(file: string, exercise: Exercise, notices: string[]): void {
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
      this.#keepDraft(file, owner, content, notices);
      const wanted = this.#contentOf(owner, exercise);
      if (content !== wanted) brought = replaceRegion(brought, shown, id, wanted);
      this.#state.setOurs(file, id, wanted);
    }
    if (brought !== text) writeText(path, brought);
  }

  /** Keeps the code in a region as the exercise's draft, unless we have written this code ourselves. */
  #keepDraft(file: string, owner: ProgramExercise, content: string, notices: string[]): void {
    const { id, starter, solution } = owner;
    const own = this.student.solution(id);
    const draft = this.student.draft(id);
    const isCurrent = this.#state.current === id;
    const known = isCurrent ? [starter, own, draft] : [starter, own, draft, solution];
    if (this.#state.isOurs(file, id, content) ?? known.includes(content)) return;
    if (content === draft) return;
    if (content === (own ?? starter)) return this.student.removeDraft(id);
    if (!isCurrent) {
      // The exercise was not open, so this code may be older than the draft.
      if (draft !== undefined) this.student.keepCopy(`${id}.ts`, draft);
      notices.push(
        `What you wrote into region ${id} of ${WORK}/${file} is kept as the draft of that exercise.`,
      );
    }
    this.student.setDraft(id, content);
  }

  /** The source file with the right code in each region. */
  #compose(file: string, current?: Exercise): string {
    let text = this.#sourceText(file);
    for (const { id } of this.#regionsOfSource(file)) {
      const owner = this.#programExercise(id);
      if (owner !== undefined) text = replaceRegion(text, file, id, this.#contentOf(owner, current));
    }
    return text;
  }

  /** The code that belongs into the region of `owner` while `current` is open. */
  #contentOf(owner: ProgramExercise, current: Exercise | undefined): string {
    const { id, starter, solution } = owner;
    const own = this.student.solution(id);
    if (owner === current) return this.student.draft(id) ?? own ?? starter;
    return (this.progress.has(id) ? own : undefined) ?? solution ?? starter;
  }

  /** Says which exercises have passed on another machine, so that their code is missing here. */
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

  /** The folders that an exercise needs: its stage's folder, or all stages' folders for an attack. */
  #foldersOf(exercise: Exercise): string[] {
    if (exercise.kind === "attack")
      return [...STAGE_NUMBERS.map((stage) => STAGE_FOLDERS[stage]), ATTACKS_FOLDER];
    return exercise.kind === "code" ? [STAGE_FOLDERS[exercise.stage]] : [];
  }

  #sourceFilesBeside(exercise: ProgramExercise): string[] {
    const [folder] = exercise.file.split("/");
    return sourceFiles(this.#source).filter((file) => file.split("/")[0] === folder);
  }

  /** Copies the code and recordings that attacks import. They contain no exercises, so changes are undone. */
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

function contentOf(regions: readonly Region[], id: string): string {
  return regions.find((region) => region.id === id)?.content ?? "";
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError(`there is no item ${index}`);
  return item;
}
