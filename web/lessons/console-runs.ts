// Runs the console blocks of pages, each line when the page asks for it: a command starts a program in a terminal of the page,
// a line is typed into it, a key is pressed. What is run stands in the lesson; the page names only its place. As a reader
// does, it first waits for what the page prints above the line.

import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "../serve/place.ts";
import { CallError } from "../shared/fields.ts";
import { howToStart } from "./command.ts";
import type { ShownBlock, ShownLine } from "./console-parts.ts";
import { RecorderLog } from "./live-recording.ts";
import { showsAll } from "./shown-output.ts";

/** A program in a terminal of a page. */
export interface RunningProgram {
  onOutput(handler: (text: string) => void): void;
  write(text: string): void;
  end(): void;
  readonly ended: Promise<{ code: number | null }>;
}

/** What opens terminals. */
export interface TerminalOpener {
  open(
    page: Page,
    words: readonly string[],
    options: {
      folder: string;
      environment: Readonly<Record<string, string>>;
      columns: number;
      rows: number;
    },
  ): Promise<{ number: number; program: RunningProgram }>;
}

/** A line to be done. */
export interface Step {
  /** The lesson's page, such as 01-1. */
  lesson: string;
  block: number;
  line: number;
  columns: number;
  rows: number;
}

interface Run {
  lesson: string;
  number: number;
  program: RunningProgram;
  isOver: boolean;
  hasFailed: boolean;
  /** Resolves when it has printed something for the first time, or has ended. */
  speaks: Promise<unknown>;
  /** What was done in this terminal last. */
  block: number;
  line: number;
  /** What it has printed since then. */
  printed: string;
  /** What should follow did not come in time: nothing waits for it any more. */
  isGivenUp: boolean;
  /** Where programs write down what they say, if it records them. */
  log: RecorderLog | undefined;
}

/** So long a line that is to be typed waits for a program that prints nothing, in milliseconds. */
const PATIENCE = 3000;

/** So long a line waits for what the page prints above it, in milliseconds. Peers tell of each other every five seconds. */
const PATIENCE_ABOVE = 15_000;

/** So much of what a program prints is compared with its page, in UTF-16 units. */
const MOST_PRINTED = 65_536;

const NEWS = "news";

/** What a terminal sends for a key. */
const KEYS = { "^C": "\u0003", "^D": "\u0004" };

export class ConsoleRuns {
  readonly #root: string;
  readonly #terminals: TerminalOpener;
  /** The last program of each terminal, by the terminal's name, for each page of the browser. */
  readonly #ofPage = new Map<Page, Map<string, Run>>();
  /** The last line of each terminal that was asked for. */
  readonly #turns = new WeakMap<Page, Map<string, Promise<number>>>();
  /** Tells that a program has printed something, has been started, or has ended. */
  readonly #news = new EventEmitter().setMaxListeners(0);

  /** @param root the course's folder: programs run there */
  constructor(root: string, terminals: TerminalOpener) {
    this.#root = root;
    this.#terminals = terminals;
  }

