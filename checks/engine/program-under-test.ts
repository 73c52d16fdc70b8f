// A program that is checked, as an actor. It runs in a process group of its own, its output is read line by line, and
// it is ended together with all programs that it has started.

import { ChildProgram, type Ended } from "../../programs/child-program.ts";
import { patientTimeout } from "../../programs/patience.ts";
import { ENDLESS, isBusy } from "./busy.ts";
import type { CheckContext, LastWords } from "./check-context.ts";
import { hasTrace, tellingLines } from "./last-words.ts";
import { quote } from "./readable-bytes.ts";
import { type FailureDetails, StepFailure } from "./step-failure.ts";

/** How many characters of a program's output are kept. */
const MOST_OUTPUT = 4 * 1024 * 1024;
/** How many of its last lines are shown if none of them is the expected one. */
const LAST_LINES = 5;
/** So many characters of a line must be as expected, so that it is taken for the expected line with a mistake in it. */
const ALIKE = 8;
/** The likely cause if a program has printed nothing at all. */
const BUFFERED =
  "It has printed nothing at all. What is printed into a pipe may stay in a buffer until the program flushes it.";
/** The likely cause if an error has ended a program, or one of its connections. */
const UNCAUGHT = "An error that the program does not catch.";
/** How many seconds a timer may be early. */
const TIMER_TOLERANCE = 0.1;

/** The details of a failure without what was expected. */
type Instead = Omit<FailureDetails, "expected">;

export interface Start {
  words: readonly string[];
  /** Its working folder. */
  folder: string;
  environment?: Readonly<Record<string, string>>;
}

export class ProgramUnderTest {
  /** The checker's name for it, such as "the server" or "alice". */
  readonly name: string;
  /** Resolves when it has ended and all its output has been read. */
  readonly ended: Promise<void>;
  readonly #child: ChildProgram;
  readonly #command: string;
  #context: CheckContext;
  #next = 0;
  #outcome: Ended | undefined;
  #mayEnd = false;
  /** How many lines of standard error belong to checks before this one. */
  #earlierErrors = 0;
  #changed: (() => void)[] = [];

