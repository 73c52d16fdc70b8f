// The current exercise in the watch mode: it is opened, checked at every save, answered, and reset.

import { join } from "node:path";
import type { Check } from "../../checks/engine/check.ts";
import { type Exercise, hasRegion } from "../exercises/exercises.ts";
import { ProblemError } from "../exercises/problem.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { checkAnswer, checkExercise, drawSeed, type Outcome } from "./check-exercise.ts";
import { measurePatience } from "./patience.ts";
import { Watcher, watchingWorks } from "./watcher.ts";

/** The code that shows the session. */
export interface Listener {
  /** Something new has to be shown. */
  changed(): void;
  /** The student has saved a file. */
  saved(): void;
  /** A verdict has arrived. */
  settled(outcome: Outcome): void;
  /** There is a bug in our own code. */
  failed(error: unknown): void;
}

/** A check of all exercises. */
export interface CheckOfAll {
  wanted: readonly Exercise[];
  outcomes: Outcome[];
  isRunning: boolean;
}

export class Session {
  readonly workspace: Workspace;
  exercise: Exercise;
  /** The last verdict about the exercise. The code may have changed since then. */
  outcome: Outcome | undefined;
  /** When this verdict arrived. */
  settledAt = new Date(0);
  /** Whether the student has saved a file or given an answer since the exercise was opened. */
  isTouched = false;
  /** Sentences that the student should know. */
  notices: readonly string[] = [];
  all: CheckOfAll = { wanted: [], outcomes: [], isRunning: false };
  readonly #loadChecks: () => Promise<readonly Check[]>;
  readonly #listener: Listener;
  #run: AbortController | undefined;
  #runOfAll: AbortController | undefined;
  #watcher: Watcher | undefined;
  /** Whether the system reports saved files. */
  #isTold = true;
  #timeout: number | undefined;

  constructor(workspace: Workspace, loadChecks: () => Promise<readonly Check[]>, listener: Listener) {
    this.workspace = workspace;
    this.exercise = workspace.current;
    this.#loadChecks = loadChecks;
    this.#listener = listener;
  }

  get isChecking(): boolean {
    return this.#run !== undefined;
  }

  get #notTold(): string {
    return `Saved files are not noticed here: ${this.workspace.advice.lookedAt}.`;
  }

  get hasPassed(): boolean {
    return this.workspace.progress.has(this.exercise.id);
  }

  /** Opens the current exercise. @param poll whether to look for saved files and not rely on the system */
  start(poll: boolean): void {
    this.open(this.exercise);
    this.#attempt(async () => {
      this.#timeout = await measurePatience();
    });
    this.#attempt(async () => {
      if (!poll && (await watchingWorks(this.workspace.folder))) return;
      this.#isTold = false;
      this.notices = [...this.notices, this.#notTold];
      this.#watch();
      this.#listener.changed();
    });
  }

  close(): void {
    this.#run?.abort();
    this.stopAll();
    this.#watcher?.close();
  }

  /** Makes an exercise the current one, and checks it. */
  open(exercise: Exercise): void {
    this.#run?.abort();
    this.#run = undefined;
    this.exercise = exercise;
    this.outcome = undefined;
    this.isTouched = false;
    this.notices = this.#isTold ? [] : [this.#notTold];
    try {
      this.notices = [...this.notices, ...this.workspace.open(exercise)];
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error; // The check reports it, and what to do.
    }
    this.#watch();
    this.check();
  }

  /**
   * Looks what other programs have done with the same files: if another one has opened an exercise, it is the current one
   * here, too.
   * @returns whether it is another exercise now
   * @throws ProblemError if progress.txt is UTF-16
   */
  follow(): boolean {
    this.workspace.reload();
    const { opened } = this.workspace;
    if (opened === undefined || opened === this.exercise) return false;
    this.open(opened);
    this.notices = [`Another window has opened ${opened.id}.`, ...this.notices];
    this.#listener.changed();
    return true;
  }

  /** Checks the current exercise, and stops an earlier check. A question without an answer is not checked. */
  check(): void {
    const { exercise, workspace } = this;
    if (!hasRegion(exercise) && workspace.student.answer(exercise.id) === undefined)
      return this.#listener.changed();
    this.#begin((signal) => this.#outcomeOf(exercise, signal));
  }

  /** Judges an answer to the current question. */
  answer(text: string): void {
    const { exercise, workspace } = this;
    this.isTouched = true;
    this.#begin(async () => {
      const started = performance.now();
      const found = await checkAnswer(exercise, text, workspace);
      return { exercise, ...found, milliseconds: performance.now() - started };
    });
  }

  /** Resets the current exercise, and says where its old code is kept. */
  reset(): void {
    if (!hasRegion(this.exercise)) return;
    const copies = this.workspace.reset(this.exercise);
    this.open(this.exercise);
    const kept = copies.map((copy) => `What you had is kept in ${copy}`);
    this.notices = [...this.notices, ...(kept.length > 0 ? kept : ["It was as at the beginning already."])];
    this.#listener.changed();
  }

  /** Checks the student's code for all passed exercises and the current one. */
  checkAll(whenAllPass: () => void): void {
    this.stopAll();
    const run = new AbortController();
    this.#runOfAll = run;
    const all = {
      wanted: [...new Set([...this.workspace.passed, this.exercise])],
      outcomes: [] as Outcome[],
      isRunning: true,
    };
    this.all = all;
    this.#listener.changed();
    this.#attempt(async () => {
      for (const exercise of all.wanted) {
        const outcome = await this.#outcomeOf(exercise, run.signal);
        if (run.signal.aborted) return;
        all.outcomes.push(outcome);
        this.#listener.changed();
      }
      all.isRunning = false;
      if (all.outcomes.every(({ verdict }) => verdict === "passed")) whenAllPass();
      this.#listener.changed();
    }, run.signal);
  }

  stopAll(): void {
    this.#runOfAll?.abort();
    this.all.isRunning = false;
  }

  #begin(judge: (signal: AbortSignal) => Promise<Outcome>): void {
    this.#run?.abort();
    const run = new AbortController();
    this.#run = run;
    this.#listener.changed();
    this.#attempt(async () => {
      const outcome = await judge(run.signal);
      if (run.signal.aborted) return;
      this.#run = undefined;
      if (outcome.verdict === "passed" && outcome.own !== undefined)
        this.workspace.pass(outcome.exercise, outcome.own);
      this.outcome = outcome;
      this.settledAt = new Date();
      this.#listener.settled(outcome);
    }, run.signal);
  }

  async #outcomeOf(exercise: Exercise, signal: AbortSignal): Promise<Outcome> {
    const checks = await this.#loadChecks();
    const timeout = this.#timeout === undefined ? {} : { timeout: this.#timeout };
    return checkExercise(exercise, {
      workspace: this.workspace,
      checks,
      seed: drawSeed(),
      signal,
      ...timeout,
    });
  }

  #watch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    if (!hasRegion(this.exercise)) return;
    const folder = join(this.workspace.path(this.exercise.file), "..");
    this.#watcher = new Watcher(folder, this.#isTold, () => this.#attempt(async () => this.#onSave()));
  }

  #onSave(): void {
    this.isTouched = true;
    this.stopAll();
    this.#listener.saved();
    if (!this.follow()) this.check();
  }

  /** @param signal what is given up may find its files gone: that is no error */
  #attempt(action: () => Promise<void>, signal?: AbortSignal): void {
    action().catch((error) => {
      if (signal?.aborted !== true) this.#listener.failed(error);
    });
  }
}