  /**
   * Does a line, when the terminals show what the page prints above it. The lines of one terminal are done one after the
   * other, as they were asked for.
   * @returns the number of the terminal @throws CallError
   */
  async step(page: Page, step: Step, blocks: readonly ShownBlock[]): Promise<number> {
    // The programs of the last lesson may have the same ports.
    const isOther = [...this.#runsOf(page).values()].some(({ lesson }) => lesson !== step.lesson);
    const leaving = isOther ? this.leave(page) : undefined;
    const runs = this.#runsOf(page);
    const name = nameOf(blocks[step.block], step.block);
    const turns = this.#turns.get(page) ?? new Map<string, Promise<number>>();
    this.#turns.set(page, turns);
    const before = turns.get(name)?.catch(() => {});
    const turn = Promise.all([before, leaving]).then(() => this.#do(page, runs, step, blocks));
    turns.set(name, turn);
    return await turn;
  }

  /** @param runs those of the page when it asked */
  async #do(
    page: Page,
    runs: ReadonlyMap<string, Run>,
    step: Step,
    blocks: readonly ShownBlock[],
  ): Promise<number> {
    const { block, line } = step;
    const shown = blocks[block];
    const entry = shown?.lines[line]?.entry;
    if (shown === undefined || entry === undefined)
      throw new CallError("there is no such command in this page");
    if (shown.reason !== "") throw new CallError(shown.reason);
    const name = nameOf(shown, block);
    if (entry.kind === "command") await untilEnded(runs.get(name), step, blocks);
    runningIn(runs, name, entry.kind === "command");
    await this.#untilAboveIsShown(runs, step, blocks);
    if (this.#runsOf(page) !== runs) throw new CallError("the lesson was left: its programs have ended");
    const run = runningIn(runs, name, entry.kind === "command");
    if (entry.kind === "command") return await this.#start(page, name, entry.text, step);
    if (run === undefined) throw new Error("what is typed has no program");
    // A program that has just been started does not read yet: what is typed now would stand before its prompt.
    await Promise.race([run.speaks, delay(PATIENCE, undefined, { ref: false })]);
    Object.assign(run, { block, line, printed: "", isGivenUp: false });
    if (entry.kind === "key") run.program.write(KEYS[entry.key]);
    else run.program.write(`${entry.text}\r`);
    return run.number;
  }

  /** Waits until the terminals are as the page has them above this line, or until it takes too long. */
  async #untilAboveIsShown(
    runs: ReadonlyMap<string, Run>,
    { block, line }: Step,
    blocks: readonly ShownBlock[],
  ): Promise<void> {
    const isWanted = ([name, run]: [string, Run]): boolean => {
      const isHere = name === nameOf(blocks[block], block);
      // Programs without a name end by themselves: nobody has to wait for the end of a long one.
      const counts = isHere || blocks[run.block]?.terminal !== "";
      return counts && !run.isGivenUp && !isAsAbove(run, { block, line, isHere }, blocks);
    };
    const missing = (): [string, Run][] => [...runs].filter(isWanted);
    const signal = AbortSignal.timeout(PATIENCE_ABOVE);
    try {
      while (missing().length > 0) await once(this.#news, NEWS, { signal });
    } catch {
      for (const [, run] of missing()) run.isGivenUp = true;
    }
  }

  /** Ends all programs that a page has started, and waits until they have ended. */
  async leave(page: Page): Promise<void> {
    const left = this.#runsOf(page);
    const runs = [...left.values()];
    this.#ofPage.set(page, new Map());
    // Whoever waits for them waits no longer.
    left.clear();
    this.#news.emit(NEWS);
    for (const { program } of runs) program.end();
    await Promise.all(runs.map(({ program }) => program.ended));
  }

  async #start(
    page: Page,
    name: string,
    command: string,
    { lesson, block, line, columns, rows }: Step,
  ): Promise<number> {
    const started = howToStart(command, this.#root);
    const log = RecorderLog.of(command);
    const recorded = log?.environment ?? this.#logOf(page)?.environmentOf(command);
    const environment = { ...started.environment, ...recorded };
    const options = { folder: this.#root, environment, columns, rows };
    const { number, program } = await this.#terminals
      .open(page, started.words, options)
      .catch((error: unknown) => {
        log?.remove();
        throw error;
      });
    const place = { lesson, number, program, block, line };
    const printed = new Promise<void>((resolve) => program.onOutput(() => resolve()));
    const speaks = Promise.race([printed, program.ended]);
    const state = { speaks, isOver: false, hasFailed: false, printed: "", isGivenUp: false };
    const run: Run = { ...place, ...state, log };
    program.onOutput((text) => {
      run.printed = (run.printed + text).slice(-MOST_PRINTED);
      this.#news.emit(NEWS);
    });
    void program.ended.then(({ code }) => {
      run.isOver = true;
      run.hasFailed = code !== 0;
      log?.remove();
      this.#news.emit(NEWS);
    });
    this.#runsOf(page).set(name, run);
    this.#news.emit(NEWS);
    return number;
  }

  /** Where a recording that runs has programs write down what they say. */
  #logOf(page: Page): RecorderLog | undefined {
    return [...this.#runsOf(page).values()].find(({ log, isOver }) => log !== undefined && !isOver)?.log;
  }

  #runsOf(page: Page): Map<string, Run> {
    const known = this.#ofPage.get(page);
    if (known !== undefined) return known;
    const runs = new Map<string, Run>();
    this.#ofPage.set(page, runs);
    page.onGone(() => this.#ofPage.delete(page));
    return runs;
  }
}

/** What the runs call a block's terminal. */
function nameOf(shown: ShownBlock | undefined, block: number): string {
  return shown === undefined || shown.terminal === "" ? `block ${block}` : shown.terminal;
}

/** Where the line before was typed, such as `/quit`, or a key: the program needs a moment to end. */
async function untilEnded(run: Run | undefined, step: Step, blocks: readonly ShownBlock[]): Promise<void> {
  if (run === undefined || isCommand(run, blocks)) return;
  const isNext =
    isBehind(step, run) && linesBetween(run, step, blocks).every(({ kind }) => kind === "output");
  if (isNext) await Promise.race([run.program.ended, delay(PATIENCE, undefined, { ref: false })]);
}

/** What runs in a terminal. @throws CallError if something does where a command is to be run, or nothing where one types */
function runningIn(runs: ReadonlyMap<string, Run>, name: string, isToStart: boolean): Run | undefined {
  const run = runs.get(name);
  const isRunning = run !== undefined && !run.isOver;
  if (isToStart && isRunning)
    throw new CallError("a program still runs in this terminal: end it first, with Ctrl-C");
  if (!isToStart && !isRunning)
    throw new CallError("nothing runs in this terminal: run the command above first");
  return run;
}

/** Whether a terminal has come as far as the page has it above a line. @param isHere whether the line is one of this terminal */
function isAsAbove(
  run: Run,
  { block, line, isHere }: Position & { isHere: boolean },
  blocks: readonly ShownBlock[],
): boolean {
  const between = linesBetween(run, { block, line }, blocks);
  const end = between.findIndex(({ entry }) => entry !== undefined && entry.kind !== "output");
  // In a block, a command follows by itself when the one before has ended without an error.
  const next = end === -1 ? undefined : between[end];
  const isFollowed = isCommand(run, blocks) && next?.block === run.block && next.kind === "command";
  if (isFollowed) return isHere || run.hasFailed;
  const expected = (end === -1 ? between : between.slice(0, end)).map(({ text }) => text);
  return run.isOver || showsAll(expected, run.printed);
}

/** Whether what was done last is a command. */
function isCommand({ block, line }: Position, blocks: readonly ShownBlock[]): boolean {
  return blocks[block]?.lines[line]?.kind === "command";
}

type Position = Pick<Step, "block" | "line">;

/** Whether one line of a page stands behind another. */
function isBehind(one: Position, other: Position): boolean {
  return one.block > other.block || (one.block === other.block && one.line > other.line);
}

/** The lines of a run's terminal that stand behind what was done in it last, and above another line. */
function linesBetween(
  run: Run,
  to: Position,
  blocks: readonly ShownBlock[],
): (ShownLine & { block: number })[] {
  const name = nameOf(blocks[run.block], run.block);
  const isBetween = (block: number, line: number): boolean =>
    isBehind({ block, line }, run) && isBehind(to, { block, line });
  return blocks
    .slice(0, to.block + 1)
    .flatMap((one, block) =>
      block < run.block || nameOf(one, block) !== name
        ? []
        : one.lines.map((line) => ({ ...line, block })).filter((_, line) => isBetween(block, line)),
    );
}