  constructor(name: string, { words, folder, environment = {} }: Start, context: CheckContext) {
    this.name = name;
    this.#context = context;
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

  /** All lines of its standard output. */
  get lines(): readonly string[] {
    return this.#child.lines;
  }

  /** All lines of its standard error, including a last line without LF. */
  get errors(): readonly string[] {
    const lines = this.#child.errors.split("\n");
    return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  }

  /** Lends the program to another check. */
  lend(context: CheckContext): void {
    this.#context = context;
    this.#next = this.lines.length;
    this.#earlierErrors = this.errors.length;
  }

  get hasPrinted(): boolean {
    return this.lines.length > 0 || this.#child.errors !== "";
  }

  get hasEnded(): boolean {
    return this.#outcome !== undefined;
  }

  /** Whether it has ended unexpectedly. Then a step that waits for it need not wait any longer. */
  get hasEndedEarly(): boolean {
    return this.hasEnded && !this.#mayEnd;
  }

  /** Whether it seems to compute instead of waiting for us. */
  async isBusy(): Promise<boolean> {
    return !this.hasEnded && isBusy(this.#child.pid);
  }

  /** How it ended, and what it has printed that tells why; empty while it runs. */
  get lastWords(): string {
    if (this.#outcome === undefined) return "";
    const [telling, ...others] = tellingLines(this.errors, this.lines);
    if (this.#outcome.problem !== undefined || telling === undefined)
      return `${this.#ending}${this.#outcome.problem === undefined ? "; it has printed nothing" : ""}`;
    return [`${this.#ending}: ${telling}`, ...others.map((line) => `  ${line}`)].join("\n");
  }

  /** The same for the details of a failure. A program that goes on has last words if its standard error tells of an error. */
  get words(): LastWords {
    const errors = this.errors.slice(this.#earlierErrors);
    const uncaught = hasTrace(errors) ? { likelyCause: UNCAUGHT } : {};
    if (this.hasEndedEarly) return { lastWords: this.lastWords, reason: this.lastWords, ...uncaught };
    const [telling, ...others] = tellingLines(errors);
    if (this.hasEnded || telling === undefined) return {};
    const lines = [
      `${this.name} has printed on standard error: ${telling}`,
      ...others.map((line) => `  ${line}`),
    ];
    return { lastWords: lines.join("\n"), ...uncaught };
  }

  /** How it ended, without what it has printed. */
  get #ending(): string {
    if (this.#outcome === undefined) return "";
    const { code, signal, problem } = this.#outcome;
    if (problem === undefined) return `${this.name} has ended (${signal ?? `exit code ${code}`})`;
    const why = problem === "not installed" ? `${this.#command} is not installed, or is no program` : problem;
    return `${this.name} could not be started: ${why}`;
  }

  /** Enters lines on its standard input. */
  async enters(...lines: string[]): Promise<void> {
    const shown = lines.map(quote).join(", ");
    this.#context.transcript.lastSent = { text: `${shown} (entered)`, by: this.name };
    await this.#step(`${this.name} enters ${shown}`, () =>
      this.write(lines.map((line) => `${line}\n`).join("")),
    );
  }

  /** Writes to its standard input. This is no step. */
  write(text: string | Buffer): void {
    this.#child.write(text);
  }

  async endsInput(): Promise<void> {
    await this.#step(`the standard input of ${this.name} ends`, () => this.endInput());
  }

  /** Ends its standard input. This is no step. */
  endInput(): void {
    this.#child.endInput();
  }

  /** Its exit code; null while it runs, or if a signal has ended it. */
  get code(): number | null {
    return this.#outcome?.code ?? null;
  }

  /** Waits for a line on standard output, and skips the lines before it. */
  async shows(expected: string | RegExp): Promise<string> {
    return this.#step(`${this.name} shows ${describe(expected)}`, () => this.#line(expected));
  }

  /** The same for a line that may take so many seconds longer. */
  async showsLater(expected: string | RegExp, seconds: number): Promise<string> {
    return this.#step(`${this.name} shows ${describe(expected)}`, () => this.#line(expected, 1000 * seconds));
  }

  /**
   * Waits for a line that must not come earlier than this many seconds.
   * @param since when the seconds begin, as a value of performance.now()
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

  /**
   * Expects this as the very next line on standard output.
   * @param why tells what is likely from the line that came instead
   */
  async showsNext(expected: string | RegExp, why?: (line: string) => string | undefined): Promise<string> {
    return this.#step(`${this.name} shows next ${describe(expected)}`, async () => {
      await this.#until(() => this.lines.length > this.#next);
      const line = this.lines[this.#next];
      if (line === undefined || !matches(line, expected))
        return this.#fail(expected, line === undefined ? [] : [line], 0, line && why?.(line));
      return this.#takeLine(this.#next);
    });
  }

  /** Waits for all of these lines, in any order. */
  async showsInAnyOrder(...expected: string[]): Promise<void> {
    const missing = new Set(expected);
    while (missing.size > 0) {
      const alternatives = [...missing].map((line) => line.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
      missing.delete(await this.shows(new RegExp(`^(?:${alternatives.join("|")})$`)));
    }
  }

  /** Expects that no line so far contains this. Call it only after a line that would have to come later. */
  async hasNotShown(part: string): Promise<void> {
    await this.#step(`${this.name} has not shown ${quote(part)}`, () => {
      const line = this.lines.find((one) => one.includes(part));
      if (line !== undefined)
        throw new StepFailure({ expected: `no line with ${quote(part)}`, received: quote(line) });
    });
  }

  /** Waits for a line on standard output or standard error. */
  async prints(expected: string | RegExp): Promise<void> {
    await this.#step(`${this.name} prints ${describe(expected)}`, async () => {
      const all = (): string[] => [...this.lines, ...this.errors];
      await this.#until(() => all().some((line) => matches(line, expected)));
      const found = all().find((line) => matches(line, expected));
      if (found === undefined) return this.#fail(expected, all());
      this.#observe(found);
    });
  }

  /**
   * Expects that it ends by itself with this exit code.
   * @param whyNot what is likely if it does not end
   */
  async endsWith(code: number, whyNot?: string): Promise<void> {
    this.#mayEnd = true;
    await this.#step(`${this.name} ends with exit code ${code}`, async () => {
      await this.#until(() => this.hasEnded);
      if (this.#outcome === undefined)
        throw new StepFailure({
          expected: `exit code ${code}`,
          received: "nothing; it still runs",
          came: "nothing",
          ...(whyNot !== undefined && { likelyCause: whyNot }),
          ...((await this.isBusy()) && { likelyCause: ENDLESS }),
        });
      if (this.#outcome.code !== code)
        throw new StepFailure({
          expected: `exit code ${code}`,
          received: this.lastWords,
          ...(hasTrace(this.errors) && { came: "ended", likelyCause: UNCAUGHT }),
        });
    });
  }

