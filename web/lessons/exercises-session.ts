// One session of learn for the whole program: all pages see the same. A terminal beside it works on the same files; they are
// the truth, so they are read again whenever a page asks.

import type { Check } from "../../checks/engine/check.ts";
import {
  type Exercise,
  hasRegion,
  type ProgramExercise,
  readCourse,
} from "../../course/exercises/exercises.ts";
import { ProblemError } from "../../course/exercises/problem.ts";
import { codeDiff } from "../../course/learn/code-view.ts";
import { LAST_RUN, recordPackets } from "../../course/learn/recorded-packets.ts";
import { Session } from "../../course/learn/session.ts";
import { whySolutionHidden } from "../../course/learn/solution.ts";
import { WORK } from "../../course/workspace/compose.ts";
import { Workspace } from "../../course/workspace/workspace.ts";
import { systemProblem } from "../../programs/system-error.ts";
import type {
  CodeLine,
  ExerciseFile,
  ExerciseState,
  ExerciseText,
  Overview,
  PacketsView,
} from "../shared/exercises.ts";
import { CallError } from "../shared/fields.ts";
import { IN_PAGE } from "./exercises-advice.ts";
import { ExerciseTexts } from "./exercises-text.ts";
import { fileView, overviewOf, packetsView, stateView } from "./exercises-view.ts";

/** Who hears of changes. */
export interface Listener {
  overview(overview: Overview): void;
  /** Of the current exercise. */
  state(state: ExerciseState): void;
  /** There is a bug in our own code. */
  failed(error: unknown): void;
}

/** Loads all checks. Only what checks something does that: it takes a moment. */
const loadChecks = async (): Promise<readonly Check[]> => (await import("../../checks/index.ts")).CHECKS;

export class ExerciseSession {
  readonly workspace: Workspace;
  readonly #texts: ExerciseTexts;
  readonly #listener: Listener;
  /** Undefined before the student has begun an exercise, and after an error of our own. */
  #session: Session | undefined;
  /** The overview that was told last, as text. */
  #told = "";
  /** Why there is no session, in a sentence; empty if nothing was wrong. */
  #problem = "";

  /** @throws CallError if the course has no exercises */
  constructor(courseFolder: string, listener: Listener) {
    const { exercises } = readCourse(courseFolder);
    if (exercises.length === 0) throw new CallError("there are no exercises in lessons/");
    this.workspace = new Workspace(courseFolder, exercises, { advice: IN_PAGE });
    this.workspace.recallWay();
    this.#texts = new ExerciseTexts(courseFolder);
    this.#listener = listener;
  }

  close(): void {
    this.#session?.close();
    this.#session = undefined;
  }

  /** @throws CallError if there is none with this id */
  exercise(id: string): Exercise {
    const exercise = this.workspace.find(id);
    if (exercise === undefined) throw new CallError("there is no exercise of that name");
    return exercise;
  }

  /** @throws CallError if there is none with this id, or if it asks a question */
  program(id: string): ProgramExercise {
    const exercise = this.exercise(id);
    if (!hasRegion(exercise)) throw new CallError(`${id} asks a question: it has no code`);
    return exercise;
  }

  /** The same, but it must be the current exercise: only its file is opened and written. */
  currentProgram(id: string): ProgramExercise {
    const exercise = this.program(id);
    this.#currentSession(exercise);
    return exercise;
  }

