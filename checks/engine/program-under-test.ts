// A program that is checked, as an actor: started in a process group of its own, read line by line, and ended with all
// that it has started.

import { ChildProgram, type Ended } from "../../programs/child-program.ts";
import { patientTimeout } from "../../programs/patience.ts";
import { ENDLESS, isBusy } from "./busy.ts";
import type { CheckContext } from "./check-context.ts";
import { quote } from "./readable-bytes.ts";
import { StepFailure } from "./step-failure.ts";

/** The most that is kept of what a program prints, in characters. */
const MOST_OUTPUT = 4 * 1024 * 1024;
/** How many of its last lines are shown when it has ended. */
const LAST_LINES = 5;
/** How much earlier than it should a timer may end, in seconds. */
const TIMER_TOLERANCE = 0.1;

export interface Start {
  words: readonly string[];
  /** Where it runs. */
  folder: string;
  environment?: Readonly<Record<string, string>>;
}

export class ProgramUnderTest {
  /** What the checker calls it: "the server", "alice". */
  readonly name: string;
  /** Fulfilled when it has ended and everything that it printed has been read. */
  readonly ended: Promise<void>;
  readonly #child: ChildProgram;
  readonly #command: string;
  #around: CheckContext;
  #next = 0;
  #outcome: Ended | undefined;
  #mayEnd = false;
  #changed: (() => void)[] = [];

