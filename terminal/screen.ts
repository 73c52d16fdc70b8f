// The whole screen of a terminal and its keyboard: taken over while we run, and given back as they were, however we end.

import type { ReadStream, WriteStream } from "node:tty";
import { type Key, readKeys } from "./keys.ts";

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
/** Text is drawn in one go: no half of it is seen in terminals that know this. */
const BEGIN = "\u001b[?2026h";
const END = "\u001b[?2026l";

/** A program that has the whole screen. */
export interface Occupant {
  /** A key was pressed. */
  press(key: Key): void;
  /** The rows have to be drawn anew: the terminal has another size, or was somebody else's. */
  redraw(): void;
}

export class Screen {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #occupant: Occupant;
  #shown: string[] = [];
  #stopKeys: (() => void) | undefined;
  readonly #close = (): void => this.close();
  readonly #redraw = (): void => {
    this.#shown = [];
    this.#occupant.redraw();
  };
  /** Somebody may stop us without asking; what the shell has done to the terminal is undone. */
  readonly #onContinued = (): void => {
    this.close();
    this.open();
  };

  constructor(input: ReadStream, output: WriteStream, occupant: Occupant) {
    this.#input = input;
    this.#output = output;
    this.#occupant = occupant;
  }

  get columns(): number {
    return this.#output.columns || 80;
  }

  get rows(): number {
    return this.#output.rows || 24;
  }

  get #isOpen(): boolean {
    return this.#stopKeys !== undefined;
  }

  /** Takes the terminal, and has everything drawn. */
  open(): void {
    if (this.#isOpen) return;
    this.#output.write(ENTER);
    this.#stopKeys = readKeys(this.#input, (key) => this.#occupant.press(key));
    this.#output.on("resize", this.#redraw);
    process.on("exit", this.#close);
    process.on("SIGCONT", this.#onContinued);
    this.#redraw();
  }

  /** What stood on the terminal before stands there again. */
  close(): void {
    if (!this.#isOpen) return;
    this.#stopKeys?.();
    this.#stopKeys = undefined;
    this.#output.off("resize", this.#redraw);
    process.off("exit", this.#close);
    process.off("SIGCONT", this.#onContinued);
    this.#output.write(LEAVE);
  }

  /** Shows rows from the top; only those that are others than before are written. */
  draw(rows: readonly string[]): void {
    if (!this.#isOpen) return;
    const isFirst = this.#shown.length === 0;
    const pieces: string[] = isFirst ? ["\u001b[2J"] : [];
    for (let row = 0; row < this.rows; row += 1) {
      const text = rows[row] ?? "";
      if (!isFirst && this.#shown[row] === text) continue;
      pieces.push(`\u001b[${row + 1};1H${text}\u001b[0m\u001b[K`);
    }
    this.#shown = Array.from({ length: this.rows }, (_, row) => rows[row] ?? "");
    if (pieces.length > 0) this.#output.write(BEGIN + pieces.join("") + END);
  }

  /** Ctrl-Z: the shell gets the terminal as it was, and at `fg` we take it back. On Windows, nothing. */
  suspend(): void {
    if (process.platform === "win32") return;
    this.close();
    // While nothing else is waited for, Node.js would end us as soon as we go on.
    const keepAlive = setInterval(() => {}, 60_000);
    process.once("SIGCONT", () => {
      clearInterval(keepAlive);
      this.open();
    });
    process.kill(0, "SIGTSTP"); // The whole group, as the shell expects it: npm, which started us, too.
  }
}
