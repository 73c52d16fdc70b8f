// npm run learn: shows the current exercise on the whole screen, checks it at every save, and reads keys.

import type { Check } from "../../checks/engine/check.ts";
import { fitted } from "../../terminal/fitted.ts";
import type { Key } from "../../terminal/keys.ts";
import { type Paint, paintFor } from "../../terminal/paint.ts";
import { Screen } from "../../terminal/screen.ts";
import { printable } from "../../terminal/widths.ts";
import { type Exercise, hasRegion } from "../exercises/exercises.ts";
import { type Guest, runInThisTerminal } from "../in-this-terminal.ts";
import { actionOf } from "../key-table.ts";
import { WORK } from "../workspace/compose.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { bodyHeight, mostScroll, renderFrame } from "./frame.ts";
import { ANYWHERE, IN_LIST, LEARN_KEYS, type LearnAction, ON_EXERCISE } from "./keys.ts";
import { findExercises, listRows, scrollTo } from "./list-view.ts";
import { packetLines } from "./packets.ts";
import { type Prompt, pressInPrompt, promptKeys, promptText } from "./prompt.ts";
import { LAST_RUN } from "./recorded-packets.ts";
import { hintLines, placeOf } from "./report.ts";
import { Session } from "./session.ts";
import { whySolutionHidden } from "./solution.ts";
import {
  checkAllLines,
  diffLinesOf,
  exerciseLines,
  exerciseRow,
  finishedLines,
  keyLines,
  keysOf,
  solutionLines,
  type View,
} from "./views.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs until the student quits. @returns the exit code */
export async function runWatchMode(
  workspace: Workspace,
  loadChecks: () => Promise<readonly Check[]>,
  poll: boolean,
): Promise<number> {
  await new WatchMode(workspace, loadChecks).run(poll);
  const { current, way, progress, isShort } = workspace;
  const passed = way.filter(({ id }) => progress.has(id)).length;
  const where = `You are at ${current.id}: ${placeOf(current)}`;
  console.log(
    fitted(
      `${passed} of ${way.length} passed${isShort ? ", short way" : ""}. ${where}`,
      process.stdout.columns,
    ),
  );
  console.log(`Go on with: npm run learn${workspace.isShort ? " -- --short" : ""}`);
  return 0;
}

/** How far an action scrolls or goes down in a list; undefined for other actions. @param page the rows of a screen */
function stepOf(action: LearnAction | undefined, page: number): number | undefined {
  switch (action) {
    case "line-down":
      return 1;
    case "line-up":
      return -1;
    case "page-down":
      return page;
    case "page-up":
      return -page;
    case "top":
      return -Infinity;
    case "bottom":
      return Infinity;
    default:
      return undefined;
  }
}

