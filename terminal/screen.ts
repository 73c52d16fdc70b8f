// Takes over the whole screen of a terminal and its keyboard while we run, and restores both, however we end.

import type { ReadStream, WriteStream } from "node:tty";
import { type Key, readKeys } from "./keys.ts";

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
/** Terminals that know these codes show what is written between them all at once, so that nobody sees half a screen. */
const BEGIN = "\u001b[?2026h";
const END = "\u001b[?2026l";

/** The program that uses the whole screen. */
export interface Occupant {
  /** Called when a key is pressed. */
  press(key: Key): void;
  /** Called when all rows must be drawn again: the terminal was resized, or another program has used it. */
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
  /** We go on after a stop (SIGCONT). The shell has changed the terminal in the meantime, so we take it over again. */
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

  /** Takes over the terminal, and draws everything. */
  open(): void {
    if (this.#isOpen) return;
    this.#output.write(ENTER);
    this.#stopKeys = readKeys(this.#input, (key) => this.#occupant.press(key));
    this.#output.on("resize", this.#redraw);
    process.on("exit", this.#close);
    process.on("SIGCONT", this.#onContinued);
    this.#redraw();
  }

  /** Restores what was on the terminal before. */
  close(): void {
    if (!this.#isOpen) return;
    this.#stopKeys?.();
    this.#stopKeys = undefined;
    this.#output.off("resize", this.#redraw);
    process.off("exit", this.#close);
    process.off("SIGCONT", this.#onContinued);
    this.#output.write(LEAVE);
  }

  /** Shows rows from the top. Only rows that have changed are written. */
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

  /** Ctrl-Z: gives the terminal back to the shell, and takes it over again after `fg`. Does nothing on Windows. */
  suspend(): void {
    if (process.platform === "win32") return;
    this.close();
    // This timer keeps Node.js running: without anything to wait for, it would end after `fg`.
    const keepAlive = setInterval(() => {}, 60_000);
    process.once("SIGCONT", () => {
      clearInterval(keepAlive);
      this.open();
    });
    process.kill(0, "SIGTSTP"); // Stops the whole process group, as a shell does: also npm, which started us.
  }
}
