// Manages work/: the stages' files as the student works on them. The current region holds the starter or the student's
// draft, passed ones the student's code, and all others a stub.

import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { BundledPlace } from "../../checks/engine/bundles.ts";
import { STAGE_FOLDERS } from "../../checks/engine/place.ts";
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
import { stubOf } from "../exercises/stubs.ts";
import { type Advice, IN_TERMINAL } from "./advice.ts";
import { composeWork, type Programs, programsOf, sourceFilesOf, WORK, withRegions } from "./compose.ts";
import { readText, writeIfDifferent, writeText } from "./files.ts";
import { Progress } from "./progress.ts";
import { State } from "./state.ts";
import { StudentFiles } from "./student-files.ts";

/** Editors must not report imports in work/ that a starter or a stub does not use yet. */
export const COMPILER_OPTIONS = { noUnusedLocals: false, noUnusedParameters: false, types: ["node"] };

const STAGE_06 = STAGE_FOLDERS["06"];

/** What editors read in work/. Stage 06 has a configuration of its own. */
const TSCONFIG = {
  extends: "../tsconfig.json",
  compilerOptions: COMPILER_OPTIONS,
  include: ["0*-*/*.ts", "attacks/*.ts"],
  exclude: [STAGE_06],
};

/** Of stage 06, only the files that exercises are in, and what these import: the others need packages of its own. */
function configurationOf06(exercises: readonly Exercise[]) {
  const files = exercises.flatMap(({ file }) => (file?.startsWith(`${STAGE_06}/`) ? [basename(file)] : []));
  return {
    extends: `../../${STAGE_06}/tsconfig.json`,
    compilerOptions: COMPILER_OPTIONS,
    files,
    include: [],
    exclude: [],
  };
}

export class Workspace {
  readonly courseFolder: string;
  /** The absolute path of work/. */
  readonly folder: string;
  /** In the order of the course; never empty. */
  readonly exercises: readonly Exercise[];
  readonly progress: Progress;
  readonly student: StudentFiles;
  /** What messages advise, in the program that the student uses. */
  readonly advice: Advice;
  readonly #state: State;
  readonly #now: () => Date;
  readonly #source: string;
  #isShort = false;

  /**
   * @param exercises in the order of the course
   * @throws Error if there are none
   */
  constructor(
    courseFolder: string,
    exercises: readonly Exercise[],
    { now = () => new Date(), advice = IN_TERMINAL }: { now?: () => Date; advice?: Advice } = {},
  ) {
    if (exercises.length === 0) throw new Error("the course has no exercises");
    this.courseFolder = courseFolder;
    this.folder = join(courseFolder, WORK);
    this.exercises = exercises;
    this.progress = new Progress(join(courseFolder, "progress.txt"));
    this.student = new StudentFiles(this.folder, now);
    this.#state = new State(join(this.folder, "state.json"));
    this.advice = advice;
    this.#now = now;
    this.#source = sourceFolder(courseFolder).folder;
  }

  /**
   * Reads again what other programs may have changed: a terminal and a browser can work on the same files.
   * @throws ProblemError if progress.txt is UTF-16
   */
  reload(): void {
    this.#state.reload();
    this.progress.reload();
  }