  /** From now on, its end is no surprise. This is no step. */
  mayEnd(): void {
    this.#mayEnd = true;
  }

  /** Sends it a signal. */
  async signal(name: NodeJS.Signals): Promise<void> {
    this.#mayEnd = true;
    await this.#step(`${this.name} receives ${name}`, () => this.#child.signal(name));
  }

  /** Kills it and all programs that it has started, and waits until it has ended. */
  async kill(): Promise<void> {
    await this.#child.kill();
  }

  /** Waits for a line that matches; undefined if the program prints none, or ends. This is no step. */
  async waitFor(expected: RegExp): Promise<string | undefined> {
    await this.#until(() => this.lines.some((line) => matches(line, expected)));
    return this.lines.find((line) => matches(line, expected));
  }

  /**
   * Waits until the condition holds, the program ends, or the time is over.
   * @param longer how much longer than usual to wait, in milliseconds
   */
  async #until(condition: () => boolean, longer = 0): Promise<void> {
    let late = false;
    const cancel = patientTimeout(() => {
      late = true;
      this.#change();
    }, this.#context.timeout + longer);
    try {
      while (!condition() && !late && !this.hasEnded)
        await new Promise<void>((resolve) => this.#changed.push(resolve));
    } finally {
      cancel();
    }
  }

  /** The next line that matches. Lines before it are skipped. */
  async #line(expected: string | RegExp, longer = 0): Promise<string> {
    const start = this.#next;
    // There may be very many lines, so each is looked at once.
    let next = start;
    let found = -1;
    await this.#until(() => {
      for (; found === -1 && next < this.lines.length; next += 1)
        if (matches(this.lines[next] ?? "", expected)) found = next;
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
    if (line !== "") this.#context.transcript.observe();
  }

  async #fail(
    expected: string | RegExp,
    lines: readonly string[],
    longer = 0,
    likelyCause?: string,
  ): Promise<never> {
    throw new StepFailure({
      expected: describe(expected),
      ...(this.hasEnded ? this.#endInstead(expected, lines) : await this.#silence(expected, lines, longer)),
      ...(likelyCause ? { likelyCause } : {}),
    });
  }

  /** What came instead of a line if the program still runs. */
  async #silence(expected: string | RegExp, lines: readonly string[], longer: number): Promise<Instead> {
    const shown = lines.slice(-LAST_LINES).map(quote).join("\n");
    if (shown !== "") return { received: shown, exact: typeof expected === "string" && lines.length === 1 };
    const seconds = Math.round((this.#context.timeout + longer) / 100) / 10;
    const likelyCause = (await this.isBusy()) ? ENDLESS : this.hasPrinted ? undefined : BUFFERED;
    const nothing = this.hasPrinted ? undefined : `${this.name} runs, and prints nothing`;
    return {
      ...this.words,
      received: `nothing within ${seconds} s`,
      came: "nothing",
      ...(likelyCause && { likelyCause }),
      ...(nothing && { reason: nothing }),
    };
  }

  /** What came instead of a line if the program has ended: the one line that tells most. */
  #endInstead(expected: string | RegExp, lines: readonly string[]): Instead {
    const alike = typeof expected === "string" ? mostAlike(expected, lines) : undefined;
    const complaint = [...lines, ...this.errors].findLast((line) => /^(?:failed|error): /.test(line));
    const telling = alike ?? complaint ?? lines.findLast((line) => /^(?:proof|stopped): /.test(line));
    if (telling === undefined || hasTrace(this.errors))
      return { ...this.words, lastWords: this.lastWords, received: "nothing", came: "ended" };
    return { received: quote(telling), exact: telling === alike, lastWords: this.#ending };
  }

  #step<Value>(description: string, action: () => Value | Promise<Value>): Promise<Value> {
    return this.#context.transcript.step(description, action);
  }

  #change(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}

function matches(line: string, expected: string | RegExp): boolean {
  return typeof expected === "string" ? line === expected : expected.test(line);
}

/** The line that begins as the expected one does, and longest so. */
function mostAlike(expected: string, lines: readonly string[]): string | undefined {
  const common = (line: string): number => {
    let length = 0;
    while (length < line.length && line[length] === expected[length]) length += 1;
    return length;
  };
  const [best] = lines.toSorted((left, right) => common(right) - common(left));
  return best !== undefined && common(best) >= ALIKE ? best : undefined;
}

function describe(expected: string | RegExp): string {
  return typeof expected === "string" ? quote(expected) : `a line that matches ${expected}`;
}
