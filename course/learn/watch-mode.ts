// npm run learn: the current exercise on the whole screen, checked at every save, and a key for everything else.

import { join } from "node:path";
import type { Check } from "../checking/check.ts";
import { type Exercise, hasRegion } from "../exercises/exercises.ts";
import { ProblemError } from "../exercises/problem.ts";
import { WORK, type Workspace } from "../workspace/workspace.ts";
import { checkAnswer, checkExercise, type Outcome } from "./check-exercise.ts";
import { renderBoth, renderDiff } from "./code-view.ts";
import { changedElsewhere, whySolutionHidden } from "./commands.ts";
import { bodyHeight, type KeyLabel, mostScroll, renderFrame } from "./frame.ts";
import { type Key, readKeys } from "./keys.ts";
import { findExercises, listRows, scrollTo } from "./list-view.ts";
import { openPage } from "./open-page.ts";
import { packetLines } from "./packets.ts";
import { type Paint, paintFor } from "./paint.ts";
import { hintLines, placeOf } from "./report.ts";
import { Screen } from "./screen.ts";
import { startTime } from "./start-time.ts";
import { printable } from "./text.ts";
import { checkAllLines, exerciseLines, exerciseRow, finishedLines } from "./views.ts";
import { Watcher, watchingWorks } from "./watcher.ts";

/** What lies over the exercise. */
type View = "exercise" | "hints" | "list" | "diff" | "solution" | "packets" | "all" | "finished";

/** A line that is being typed, or a question that is answered with one key. */
interface Prompt {
  question: string;
  /** What was typed so far; undefined: one key answers. */
  typed: string | undefined;
  done(answer: string): void;
}

const LAST_RUN = "last-run.pcap";
const NOT_TOLD = "Saved files are not noticed here: learn looks twice a second, and r checks at once.";

/** Runs until the student quits. @returns the exit code */
export async function runWatchMode(
  workspace: Workspace,
  loadChecks: () => Promise<readonly Check[]>,
  poll: boolean,
): Promise<number> {
  const screen = new Screen(process.stdout);
  const mode = new WatchMode(workspace, screen, loadChecks);
  screen.open();
  try {
    await mode.run(poll);
  } finally {
    screen.close();
  }
  const { current } = workspace;
  console.log(
    `${workspace.passed.length} of ${workspace.exercises.length} passed. You are at ${current.id}: ${placeOf(current)}`,
  );
  console.log("Go on with: npm run learn");
  return 0;
}

class WatchMode {
  readonly #workspace: Workspace;
  readonly #screen: Screen;
  readonly #loadChecks: () => Promise<readonly Check[]>;
  readonly #paint: Paint;
  #end: () => void = () => {};
  #fail: (error: unknown) => void = () => {};

  #exercise: Exercise;
  #outcome: Outcome | undefined;
  #time = "";
  #isTouched = false;
  #notices: readonly string[] = [];
  /** The check that runs, if one does. */
  #run: AbortController | undefined;
  #watcher: Watcher | undefined;
  #isTold = true;
  #timeout: number | undefined;