  /** The exercise that the student has opened last; undefined if they have not opened any. */
  get opened(): Exercise | undefined {
    return this.find(this.#state.current ?? "");
  }

  /** The exercise that the student has opened last; or else the first that they have not passed. */
  get current(): Exercise {
    return this.opened ?? this.next() ?? at(this.exercises, 0);
  }

  find(id: string): Exercise | undefined {
    return this.exercises.find((exercise) => exercise.id === id);
  }

  /** Leads along the short way from now on. If the current exercise is not on it, the next one that is becomes it. */
  takeShortWay(): void {
    this.#isShort = true;
    if (!this.current.isShort) this.#state.current = (this.next(this.current) ?? at(this.way, 0)).id;
  }

  /** Goes on along the way that was chosen in the browser the last time. */
  recallWay(): void {
    this.#isShort = this.#state.isShort;
  }

  /** Chooses the short way or the whole one, and remembers it for the browser. The current exercise stays. */
  chooseWay(isShort: boolean): void {
    this.#state.reload();
    this.#isShort = isShort;
    this.#state.isShort = isShort;
    this.#state.save();
  }

  /** Whether `next` leads along the short way. */
  get isShort(): boolean {
    return this.#isShort;
  }

  /** The exercises that `next` leads along: all, or those of the short way. */
  get way(): readonly Exercise[] {
    return this.#isShort ? this.exercises.filter(({ isShort }) => isShort) : this.exercises;
  }

  /**
   * The next exercise on the way that has not passed; after the last one, from the first; undefined if all of the way
   * have passed.
   */
  next(after?: Exercise): Exercise | undefined {
    const start = after === undefined ? 0 : this.exercises.indexOf(after) + 1;
    const ordered = [...this.exercises.slice(start), ...this.exercises.slice(0, start)];
    return ordered.find(
      (exercise) => exercise !== after && this.way.includes(exercise) && !this.progress.has(exercise.id),
    );
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
    this.#state.reload();
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
    this.reload();
    const notices: string[] = [];
    const programs = hasRegion(exercise) ? programsOf(exercise) : undefined;
    const files = programs === undefined ? [] : sourceFilesOf(this.#source, programs);
    let damage: ProblemError | undefined;
    for (const file of files) {
      try {
        this.#update(file, exercise, notices);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        if (file === exercise.file) damage = error;
        else notices.push(`${error.message} (${this.advice.reset(exercise.id)})`);
      }
    }
    if (programs?.withAttacks) this.#bringImports(notices);
    this.#writeConfiguration();
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

  /**
   * Composes the place where the student's own files run. What they have not written yet is the course's own. Files
   * that they do not have yet are made first, so that errors can name them.
   * @throws ProblemError if markers are damaged, or a file is not valid TypeScript
   */
  composeOwn(programs: Programs): Promise<BundledPlace> {
    this.reload();
    const { current } = this;
    for (const file of sourceFilesOf(this.#source, programs)) this.#refresh(file, current);
    if (programs.withAttacks) this.#bringImports([]);
    this.#writeConfiguration();
    this.#state.save();
    return composeWork(this, programs, hasRegion(current) ? current : undefined);
  }

  /**
   * Composes the place where an exercise is checked with what stands in work/ now.
   * @throws ProblemError if markers are damaged, or a file is not valid TypeScript
   */
  composeWritten(exercise: ProgramExercise): Promise<BundledPlace> {
    return composeWork(this, programsOf(exercise), exercise);
  }

  /** The student's code that has passed, by the id of its exercise. */
  passedCode(): Map<string, string> {
    const codes = this.passed.map(({ id }) => [id, this.student.solution(id)] as const);
    return new Map(codes.flatMap(([id, code]) => (code === undefined ? [] : [[id, code] as const])));
  }

  /** Whether the student has changed code in work/ since the exercise has passed: in its region, or outside of regions. */
  isChanged(exercise: ProgramExercise): boolean {
    const text = readText(this.path(exercise.file));
    if (text === undefined) return false;
    if (this.changedOutside(exercise).length > 0) return true;
    try {
      const regions = findRegions(text, exercise.file);
      const code = contentOf(regions, exercise.id).replaceAll("\r\n", "\n");
      if (this.#state.isOurs(exercise.file, exercise.id, code)) return false;
      return code !== this.student.solution(exercise.id) && code !== stubOf(exercise);
    } catch (error) {
      if (error instanceof ProblemError) return true; // The check says what is wrong with the markers.
      throw error;
    }
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
      // The bytes, because a file that is not UTF-8 would lose some of them as text.
      if (text !== undefined) copies.push(this.student.keepCopy(file, readFileSync(this.path(file))));
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
      const wanted = this.#contentOf(owner, exercise, file);
      if (content !== wanted) brought = replaceRegion(brought, shown, id, wanted);
      this.#state.setOurs(file, id, wanted);
    }
    if (brought !== text) writeText(path, brought);
  }

  /** Makes a file in work/ if it is missing, and updates regions that hold what we have written ourselves. */
  #refresh(file: string, current: Exercise): void {
    const text = readText(this.path(file)) ?? this.#compose(file, current);
    let fresh = text;
    for (const { id, content } of findRegions(text, `${WORK}/${file}`)) {
      const owner = this.#programExercise(id);
      if (owner === undefined || (owner === current && file === owner.file)) continue;
      if (this.#state.isOurs(file, id, content) === false) continue;
      const wanted = this.#contentOf(owner, current, file);
      fresh = replaceRegion(fresh, file, id, wanted);
      this.#state.setOurs(file, id, wanted);
    }
    writeIfDifferent(this.path(file), fresh);
  }

  /** Keeps the code in a region as the exercise's draft, unless we have written this code ourselves. */
  #keepDraft(file: string, owner: ProgramExercise, content: string, notices: string[]): void {
    const { id, starter, solution } = owner;
    const own = this.student.solution(id);
    const draft = this.student.draft(id);
    const isCurrent = this.#state.current === id;
    // An older version of the course has written its solutions into work/.
    const known = isCurrent ? [starter, own, draft] : [starter, own, draft, stubOf(owner), solution];
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
    const codeOf = (owner: ProgramExercise): string => this.#contentOf(owner, current, file);
    return withRegions(this.#sourceText(file), file, this.exercises, codeOf);
  }

  /** The code that belongs into the region of `owner` in this file while `current` is open. */
  #contentOf(owner: ProgramExercise, current: Exercise | undefined, file: string): string {
    const { id, starter } = owner;
    const own = this.student.solution(id);
    if (owner === current)
      return (
        (file === owner.file ? undefined : this.#written(owner)) ?? this.student.draft(id) ?? own ?? starter
      );
    return (this.progress.has(id) ? own : undefined) ?? stubOf(owner);
  }

  /** What stands in the region of an exercise; undefined if its file is missing or its markers are damaged. */
  #written(exercise: ProgramExercise): string | undefined {
    try {
      return this.text(exercise);
    } catch (error) {
      if (error instanceof ProblemError) return undefined;
      throw error;
    }
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
      const ids = others.map(({ id }) => id).join(", ");
      notices.push(
        `Your code for what you have passed elsewhere is not here (copy ${WORK}/solutions/); the course's own runs in its place: ${ids}.`,
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

  #sourceFilesBeside(exercise: ProgramExercise): string[] {
    const [folder] = exercise.file.split("/");
    return sourceFiles(this.#source).filter((file) => file.split("/")[0] === folder);
  }

  /** Copies the code and recordings that attacks import. They contain no exercises, so changes are undone. */
  #bringImports(notices: string[]): void {
    for (const file of importedFiles(this.courseFolder)) {
      const bytes = readFileSync(join(this.courseFolder, file));
      const path = this.path(file);
      const text = readText(path);
      if (text !== undefined && readFileSync(path).equals(bytes)) continue;
      if (text !== undefined && isSource(file)) {
        const copy = this.student.keepCopy(file, text);
        notices.push(`${WORK}/${file} is as in the course again; what it was is in ${copy}.`);
      }
      writeText(path, bytes);
    }
  }

  #writeConfiguration(): void {
    const write = (file: string, configuration: object): void =>
      writeIfDifferent(this.path(file), `${JSON.stringify(configuration, null, 2)}\n`);
    write("tsconfig.json", TSCONFIG);
    if (existsSync(this.path(STAGE_06)))
      write(`${STAGE_06}/tsconfig.json`, configurationOf06(this.exercises));
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
