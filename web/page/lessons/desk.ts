// The terminals beside a lesson: which there are, what runs in them, and how far each console block has come.

import type { ConsoleLine, Part } from "../../shared/lessons.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";

export type ConsolePart = Extract<Part, { kind: "console" }>;

/** A terminal beside the lesson. It shows one program after the other: those of one block below each other. */
export interface DeskTerminal {
  /** Such as alice, or the number of a block that has no name. */
  key: string;
  title: string;
  /** The terminal's number; it changes with each program. */
  number: number;
  command: string;
  isOver: boolean;
}

/** How far a block has come. */
export interface BlockState {
  /** The numbers of the lines that were done. */
  done: ReadonlySet<number>;
  /** The line that is to be done next, until the terminals show what the page has above it; undefined if none waits. */
  waiting: number | undefined;
  problem: string;
}

/** A program that was started from a page. */
interface Run {
  part: ConsolePart;
  line: number;
  /** The button that started it. */
  by: HTMLElement | undefined;
  /** The end of what it has printed. */
  printed: string;
}

/** Where the keyboard's focus goes: into a terminal in which a program has started, or back to the button when it has ended. */
export interface FocusMove {
  number: number;
  by: HTMLElement | undefined;
  isBack: boolean;
}

/** A terminal has this size until it has been fitted. */
const SIZE = { columns: 80, rows: 16 };

/** So much of what a program has printed is looked at when it has failed, in UTF-16 units. */
const MOST_PRINTED = 4096;

const NEW: BlockState = { done: new Set(), waiting: undefined, problem: "" };

export class Desk {
  readonly page: string;
  readonly #blocks = new Map<number, BlockState>();
  /** What runs, by the number of its terminal. */
  readonly #runs = new Map<number, Run>();
  readonly #watchers = new Set<() => void>();
  #ends: (() => void)[] = [];
  #moves: FocusMove[] = [];
  terminals: readonly DeskTerminal[] = [];
  /** The terminal in which something was done last: it should be on the screen. */
  active = "";
  /** What screen readers are told: what has been started, and where the focus is. */
  said = "";

  /** @param page the lesson's id */
  constructor(page: string) {
    this.page = page;
  }

  /** Is told whenever there is something new to show. @returns what ends that */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Ends all programs. @returns whether one was running */
  leave(): boolean {
    for (const end of this.#ends) end();
    this.#ends = [];
    const isRunning = this.terminals.some(({ isOver }) => !isOver);
    if (this.terminals.length > 0 && server.state === "open") void server.call("lessons/leave", {});
    this.terminals = [];
    this.#runs.clear();
    return isRunning;
  }

  stateOf(block: number): BlockState {
    return this.#blocks.get(block) ?? NEW;
  }

  /** The moves of the focus that are to be made now. Each is told once. */
  takeMoves(): readonly FocusMove[] {
    const moves = this.#moves;
    this.#moves = [];
    return moves;
  }

  /**
   * Does one line of a block, and the commands behind it, each when the one before has ended.
   * @param by the button that was pressed
   */
  async take(part: ConsolePart, line: number, by?: HTMLElement): Promise<void> {
    const { block } = part;
    const { done, waiting } = this.stateOf(block);
    if (waiting !== undefined) return;
    const before = isStart(part, line) ? new Set<number>() : done;
    this.#listen();
    this.#note(block, { done: before, waiting: line, problem: "" });
    try {
      // What a program prints is heard by this. It is large, and loaded when the first command is run.
      await import("../terminal/course-terminal.ts");
      const { goOnBelow, screenOf } = await import("../terminal/screens.ts");
      const { terminal } = await server.call("lessons/step", { page: this.page, block, line, ...SIZE });
      this.active = keyOf(part);
      const said = part.lines[line];
      if (said?.kind === "command") {
        const former = this.terminals.find(({ key }) => key === this.active);
        if (former !== undefined && !isStart(part, line)) goOnBelow(former.number, terminal);
        // Which of them has printed what: as in a shell.
        if (hasSeveralCommands(part)) screenOf(terminal).showCommand(said.text);
        this.#started(terminal, { part, line, by, printed: "" }, said);
      }
      this.#note(block, { done: new Set([...before, line]), waiting: undefined, problem: "" });
    } catch (error) {
      this.#note(block, { done: before, waiting: undefined, problem: problemWords(error) });
    }
  }

  /** Ends what runs in a terminal, and takes it away. */
  close({ number, key, isOver }: DeskTerminal): void {
    this.#runs.delete(number);
    this.terminals = this.terminals.filter((one) => one.key !== key);
    if (!isOver) server.call("terminals/end", { terminal: number }).catch(() => {}); // It may just have ended.
    this.#changed();
  }

  /** Hears of the terminals from the first command on. */
  #listen(): void {
    if (this.#ends.length > 0) return;
    this.#ends = [
      server.on("terminals/output", ({ terminal, text }) => {
        const run = this.#runs.get(terminal);
        if (run !== undefined) run.printed = (run.printed + text).slice(-MOST_PRINTED);
      }),
      server.on("terminals/ended", ({ terminal, code }) => this.#ended(terminal, code)),
      server.watch(() => {
        if (server.state === "gone") this.#forget();
      }),
    ];
  }

  #started(number: number, run: Run, { text }: ConsoleLine): void {
    const { part, by } = run;
    this.#runs.set(number, run);
    this.#moves.push({ number, by, isBack: false });
    const name = part.terminal;
    const key = keyOf(part);
    const shown: DeskTerminal = { key, title: name, number, command: text.slice(2), isOver: false };
    this.said = `${shown.command} runs in ${name === "" ? "a terminal" : `terminal ${name}`}, which has the focus.`;
    const isKnown = this.terminals.some((one) => one.key === key);
    // Programs without a name end by themselves: the terminal of the last one is free.
    const others =
      name === "" ? this.terminals.filter((one) => one.title !== "" || !one.isOver) : this.terminals;
    this.terminals =
      isKnown && name !== ""
        ? others.map((one) => (one.key === key ? shown : one))
        : [...others.filter((one) => one.key !== key), shown];
  }