  /** Reads what other programs have changed. An exercise that the student has opened before is opened again. */
  look(): void {
    if (this.#session !== undefined) {
      if (!this.#session.follow()) this.#tellOverview();
      return;
    }
    this.workspace.reload();
    const { opened } = this.workspace;
    if (opened !== undefined && this.#problem === "") this.#start(opened);
  }

  overview(): Overview {
    return { ...overviewOf(this.workspace, this.#session), problem: this.#problem };
  }

  text(exercise: Exercise): Promise<ExerciseText> {
    return this.#texts.of(exercise, this.workspace);
  }

  state(exercise: Exercise): ExerciseState {
    const session = this.#session?.exercise === exercise ? this.#session : undefined;
    return stateView(exercise, this.workspace, session);
  }

  fileOf(exercise: ProgramExercise): ExerciseFile {
    return fileView(exercise, this.workspace);
  }

  /** Makes it the current exercise, and checks it. */
  begin(exercise: Exercise): void {
    if (this.#session === undefined) this.#start(exercise);
    else this.#session.open(exercise);
  }

  check(exercise: Exercise): void {
    const session = this.#currentSession(exercise);
    session.isTouched = true;
    session.check();
  }

  takeHint(exercise: Exercise): void {
    this.workspace.takeHint(exercise);
    this.#tell();
  }

  answer(exercise: Exercise, text: string): void {
    if (hasRegion(exercise)) throw new CallError(`${exercise.id} is not answered, but written`);
    this.#currentSession(exercise).answer(text);
  }

  reset(exercise: ProgramExercise): void {
    this.#currentSession(exercise).reset();
  }

  /** Writes the recording of the last run, as the key p of learn does, and shows what is in it. */
  async packets(exercise: Exercise): Promise<PacketsView> {
    const { outcome } = this.#currentSession(exercise);
    if (outcome === undefined) throw new CallError("nothing was checked yet");
    const recorded = await recordPackets(outcome, this.workspace.path(LAST_RUN));
    return packetsView(recorded, `${WORK}/${LAST_RUN}`);
  }

  changes(exercise: ProgramExercise): { lines: CodeLine[]; elsewhere: string[] } {
    const { workspace } = this;
    const isCurrent = this.#session?.exercise === exercise;
    const own = workspace.ownCode(exercise) ?? workspace.student.draft(exercise.id) ?? exercise.starter;
    const elsewhere = isCurrent ? workspace.changedOutside(exercise) : [];
    return { lines: codeDiff(exercise.starter, own), elsewhere };
  }

  /** @throws CallError if the terminal would not show it either */
  solution(exercise: ProgramExercise): string {
    const why = whySolutionHidden(this.workspace, exercise);
    if (why !== undefined) throw new CallError(why);
    return exercise.solution ?? "";
  }

  checkAll(): void {
    if (this.#session === undefined) throw new CallError("begin an exercise first");
    this.#session.checkAll(() => {});
  }

  stopAll(): void {
    this.#session?.stopAll();
    this.#tell();
  }

  chooseWay(isShort: boolean): void {
    this.workspace.chooseWay(isShort);
    this.#tell();
  }

  #start(exercise: Exercise): void {
    this.#problem = "";
    const session = new Session(this.workspace, loadChecks, {
      changed: () => this.#tell(),
      saved: () => {},
      settled: () => this.#tell(),
      failed: (error) => this.#fail(error),
    });
    session.exercise = exercise;
    this.#session = session;
    session.start(false);
  }

  /** @throws CallError if another exercise is the current one */
  #currentSession(exercise: Exercise): Session {
    if (this.#session?.exercise !== exercise) throw new CallError(`begin ${exercise.id} first`);
    return this.#session;
  }

  #tell(): void {
    if (this.#session !== undefined) this.#listener.state(this.state(this.#session.exercise));
    this.#tellOverview();
  }

  #tellOverview(): void {
    const overview = this.overview();
    const text = JSON.stringify(overview);
    if (text === this.#told) return;
    this.#told = text;
    this.#listener.overview(overview);
  }

  /** An error of ours, or of the disk, ends the session. The next exercise that is begun has another one. */
  #fail(error: unknown): void {
    this.close();
    const problem = error instanceof ProblemError ? error.message : systemProblem(error);
    this.#problem = problem ?? "something went wrong here; the program's terminal says what";
    if (problem === undefined) this.#listener.failed(error);
    this.#tell();
  }
}