class WatchMode {
  readonly #workspace: Workspace;
  readonly #screen = new Screen(process.stdin, process.stdout, {
    press: (key) => this.#guard(() => this.#press(key)),
    redraw: () => this.#draw(),
  });
  readonly #session: Session;
  readonly #paint: Paint = paintFor(process.stdout, process.env);
  #end: () => void = () => {};
  #fail: (error: unknown) => void = () => {};

  #view: View = "exercise";
  /** How many lines of the body have been scrolled out at the top. */
  #scroll = 0;
  #message = "";
  #prompt: Prompt | undefined;
  /** The text that was typed in the list. The next member: the index of the selected row. */
  #search = "";
  #selected = 0;
  #packets: readonly string[] = [];
  /** The reader of the pages, while it has the terminal. */
  #reader: Guest | undefined;
  #hasEnded = false;

  constructor(workspace: Workspace, loadChecks: () => Promise<readonly Check[]>) {
    this.#workspace = workspace;
    this.#session = new Session(workspace, loadChecks, {
      changed: () => this.#draw(),
      saved: () => this.#onSave(),
      settled: () => this.#onVerdict(),
      failed: (error) => this.#fail(error),
    });
  }

  async run(poll: boolean): Promise<void> {
    const ended = new Promise<void>((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    const onSignal = (): void => this.#end();
    for (const signal of SIGNALS) process.on(signal, onSignal);
    try {
      this.#session.start(poll);
      this.#screen.open();
      await ended;
    } finally {
      this.#hasEnded = true;
      this.#session.close();
      this.#screen.close();
      // The reader gives the terminal back before we write to it.
      this.#reader?.end();
      await this.#reader?.ended;
      for (const signal of SIGNALS) process.off(signal, onSignal);
    }
  }

  /** An error in our code ends the watch mode. It is printed after the terminal has been restored. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#fail(error);
    }
  }

  get #exercise(): Exercise {
    return this.#session.exercise;
  }

  /** Hints stay, because students read them while they write. Any other text gives way to the new verdict. */
  #onSave(): void {
    if (this.#view !== "hints" && this.#view !== "list") this.#show("exercise");
    this.#message = "";
  }

  #onVerdict(): void {
    const { outcome } = this.#session;
    // What is no guess is asked for again. Nothing has run.
    if (this.#exercise.kind === "predict" && outcome?.verdict === "failed")
      return this.#askForAnswer(outcome.explanation);
    // In the list, the message is what is being searched.
    if (this.#view === "list") return this.#draw();
    const hasPassed = outcome?.verdict === "passed";
    const next = this.#workspace.next(this.#exercise);
    if (this.#view === "hints" && hasPassed) this.#show("exercise");
    if (hasPassed && this.#view === "exercise") this.#scroll = 0; // The text is another one now.
    if (hasPassed)
      this.#message =
        next === undefined ? "passed: n checks everything once more" : `passed: n goes on with ${next.id}`;
    else if (this.#view === "hints") this.#message = "not yet: Esc shows the verdict";
    // Before the first save, the screen shows the task, and the verdict may be further down.
    else if (!this.#session.isTouched && outcome?.verdict === "failed")
      this.#message = "as it stands, not yet: what the check says is below";
    this.#draw();
  }

  #show(view: View): void {
    this.#view = view;
    this.#scroll = 0;
    this.#message = "";
    this.#prompt = undefined;
  }

  #draw(): void {
    const { columns, rows } = this.#screen;
    const { way, progress, isShort } = this.#workspace;
    const keys = this.#keys();
    const body = this.#body(columns);
    this.#scroll = Math.max(
      0,
      Math.min(this.#scroll, mostScroll(body.length, bodyHeight(rows, columns, keys))),
    );
    const frame = {
      passed: way.filter(({ id }) => progress.has(id)).length,
      total: way.length,
      isShort,
      exercise: exerciseRow(this.#exercise, this.#session.hasPassed, this.#paint),
      body,
      scroll: this.#scroll,
      message: this.#messageShown(),
      keys,
      scrollKeys: this.#view === "list" ? "↓" : "space, ↓",
    };
    this.#screen.draw(renderFrame(frame, columns, rows, this.#paint));
  }

  #messageShown(): string {
    if (this.#prompt !== undefined) return promptText(this.#prompt, this.#paint);
    const isBusy = this.#session.isChecking && this.#message === "";
    return this.#paint("warning", isBusy ? "checking …" : printable(this.#message));
  }

  #keys() {
    if (this.#prompt !== undefined) return promptKeys(this.#prompt);
    return keysOf(this.#view, this.#exercise, this.#workspace);
  }

  #body(width: number): readonly string[] {
    const paint = this.#paint;
    const exercise = this.#exercise;
    switch (this.#view) {
      case "exercise":
        return exerciseLines(this.#session, width, paint);
      case "hints":
        return hintLines(exercise, this.#workspace.hintsSeen(exercise), width, paint);
      case "list":
        return listRows(this.#found(), this.#selected, this.#session, width, paint);
      case "diff":
        return diffLinesOf(exercise, this.#workspace, width, paint);
      case "solution":
        return solutionLines(exercise, this.#workspace, width, paint);
      case "packets":
        return this.#packets;
      case "all":
        return checkAllLines(this.#session.all, width, paint);
      case "finished":
        return finishedLines(this.#workspace, width, paint);
      case "keys":
        return keyLines(width, paint);
    }
  }

  #press(key: Key): void {
    const anywhere = actionOf(LEARN_KEYS, ANYWHERE, key);
    if (anywhere === "quit") return this.#end();
    if (anywhere === "suspend") return this.#screen.suspend();
    const action = actionOf(LEARN_KEYS, ON_EXERCISE, key);
    if (this.#prompt !== undefined) this.#pressInPrompt(this.#prompt, key);
    else if (this.#view === "list") this.#pressInList(key);
    else if (!this.#scrollBy(action)) this.#command(action);
    this.#draw();
  }

  #pressInPrompt(prompt: Prompt, key: Key): void {
    this.#prompt = undefined; // An answer may open another prompt.
    const after = pressInPrompt(prompt, key);
    if (after !== undefined) this.#prompt = after;
  }

  /** Scrolls. @returns false if the action is another one */
  #scrollBy(action: LearnAction | undefined): boolean {
    const { columns, rows } = this.#screen;
    const page = Math.max(1, bodyHeight(rows, columns, this.#keys()) - 2);
    const step = stepOf(action, page);
    if (step === undefined) return false;
    this.#scroll = Math.min(this.#scroll + step, Number.MAX_SAFE_INTEGER);
    return true;
  }

  #command(action: LearnAction | undefined): void {
    this.#message = "";
    const session = this.#session;
    switch (action) {
      case "quit":
        return this.#end();
      case "back":
        session.stopAll();
        return this.#show("exercise");
      case "next":
        return this.#next();
      case "hint":
        return this.#hint();
      case "list":
        return this.#list();
      case "check-all":
        this.#show("all");
        return session.checkAll(() => {});
      case "page":
        return this.#openPage();
      case "keys":
        return this.#toggle("keys");
      case "run":
        this.#show("exercise");
        session.isTouched = true;
        return session.check();
      case "answer":
        return this.#askForAnswer();
      case "diff":
      case "solution":
      case "packets":
      case "reset":
        return this.#commandForCode(action);
    }
  }

  #commandForCode(action: "diff" | "solution" | "packets" | "reset"): void {
    const exercise = this.#exercise;
    if (!hasRegion(exercise)) {
      this.#message = "this exercise has no code: a answers its question";
      return;
    }
    switch (action) {
      case "diff":
        return this.#toggle("diff");
      case "solution": {
        const why = whySolutionHidden(this.#workspace, exercise);
        if (why === undefined) this.#toggle("solution");
        else this.#message = why;
        return;
      }
      case "packets":
        return this.#view === "packets" ? this.#show("exercise") : this.#showPackets();
      case "reset":
        this.#prompt = {
          question: `Begin ${exercise.id} again? A copy of your files is kept. y/n`,
          typed: undefined,
          done: (answer) => {
            if (answer === "y") this.#reset();
          },
        };
    }
  }

  #toggle(view: View): void {
    this.#show(this.#view === view ? "exercise" : view);
  }

  /** Shows the hints that were taken so far. Pressed again, it shows the next hint. */
  #hint(): void {
    if (this.#view === "hints" || this.#workspace.hintsSeen(this.#exercise) === 0)
      this.#workspace.takeHint(this.#exercise);
    this.#show("hints");
    this.#scroll = Number.MAX_SAFE_INTEGER; // The newest hint is the last.
  }

  #next(): void {
    const next = this.#workspace.next(this.#exercise);
    if (!this.#session.hasPassed) this.#message = "n goes on when this exercise is passed; l goes anywhere";
    else if (next !== undefined) this.#open(next);
    else {
      this.#show("all");
      this.#session.checkAll(() => this.#show("finished"));
    }
  }

  #open(exercise: Exercise): void {
    this.#show("exercise");
    this.#session.open(exercise);
  }

  #reset(): void {
    this.#show("exercise");
    this.#session.reset();
  }

  /** @param problem what was wrong with the answer before, in one short line */
  #askForAnswer(problem = ""): void {
    const exercise = this.#exercise;
    if (hasRegion(exercise)) {
      this.#message = `this exercise is not answered, but written: ${placeOf(exercise)}`;
      return;
    }
    this.#show("exercise");
    this.#prompt = {
      question: `${problem} Your ${exercise.kind === "predict" ? "guess" : "answer"}:`.trim(),
      typed: "",
      done: (typed) => {
        if (typed.trim() !== "") this.#session.answer(typed.trim());
        else this.#message = "no answer was given; a asks again";
      },
    };
    this.#draw();
  }

  #openPage(): void {
    this.#screen.close();
    const reader = runInThisTerminal(
      "course/lesson.ts",
      ["open", this.#exercise.page, "--from-learn"],
      "npm run lesson",
    );
    this.#reader = reader;
    reader.ended.then((message) => {
      this.#reader = undefined;
      if (this.#hasEnded) return;
      this.#message = message;
      this.#screen.open();
    }, this.#fail);
  }

  #showPackets(): void {
    const { outcome, isChecking } = this.#session;
    if (outcome === undefined || isChecking) {
      this.#message = "nothing was checked yet";
      return;
    }
    const file = this.#workspace.path(LAST_RUN);
    packetLines(outcome, file, `${WORK}/${LAST_RUN}`, this.#screen.columns, this.#paint).then((lines) => {
      this.#packets = lines;
      this.#show("packets");
      this.#draw();
    }, this.#fail);
  }

  #found(): Exercise[] {
    return findExercises(this.#workspace.exercises, this.#search);
  }

  #list(): void {
    this.#search = "";
    this.#selected = this.#workspace.exercises.indexOf(this.#exercise);
    this.#show("list");
    this.#keepSelectedInSight();
  }

  #pressInList(key: Key): void {
    const { columns, rows } = this.#screen;
    const { text } = key;
    const action = actionOf(LEARN_KEYS, IN_LIST, key);
    const step = stepOf(action, Math.max(1, bodyHeight(rows, columns, this.#keys()) - 1));
    const chosen = this.#found()[this.#selected];
    if (action === "back") return this.#show("exercise");
    if (action === "open") return chosen === undefined ? undefined : this.#open(chosen);
    if (action === "erase") this.#search = [...this.#search].slice(0, -1).join("");
    else if (text !== "" && step === undefined) {
      this.#search = (this.#search + text).replace(/^\//, ""); // Users of pagers type a slash to search.
      this.#selected = 0;
    }
    const most = this.#found().length - 1;
    this.#selected = Math.max(0, Math.min(this.#selected + (step ?? 0), most));
    this.#keepSelectedInSight();
  }

  #keepSelectedInSight(): void {
    const { columns, rows } = this.#screen;
    this.#scroll = scrollTo(this.#selected, this.#scroll, bodyHeight(rows, columns, this.#keys()));
    this.#message = this.#search === "" ? "" : `search: ${this.#search}`;
  }
}