  constructor(name: string, { words, folder, environment = {} }: Start, around: CheckContext) {
    this.name = name;
    this.#around = around;
    const [command = ""] = words;
    this.#command = command;
    this.#child = new ChildProgram(command, words, {
      folder,
      environment,
      mostOutput: MOST_OUTPUT,
      onOutput: () => this.#change(),
    });
    this.ended = this.#child.ended.then((outcome) => {
      this.#outcome = outcome;
      this.#change();
    });
  }

  /** Everything it has printed on standard output, line by line. */
  get lines(): readonly string[] {
    return this.#child.lines;
  }

  /** Everything it has printed on standard error, line by line; also what has no LF at its end yet. */
  get errors(): readonly string[] {
    const lines = this.#child.errors.split("\n");
    return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  }

  /** Another check works with it from now on. */
  lend(around: CheckContext): void {
    this.#around = around;
    this.#next = this.lines.length;
  }

  get hasPrinted(): boolean {
    return this.lines.length > 0 || this.#child.errors !== "";
  }

  get hasEnded(): boolean {
    return this.#outcome !== undefined;
  }

  /** Whether it has ended although nobody wanted that: then whoever waits for something that it does can stop. */
  get hasEndedEarly(): boolean {
    return this.hasEnded && !this.#mayEnd;
  }

  /** Whether it computes, as far as can be told, instead of waiting for us. */
  async isBusy(): Promise<boolean> {
    return !this.hasEnded && isBusy(this.#child.pid);
  }

  /** How it ended, and what it said last; empty while it runs. */
  get lastWords(): string {
    if (this.#outcome === undefined) return "";
    const { code, signal, problem } = this.#outcome;
    if (problem !== undefined)
      return `${this.name} could not be started: ${problem === "not installed" ? `${this.#command} is ${problem}` : problem}`;
    // Where in the code an error was thrown takes many lines, and says less than the one above them.
    const telling = (line: string): boolean =>
      line.trim() !== "" &&
      !/^\s+at |^\s*\^+\s*$|^\s*triggerUncaughtException\($|^node:internal\//.test(line);
    const lines = [...this.lines, ...this.errors].filter(telling).slice(-LAST_LINES);
    const said = lines.length === 0 ? "; it has printed nothing" : `; its last lines:\n${lines.join("\n")}`;
    return `${this.name} has ended (${signal ?? `exit code ${code}`})${said}`;
  }

  /** Enters lines on its standard input. */
  async enters(...lines: string[]): Promise<void> {
    const shown = lines.map(quote).join(", ");
    this.#around.transcript.lastSent = shown;
    await this.#step(`${this.name} enters ${shown}`, () =>
      this.write(lines.map((line) => `${line}\n`).join("")),
    );
  }

  /** Gives text to its standard input; no step. */
  write(text: string | Buffer): void {
    this.#child.write(text);
  }

  async endsInput(): Promise<void> {
    await this.#step(`the standard input of ${this.name} ends`, () => this.endInput());
  }

  /** Ends its standard input; no step. */
  endInput(): void {
    this.#child.endInput();
  }

  /** Its exit code; null while it runs, and if a signal has ended it. */
  get code(): number | null {
    return this.#outcome?.code ?? null;
  }

  /** Waits for a line on standard output; lines before it are passed over. */
  async shows(expected: string | RegExp): Promise<string> {
    return this.#step(`${this.name} shows ${describe(expected)}`, () => this.#line(expected));
  }

  /**
   * Waits for a line that may not come before so many seconds are over.
   * @param since when they began, as performance.now() gave it
   */
  async showsAfter(seconds: number, since: number, expected: string | RegExp): Promise<void> {
    await this.#step(
      `${this.name} shows ${describe(expected)} after ${seconds} s, and not before`,
      async () => {
        await this.#line(expected, since + 1000 * seconds - performance.now());
        const after = (performance.now() - since) / 1000;
        if (after < seconds - TIMER_TOLERANCE)
          throw new StepFailure({
            expected: `${describe(expected)} after ${seconds} s`,
            received: `it after ${after.toFixed(1)} s`,
          });
      },
    );
  }

  /** Expects that this is the very next line on standard output. */
  async showsNext(expected: string | RegExp): Promise<string> {
    return this.#step(`${this.name} shows next ${describe(expected)}`, async () => {
      await this.#until(() => this.lines.length > this.#next);
      const line = this.lines[this.#next];
      if (line === undefined || !matches(line, expected))
        return this.#fail(expected, line === undefined ? [] : [line]);
      return this.#takeLine(this.#next);
    });
  }

  /** Waits for all of these lines, in whatever order they come. */
  async showsInAnyOrder(...expected: string[]): Promise<void> {
    const missing = new Set(expected);
    while (missing.size > 0) {
      const alternatives = [...missing].map((line) => line.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
      missing.delete(await this.shows(new RegExp(`^(?:${alternatives.join("|")})$`)));
    }
  }

  /** Expects that no line so far contains this. Ask only after something has been shown that must come later. */
  async hasNotShown(part: string): Promise<void> {
    await this.#step(`${this.name} has not shown ${quote(part)}`, () => {
      const line = this.lines.find((one) => one.includes(part));
      if (line !== undefined)
        throw new StepFailure({ expected: `no line with ${quote(part)}`, received: quote(line) });
    });
  }

  /** Waits for a line on standard output, or, if there is none, on standard error. */
  async prints(expected: string | RegExp): Promise<void> {
    await this.#step(`${this.name} prints ${describe(expected)}`, async () => {
      const all = (): string[] => [...this.lines, ...this.errors];
      await this.#until(() => all().some((line) => matches(line, expected)));
      const found = all().find((line) => matches(line, expected));
      if (found === undefined) return this.#fail(expected, all());
      this.#observe(found);
    });
  }

  /** Expects that it ends by itself with this exit code. */
  async endsWith(code: number): Promise<void> {
    this.#mayEnd = true;
    await this.#step(`${this.name} ends with exit code ${code}`, async () => {
      await this.#until(() => this.hasEnded);
      if (this.#outcome === undefined)
        throw new StepFailure({ expected: `exit code ${code}`, received: "nothing; it still runs" });
      if (this.#outcome.code !== code)
        throw new StepFailure({ expected: `exit code ${code}`, received: this.lastWords });
    });
  }

  /** Sends it a signal. */
  async signal(name: NodeJS.Signals): Promise<void> {
    this.#mayEnd = true;
    await this.#step(`${this.name} receives ${name}`, () => this.#child.signal(name));
  }

  /** Ends it with all that it has started, and waits until it is gone. */
  async kill(): Promise<void> {
    await this.#child.kill();
  }

  /** Waits until the program prints a line that matches; undefined if it does not, or ends before. No step. */
  async waitFor(expected: RegExp): Promise<string | undefined> {
    await this.#until(() => this.lines.some((line) => matches(line, expected)));
    return this.lines.find((line) => matches(line, expected));
  }

  /**
   * Waits until something changes, it ends, or the time is over.
   * @param longer how much longer than usual, in milliseconds
   */
  async #until(condition: () => boolean, longer = 0): Promise<void> {
    let late = false;
    const cancel = patientTimeout(() => {
      late = true;
      this.#change();
    }, this.#around.timeout + longer);
    try {
      while (!condition() && !late && !this.hasEnded)
        await new Promise<void>((resolve) => this.#changed.push(resolve));
    } finally {
      cancel();
    }
  }

  /** The next line that matches; those before it are passed over. */
  async #line(expected: string | RegExp, longer = 0): Promise<string> {
    const start = this.#next;
    let found = -1;
    await this.#until(() => {
      found = this.lines.findIndex((line, index) => index >= this.#next && matches(line, expected));
      return found !== -1;
    }, longer);
    return found === -1 ? this.#fail(expected, this.lines.slice(start), longer) : this.#takeLine(found);
  }

  #takeLine(index: number): string {
    const line = this.lines[index] ?? "";
    this.#next = index + 1;
    this.#observe(line);
    return line;
  }

  #observe(line: string): void {
    if (line !== "") this.#around.transcript.observe();
  }

  async #fail(expected: string | RegExp, lines: readonly string[], longer = 0): Promise<never> {
    const ended = this.hasEnded ? `\n${this.lastWords}` : "";
    const shown = lines.slice(-LAST_LINES).map(quote);
    const [only] = shown;
    const nothing = this.hasEnded
      ? "nothing"
      : `nothing within ${Math.round((this.#around.timeout + longer) / 100) / 10} s`;
    throw new StepFailure({
      expected: describe(expected),
      received: `${shown.length === 0 ? nothing : shown.length === 1 ? only : shown.join("\n")}${ended}`,
      exact: typeof expected === "string" && shown.length === 1,
      ...(shown.length === 0 && (await this.isBusy()) ? { likelyCause: ENDLESS } : {}),
    });
  }

  #step<Value>(description: string, action: () => Value | Promise<Value>): Promise<Value> {
    return this.#around.transcript.step(description, action);
  }

  #change(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

function matches(line: string, expected: string | RegExp): boolean {
  return typeof expected === "string" ? line === expected : expected.test(line);
}

function describe(expected: string | RegExp): string {
  return typeof expected === "string" ? quote(expected) : `a line that matches ${expected}`;
}