  #view: View = "exercise";
  #scroll = 0;
  #message = "";
  #prompt: Prompt | undefined;
  #search = "";
  #selected = 0;
  #packets: readonly string[] = [];
  #all: { outcomes: Outcome[]; wanted: Exercise[]; run: AbortController | undefined } = {
    outcomes: [],
    wanted: [],
    run: undefined,
  };

  constructor(workspace: Workspace, screen: Screen, loadChecks: () => Promise<readonly Check[]>) {
    this.#workspace = workspace;
    this.#screen = screen;
    this.#loadChecks = loadChecks;
    this.#paint = paintFor(process.stdout, process.env);
    this.#exercise = workspace.current;
  }

  async run(poll: boolean): Promise<void> {
    const ended = new Promise<void>((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    const onResize = (): void => {
      this.#screen.forget();
      this.#draw();
    };
    const onSignal = (): void => this.#end();
    const stopKeys = readKeys(process.stdin, (key) => this.#guard(() => this.#press(key)));
    process.stdout.on("resize", onResize);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
    try {
      this.#open(this.#exercise);
      void Promise.all([poll ? false : watchingWorks(this.#workspace.folder), startTime()]).then(
        ([told, milliseconds]) => {
          this.#timeout = milliseconds;
          if (!told) this.#pollInstead();
        },
      );
      await ended;
    } finally {
      this.#run?.abort();
      this.#all.run?.abort();
      this.#watcher?.close();
      stopKeys();
      process.stdout.off("resize", onResize);
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, onSignal);
    }
  }

  /** What goes wrong in us ends the watch mode, and is told on a screen that is as it was. */
  #guard(action: () => unknown): void {
    try {
      void Promise.resolve(action()).catch(this.#fail);
    } catch (error) {
      this.#fail(error);
    }
  }

  #pollInstead(): void {
    this.#isTold = false;
    this.#notices = [...this.#notices, NOT_TOLD];
    this.#watch();
    this.#draw();
  }

  /** Makes an exercise the current one, and checks it as it stands. */
  #open(exercise: Exercise): void {
    this.#exercise = exercise;
    this.#outcome = undefined;
    this.#isTouched = false;
    this.#notices = this.#isTold ? [] : [NOT_TOLD];
    this.#show("exercise");
    try {
      this.#notices = [...this.#notices, ...this.#workspace.open(exercise)];
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error; // The check will say it.
    }
    this.#watch();
    const isAnswered = hasRegion(exercise) || this.#workspace.student.answer(exercise.id) !== undefined;
    if (isAnswered) this.#check();
    else this.#draw();
  }

  #watch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    if (!hasRegion(this.#exercise)) return;
    const folder = join(this.#workspace.path(this.#exercise.file), "..");
    this.#watcher = new Watcher(folder, this.#isTold, () => this.#guard(() => this.#saved()));
  }

  #saved(): void {
    this.#isTouched = true;
    this.#all.run?.abort();
    // Whoever reads a hint while he writes wants it to stay; a new verdict is worth more than an old diff.
    if (this.#view !== "hints" && this.#view !== "list") this.#show("exercise");
    this.#check();
  }

  /** Checks the current exercise; a check that still runs is given up. */
  #check(): void {
    this.#run?.abort();
    const run = new AbortController();
    this.#run = run;
    this.#message = "";
    this.#draw();
    this.#guard(async () => {
      const outcome = await this.#outcomeOf(this.#exercise, run.signal);
      if (run.signal.aborted) return;
      this.#run = undefined;
      this.#settle(outcome);
    });
  }

  async #outcomeOf(exercise: Exercise, signal: AbortSignal): Promise<Outcome> {
    const checks = await this.#loadChecks();
    const timeout = this.#timeout === undefined ? {} : { timeout: this.#timeout };
    return checkExercise(exercise, { workspace: this.#workspace, checks, signal, ...timeout });
  }

  #settle(outcome: Outcome): void {
    const { exercise, verdict, own } = outcome;
    if (verdict === "passed" && own !== undefined) this.#workspace.pass(exercise, own);
    this.#outcome = outcome;
    this.#time = new Date().toTimeString().slice(0, 8);
    if (this.#view === "hints" && verdict === "passed") this.#show("exercise");
    if (this.#view === "hints" || this.#view === "list")
      this.#message = verdict === "passed" ? "passed" : "checked again: Esc shows the verdict";
    else this.#scroll = 0;
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
    const keys = this.#keys();
    const body = this.#body(columns);
    const height = bodyHeight(rows, columns, keys);
    this.#scroll = Math.max(0, Math.min(this.#scroll, mostScroll(body.length, height)));
    const frame = {
      passed: this.#workspace.passed.length,
      total: this.#workspace.exercises.length,
      exercise: exerciseRow(this.#exercise, this.#hasPassed, this.#paint),
      body,
      scroll: this.#scroll,
      message: this.#messageShown(),
      keys,
      scrollKeys: this.#view === "list" ? "↓" : "space, ↓",
    };
    this.#screen.draw(renderFrame(frame, columns, rows, this.#paint));
  }

  #messageShown(): string {
    const prompt = this.#prompt;
    if (prompt === undefined) return this.#paint("warning", printable(this.#message));
    return `${this.#paint("heading", prompt.question)} ${prompt.typed === undefined ? "" : `${printable(prompt.typed)}█`}`;
  }

  get #hasPassed(): boolean {
    return this.#workspace.progress.has(this.#exercise.id);
  }

  #body(width: number): string[] {
    const exercise = this.#exercise;
    const paint = this.#paint;
    switch (this.#view) {
      case "exercise":
        return exerciseLines(
          {
            exercise,
            isChecking: this.#run !== undefined,
            outcome: this.#outcome,
            time: this.#time,
            isTouched: this.#isTouched,
            hasPassed: this.#hasPassed,
            notices: this.#notices,
            advice: this.#advice(),
          },
          width,
          paint,
        );
      case "hints":
        return hintLines(exercise, this.#workspace.hintsSeen(exercise), width, paint);
      case "list":
        return listRows(
          this.#found(),
          { search: this.#search, selected: this.#selected },
          { current: exercise, hasPassed: (id) => this.#workspace.progress.has(id) },
          width,
          paint,
        );
      case "diff":
        return this.#diffLines(width);
      case "solution":
        return this.#solutionLines(width);
      case "packets":
        return [...this.#packets];
      case "all":
        return checkAllLines(this.#all.outcomes, this.#all.wanted, this.#all.run !== undefined, width, paint);
      case "finished":
        return finishedLines(this.#workspace.exercises.length, width, paint);
    }
  }

  /** What helps when an exercise could not be checked. */
  #advice(): string {
    if (this.#outcome?.verdict !== "could-not-run" || !hasRegion(this.#exercise)) return "";
    return this.#outcome.results.length > 0
      ? ""
      : "Mend the file and save, or press x to begin again: a copy of yours is kept.";
  }

  #keys(): KeyLabel[] {
    const exercise = this.#exercise;
    const isProgram = hasRegion(exercise);
    if (this.#prompt !== undefined)
      return this.#prompt.typed === undefined
        ? [
            { key: "y", label: "yes" },
            { key: "any other key", label: "no" },
          ]
        : [
            { key: "Enter", label: "done" },
            { key: "Esc", label: "not now" },
          ];
    if (this.#view === "list")
      return [
        { key: "letters", label: "search" },
        { key: "↑ ↓", label: "choose" },
        { key: "Enter", label: "go there" },
        { key: "Esc", label: "back" },
        { key: "Ctrl-C", label: "quit" },
      ];
    const seen = this.#workspace.hintsSeen(exercise);
    const hint = `hint ${Math.min(seen + (this.#view === "hints" || seen === 0 ? 1 : 0), exercise.hints.length)}/${exercise.hints.length}`;
    return [
      ...(this.#view === "exercise" ? [] : [{ key: "Esc", label: "back" }]),
      { key: "n", label: "next", isUrgent: this.#hasPassed },
      { key: "h", label: hint },
      ...(isProgram ? [] : [{ key: "a", label: "answer", isUrgent: !this.#hasPassed }]),
      { key: "l", label: "list" },
      { key: "c", label: "check all" },
      ...(isProgram
        ? [
            { key: "d", label: "diff" },
            { key: "s", label: "solution" },
            { key: "p", label: "packets" },
            { key: "x", label: "reset" },
            { key: "r", label: "run" },
          ]
        : []),
      { key: "o", label: "lesson page" },
      { key: "q", label: "quit" },
    ];
  }

  #press(key: Key): unknown {
    if (key.name === "ctrl-c") return this.#end();
    if (key.name === "ctrl-z") return this.#suspend();
    if (this.#prompt !== undefined) this.#pressInPrompt(this.#prompt, key);
    else if (this.#view === "list") this.#pressInList(key);
    else if (!this.#pressScroll(key)) return this.#pressCommand(key);
    return this.#draw();
  }

  #pressCommand({ name }: Key): unknown {
    this.#message = "";
    switch (name) {
      case "q":
        return this.#end();
      case "escape":
        this.#leaveView();
        break;
      case "n":
        return this.#next();
      case "h":
        if (this.#view === "hints" || this.#workspace.hintsSeen(this.#exercise) === 0)
          this.#workspace.takeHint(this.#exercise);
        this.#show("hints");
        this.#scroll = Number.MAX_SAFE_INTEGER; // The newest is the last.
        break;
      case "l":
        this.#search = "";
        this.#selected = this.#workspace.exercises.indexOf(this.#exercise);
        this.#show("list");
        this.#keepSelectedInSight();
        break;
      case "c":
        return this.#checkAll(() => {});
      case "o":
        return openPage(this.#exercise.page, this.#workspace.courseFolder).then((message) => {
          this.#message = message;
          this.#draw();
        });
      case "r":
        this.#isTouched = true;
        this.#show("exercise");
        if (hasRegion(this.#exercise) || this.#workspace.student.answer(this.#exercise.id) !== undefined)
          this.#check();
        break;
      case "a":
        this.#askForAnswer();
        break;
      case "d":
      case "s":
      case "p":
      case "x":
        return this.#pressForCode(name);
      default:
        return undefined;
    }
    return this.#draw();
  }

  #pressForCode(name: "d" | "s" | "p" | "x"): unknown {
    const exercise = this.#exercise;
    if (!hasRegion(exercise)) this.#message = "this exercise has no code: a answers its question";
    else if (name === "d") this.#toggle("diff");
    else if (name === "s") {
      const why = whySolutionHidden(this.#workspace, exercise);
      if (why === undefined) this.#toggle("solution");
      else this.#message = why;
    } else if (name === "x") {
      this.#prompt = {
        question: `Begin ${exercise.id} again? A copy of your files is kept. y/n`,
        typed: undefined,
        done: (answer) => {
          if (answer === "y") this.#reset();
        },
      };
    } else if (this.#view === "packets") this.#show("exercise");
    else return this.#showPackets();
    return this.#draw();
  }

  #toggle(view: View): void {
    this.#show(this.#view === view ? "exercise" : view);
  }

  #leaveView(): void {
    if (this.#view === "all") this.#all.run?.abort();
    this.#show("exercise");
  }

  /** Scrolls; false if the key means something else. */
  #pressScroll({ name }: Key): boolean {
    const { columns, rows } = this.#screen;
    const page = Math.max(1, bodyHeight(rows, columns, this.#keys()) - 2);
    const steps: Record<string, number> = {
      up: -1,
      k: -1,
      down: 1,
      j: 1,
      pageup: -page,
      b: -page,
      pagedown: page,
      space: page,
      home: Number.MIN_SAFE_INTEGER,
      end: Number.MAX_SAFE_INTEGER,
    };
    const step = steps[name];
    if (step === undefined) return false;
    this.#scroll += step;
    return true;
  }

  #pressInPrompt(prompt: Prompt, { name, text }: Key): void {
    if (prompt.typed === undefined) {
      this.#prompt = undefined;
      prompt.done(text);
    } else if (name === "return" || name === "enter") {
      this.#prompt = undefined;
      prompt.done(prompt.typed);
    } else if (name === "escape") this.#prompt = undefined;
    else if (name === "backspace") prompt.typed = [...prompt.typed].slice(0, -1).join("");
    else if (name === "ctrl-u") prompt.typed = "";
    else prompt.typed += text;
  }

  #found(): Exercise[] {
    return findExercises(this.#workspace.exercises, this.#search);
  }

  #pressInList({ name, text }: Key): void {
    const { columns, rows } = this.#screen;
    const page = Math.max(1, bodyHeight(rows, columns, this.#keys()) - 1);
    const steps: Record<string, number> = {
      up: -1,
      down: 1,
      pageup: -page,
      pagedown: page,
      home: -1e9,
      end: 1e9,
    };
    const chosen = this.#found()[this.#selected];
    if (name === "escape") return this.#show("exercise");
    if ((name === "return" || name === "enter") && chosen !== undefined) return this.#open(chosen);
    if (steps[name] !== undefined) this.#selected += steps[name] ?? 0;
    else if (name === "backspace") this.#search = [...this.#search].slice(0, -1).join("");
    else if (text !== "") {
      this.#search += text;
      this.#selected = 0;
    }
    this.#selected = Math.max(0, Math.min(this.#selected, this.#found().length - 1));
    this.#keepSelectedInSight();
  }

  #keepSelectedInSight(): void {
    const { columns, rows } = this.#screen;
    this.#scroll = scrollTo(this.#selected, this.#scroll, bodyHeight(rows, columns, this.#keys()));
    this.#message = this.#search === "" ? "" : `search: ${this.#search}`;
  }

  #next(): unknown {
    if (!this.#hasPassed) {
      this.#message = "n goes on when this exercise is passed; l goes anywhere";
      return this.#draw();
    }
    const next = this.#workspace.next(this.#exercise);
    if (next !== undefined) return this.#open(next);
    return this.#checkAll(() => this.#show("finished"));
  }

  #askForAnswer(): void {
    const exercise = this.#exercise;
    if (hasRegion(exercise)) {
      this.#message = `this exercise is not answered, but written: ${placeOf(exercise)}`;
      return;
    }
    this.#show("exercise");
    this.#prompt = {
      question: "Your answer:",
      typed: "",
      done: (typed) => {
        if (typed.trim() !== "") this.#answer(exercise, typed.trim());
      },
    };
  }

  #answer(exercise: Exercise, typed: string): void {
    this.#run?.abort();
    const run = new AbortController();
    this.#run = run;
    this.#isTouched = true;
    this.#guard(async () => {
      const started = performance.now();
      const found = await checkAnswer(exercise, typed, this.#workspace);
      if (run.signal.aborted) return;
      this.#run = undefined;
      this.#settle({ exercise, ...found, milliseconds: performance.now() - started });
    });
  }

  #reset(): void {
    const exercise = this.#exercise;
    if (!hasRegion(exercise)) return;
    const copies = this.#workspace.reset(exercise);
    this.#open(exercise);
    this.#message =
      copies.length === 0 ? "It was as at the beginning already." : `kept: ${copies.join(", ")}`;
  }

  /** Checks all that is passed, each with the student's code. */
  #checkAll(whenAllPass: () => void): void {
    this.#all.run?.abort();
    const run = new AbortController();
    const wanted = [...new Set([...this.#workspace.passed, this.#exercise])];
    const outcomes: Outcome[] = [];
    this.#all = { outcomes, wanted, run };
    this.#show("all");
    this.#draw();
    this.#guard(async () => {
      for (const exercise of wanted) {
        const outcome = await this.#outcomeOf(exercise, run.signal);
        if (run.signal.aborted) return;
        outcomes.push(outcome);
        this.#draw();
      }
      this.#all = { outcomes, wanted, run: undefined };
      if (outcomes.every(({ verdict }) => verdict === "passed")) whenAllPass();
      this.#draw();
    });
  }

  #diffLines(width: number): string[] {
    const exercise = this.#exercise;
    if (!hasRegion(exercise)) return [];
    const own = this.#ownCode();
    if (own === undefined) return ["The file cannot be read as an exercise: Esc shows why."];
    const heading = this.#paint("heading", `Your code, compared with the starter (${placeOf(exercise)})`);
    const rows =
      own === exercise.starter
        ? ["It is still the starter."]
        : renderDiff(exercise.starter, own, width, this.#paint);
    return [heading, "", ...rows, ...changedElsewhere(this.#workspace, exercise, width)];
  }

  #solutionLines(width: number): string[] {
    const exercise = this.#exercise;
    if (!hasRegion(exercise) || exercise.solution === undefined) return [];
    const own = { title: "Your code", code: this.#ownCode() ?? "" };
    const remark = this.#hasPassed
      ? []
      : [this.#paint("warning", "Shown because you have seen all hints. Close it, and write your own."), ""];
    return [
      ...remark,
      ...renderBoth(own, { title: "The course's solution", code: exercise.solution }, width, this.#paint),
    ];
  }

  #ownCode(): string | undefined {
    const exercise = this.#exercise;
    if (!hasRegion(exercise)) return undefined;
    try {
      return this.#workspace.text(exercise);
    } catch (error) {
      if (error instanceof ProblemError) return undefined;
      throw error;
    }
  }

  async #showPackets(): Promise<void> {
    const outcome = this.#outcome;
    if (outcome === undefined || this.#run !== undefined) {
      this.#message = "nothing was checked yet: r checks";
    } else {
      const file = this.#workspace.path(LAST_RUN);
      this.#packets = await packetLines(
        outcome,
        file,
        `${WORK}/${LAST_RUN}`,
        this.#screen.columns,
        this.#paint,
      );
      this.#show("packets");
    }
    this.#draw();
  }

  /** Ctrl-Z: the shell gets the terminal as it was, and at `fg` we take it back. */
  #suspend(): void {
    if (process.platform === "win32") return;
    this.#screen.close();
    process.stdin.setRawMode(false);
    process.once("SIGCONT", () => {
      process.stdin.setRawMode(true);
      this.#screen.open();
      this.#draw();
    });
    process.kill(0, "SIGTSTP"); // The whole group, as the shell expects it: npm, which started us, too.
  }
}