  #ended(number: number, code: number | null): void {
    this.terminals = this.terminals.map((one) => (one.number === number ? { ...one, isOver: true } : one));
    const run = this.#runs.get(number);
    this.#runs.delete(number);
    if (run === undefined) return this.#changed();
    const { part, line, by } = run;
    this.#moves.push({ number, by, isBack: true });
    this.said = `${part.lines[line]?.text.slice(2) ?? "The program"} has ended.`;
    const problem = hasFailed(code, part) ? problemOf(run.printed) : "";
    if (hasFailed(code, part)) {
      const state = this.stateOf(part.block);
      const done = new Set([...state.done].filter((one) => one !== line));
      this.#blocks.set(part.block, { ...state, done, problem });
    }
    this.#changed();
    const next = nextOf(part, line);
    if (problem === "" && next !== undefined && part.lines[next]?.kind === "command")
      void this.take(part, next, by);
  }

  #forget(): void {
    this.#runs.clear();
    this.#blocks.clear();
    this.terminals = this.terminals.map((one) => ({ ...one, isOver: true }));
    this.#changed();
  }

  #note(block: number, state: BlockState): void {
    this.#blocks.set(block, state);
    this.#changed();
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}

/** Whose programs run. They go on while another place is looked at, or a page that runs nothing. */
let current: Desk | undefined;

/** The desk of a page: as it was left, if its programs are those that run. */
export function deskOf(page: string): Desk {
  return current?.page === page ? current : new Desk(page);
}

/** From now on, this desk's programs run: those of another page end, because they may have the same ports. @returns that page; empty if nothing ran */
export function beginAt(desk: Desk): string {
  const before = current === desk ? undefined : current;
  current = desk;
  return before?.leave() === true ? before.page : "";
}

/** What the desk calls a block's terminal. */
function keyOf({ terminal, block }: ConsolePart): string {
  return terminal === "" ? `block ${block}` : terminal;
}

/** The next line behind this one that is to be done; undefined if there is none. @param line -1 for the first of all */
export function nextOf({ lines }: ConsolePart, line: number): number | undefined {
  const next = lines.findIndex(({ kind }, i) => i > line && kind !== "output");
  return next === -1 ? undefined : next;
}

/** Whether the block begins with this line: then it begins anew. */
function isStart(part: ConsolePart, line: number): boolean {
  return nextOf(part, -1) === line;
}

/** Whether the block has several commands. */
function hasSeveralCommands({ lines }: ConsolePart): boolean {
  return lines.filter(({ kind }) => kind === "command").length > 1;
}

/** From this code on, it was a signal that ended the program, such as that of Ctrl-C. */
const BY_SIGNAL = 128;

/** Whether a program has failed, and not because its lesson shows how it does. */
function hasFailed(code: number | null, { lines }: ConsolePart): boolean {
  const isFailure = code !== null && code > 0 && code < BY_SIGNAL;
  return isFailure && !lines.some(({ kind, text }) => kind === "output" && /error\b/i.test(text));
}

/** What to do about what a program has printed before it failed; empty if we do not know. */
function problemOf(printed: string): string {
  // A narrow terminal has more lines than the program's sentences have.
  const text = printed.replaceAll(/\s+/g, " ");
  const inUse = /(\S+) is in use by another program/.exec(text)?.[1];
  if (inUse === undefined) return "";
  const what = /:[0-9]+$/.test(inUse) ? "has this port" : "works in this folder";
  return `${inUse} is in use: another window of this page, or another program, ${what}. End it there, then run this again.`;
}
