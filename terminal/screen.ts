// The whole screen of a terminal: taken over while we run, and given back as it was, however we end.

import type { WriteStream } from "node:tty";

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
/** Text is drawn in one go: no half of it is seen in terminals that know this. */
const BEGIN = "\u001b[?2026h";
const END = "\u001b[?2026l";

export class Screen {
  readonly #output: WriteStream;
  #shown: string[] = [];
  #isOpen = false;
  readonly #close = (): void => this.close();

  constructor(output: WriteStream) {
    this.#output = output;
  }

  get columns(): number {
    return this.#output.columns || 80;
  }

  get rows(): number {
    return this.#output.rows || 24;
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#output.write(ENTER);
    this.#shown = [];
    process.on("exit", this.#close);
  }

  /** What stood on the terminal before stands there again. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off("exit", this.#close);
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

  /** The terminal has another size, or somebody else has written to it: everything is drawn again. */
  forget(): void {
    this.#shown = [];
  }
}
