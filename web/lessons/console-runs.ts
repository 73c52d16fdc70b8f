// Runs the console blocks of pages, each line when the page asks for it: a command starts a program in a terminal of the page,
// a line is typed into it, a key is pressed. What is run stands in the lesson; the page names only its place.

import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "../serve/place.ts";
import { CallError } from "../shared/fields.ts";
import { howToStart } from "./command.ts";
import type { ShownBlock } from "./console-parts.ts";

/** A program in a terminal of a page. */
export interface RunningProgram {
  onOutput(handler: () => void): void;
  write(text: string): void;
  end(): void;
  readonly ended: Promise<unknown>;
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
  /** Resolves when it has printed something for the first time, or has ended. */
  speaks: Promise<unknown>;
}

/** So long a line that is to be typed waits for a program that prints nothing, in milliseconds. */
const PATIENCE = 3000;

/** What a terminal sends for a key. */
const KEYS = { "^C": "\u0003", "^D": "\u0004" };

export class ConsoleRuns {
  readonly #root: string;
  readonly #terminals: TerminalOpener;
  /** The last program of each terminal, by the terminal's name, for each page of the browser. */
  readonly #ofPage = new Map<Page, Map<string, Run>>();

  /** @param root the course's folder: programs run there */
  constructor(root: string, terminals: TerminalOpener) {
    this.#root = root;
    this.#terminals = terminals;
  }

  /** @returns the number of the terminal @throws CallError */
  async step(
    page: Page,
    { lesson, block, line, ...size }: Step,
    blocks: readonly ShownBlock[],
  ): Promise<number> {
    const shown = blocks[block];
    const entry = shown?.lines[line]?.entry;
    if (shown === undefined || entry === undefined)
      throw new CallError("there is no such command in this page");
    if (shown.reason !== "") throw new CallError(shown.reason);
    const runs = this.#runsOf(page);
    // The programs of the last lesson may have the same ports.
    if ([...runs.values()].some((run) => run.lesson !== lesson)) await this.leave(page);
    const name = shown.terminal === "" ? `block ${block}` : shown.terminal;
    const run = runs.get(name);
    const isRunning = run !== undefined && !run.isOver;
    if (entry.kind === "command") {
      if (isRunning) throw new CallError("a program still runs in this terminal: end it first, with Ctrl-C");
      return await this.#start(page, name, entry.text, { lesson, ...size });
    }
    if (!isRunning) throw new CallError("nothing runs in this terminal: run the command above first");
    // A program that has just been started does not read yet: what is typed now would stand before its prompt.
    await Promise.race([run.speaks, delay(PATIENCE, undefined, { ref: false })]);
    if (entry.kind === "key") run.program.write(KEYS[entry.key]);
    else run.program.write(`${entry.text}\r`);
    return run.number;
  }

  /** Ends all programs that a page has started, and waits until they have ended. */
  async leave(page: Page): Promise<void> {
    const runs = [...this.#runsOf(page).values()];
    this.#runsOf(page).clear();
    for (const { program } of runs) program.end();
    await Promise.all(runs.map(({ program }) => program.ended));
  }

  async #start(
    page: Page,
    name: string,
    command: string,
    { lesson, columns, rows }: Pick<Step, "lesson" | "columns" | "rows">,
  ): Promise<number> {
    const { words, environment } = howToStart(command, this.#root);
    const options = { folder: this.#root, environment, columns, rows };
    const { number, program } = await this.#terminals.open(page, words, options);
    const printed = new Promise<void>((resolve) => program.onOutput(resolve));
    const speaks = Promise.race([printed, program.ended]);
    const run: Run = { lesson, number, program, isOver: false, speaks };
    void program.ended.then(() => {
      run.isOver = true;
    });
    this.#runsOf(page).set(name, run);
    return number;
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
