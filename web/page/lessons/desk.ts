// The terminals beside a lesson: which there are, what runs in them, and how far each console block has come.

import type { ConsoleLine, Part } from "../../shared/lessons.ts";
import { server } from "../server.ts";
import { problemWords } from "../words.ts";

export type ConsolePart = Extract<Part, { kind: "console" }>;

/** A terminal beside the lesson. It shows one program after the other. */
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
  problem: string;
}

/** A terminal has this size until it has been fitted. */
const SIZE = { columns: 80, rows: 16 };

const NEW: BlockState = { done: new Set(), problem: "" };

export class Desk {
  readonly #page: string;
  readonly #changed: () => void;
  readonly #blocks = new Map<number, BlockState>();
  /** What goes on when the program in a terminal has ended. */
  readonly #then = new Map<number, () => void>();
  readonly #ends: (() => void)[];
  terminals: readonly DeskTerminal[] = [];
  /** The terminal in which something was done last: it should be on the screen. */
  active = "";

  /** @param page the lesson's id @param changed called whenever there is something new to show */
  constructor(page: string, changed: () => void) {
    this.#page = page;
    this.#changed = changed;
    this.#ends = [
      server.on("terminals/ended", ({ terminal }) => this.#ended(terminal)),
      server.watch(() => {
        if (server.state === "gone") this.#forget();
      }),
    ];
  }

  /** Ends all programs: the next lesson needs the same ports. */
  leave(): void {
    for (const end of this.#ends) end();
    if (this.terminals.length > 0 && server.state === "open") void server.call("lessons/leave", {});
    this.terminals = [];
  }

  stateOf(block: number): BlockState {
    return this.#blocks.get(block) ?? NEW;
  }

  /** Does one line of a block, and the commands behind it, each when the one before has ended. */
  async take(part: ConsolePart, line: number): Promise<void> {
    const { block } = part;
    const { done } = this.stateOf(block);
    const before = isStart(part, line) ? new Set<number>() : done;
    this.#note(block, { done: before, problem: "" });
    try {
      // What a program prints is heard by this. It is large, and loaded when the first command is run.
      await import("../terminal/course-terminal.ts");
      const { terminal } = await server.call("lessons/step", { page: this.#page, block, line, ...SIZE });
      this.#note(block, { done: new Set([...before, line]), problem: "" });
      this.active = keyOf(part);
      const said = part.lines[line];
      if (said?.kind !== "command") return;
      this.#show(part, terminal, said);
      const next = nextOf(part, line);
      if (next !== undefined && part.lines[next]?.kind === "command")
        this.#then.set(terminal, () => void this.take(part, next));
    } catch (error) {
      this.#note(block, { done: before, problem: problemWords(error) });
    }
  }

  /** Ends what runs in a terminal, and takes it away. */
  close({ number, key, isOver }: DeskTerminal): void {
    this.#then.delete(number);
    this.terminals = this.terminals.filter((one) => one.key !== key);
    if (!isOver) server.call("terminals/end", { terminal: number }).catch(() => {}); // It may just have ended.
    this.#changed();
  }

  #show(part: ConsolePart, number: number, { text }: ConsoleLine): void {
    const name = part.terminal;
    const key = keyOf(part);
    const shown: DeskTerminal = { key, title: name, number, command: text.slice(2), isOver: false };
    const isKnown = this.terminals.some((one) => one.key === key);
    // Programs without a name end by themselves: the terminal of the last one is free.
    const others =
      name === "" ? this.terminals.filter((one) => one.title !== "" || !one.isOver) : this.terminals;
    this.terminals =
      isKnown && name !== ""
        ? others.map((one) => (one.key === key ? shown : one))
        : [...others.filter((one) => one.key !== key), shown];
    this.#changed();
  }

  #ended(number: number): void {
    this.terminals = this.terminals.map((one) => (one.number === number ? { ...one, isOver: true } : one));
    this.#changed();
    const then = this.#then.get(number);
    this.#then.delete(number);
    then?.();
  }

  #forget(): void {
    this.#then.clear();
    this.#blocks.clear();
    this.terminals = this.terminals.map((one) => ({ ...one, isOver: true }));
    this.#changed();
  }

  #note(block: number, state: BlockState): void {
    this.#blocks.set(block, state);
    this.#changed();
  }
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
