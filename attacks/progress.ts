// Shows how far something is: a text that is found byte by byte, a list that is gone through, a time that is waited for. On a
// terminal it stands in one row with a bar. Elsewhere there is a line for each block of a text, and nothing for the others.

import { setTimeout as pause } from "node:timers/promises";
import { readable } from "../captures/explain/readable.ts";
import { obeysEscapes } from "../terminal/paint.ts";
import { say } from "./report.ts";

const BAR_WIDTH = 20;

/** A pause after each byte, in milliseconds, so that people can see the bytes appear. Used on terminals only. */
const PAUSE = 15;

export class Progress {
  readonly #total: number;
  readonly #terminal = obeysEscapes(process.stdout, process.env);

  /** @param total how many bytes have to be found */
  constructor(total: number) {
    this.#total = total;
  }

  /** @param text what is known so far, with a `_` for each unknown byte */
  async showByte(known: number, text: string, questions: number): Promise<void> {
    if (!this.#terminal) return;
    const filled = Math.floor((BAR_WIDTH * known) / this.#total);
    const bar = `[${"#".repeat(filled).padEnd(BAR_WIDTH, ".")}] ${questions} questions: `;
    const room = Math.max(20, (process.stdout.columns ?? 80) - bar.length - 4);
    process.stdout.write(`\r\u001b[K   ${bar}${[...text].slice(-room).join("")}`);
    if (known === this.#total) say();
    await pause(PAUSE);
  }

  showBlock(number: number, text: string, questions: number): void {
    if (!this.#terminal) say(`   block ${number}: "${text}" (${questions} questions so far)`);
  }
}

/** Bytes as ASCII text. A dot stands for every other byte, so that each byte has one character. */
export function byteByByte(bytes: Buffer): string {
  return readable(bytes.map((byte) => (byte < 0x20 || byte > 0x7e ? 0x2e : byte)) as Buffer);
}

/** How often a waiting bar moves, in milliseconds. */
const BEAT = 100;

/** Waits until a moment. On a terminal a bar shows how long it still takes. */
export class Countdown {
  readonly #until: number;
  readonly #from = Date.now();

  /** @param until the moment, in milliseconds since 1970 */
  constructor(until: number) {
    this.#until = until;
  }

  async end(): Promise<void> {
    const bar = new Bar();
    for (;;) {
      const left = this.#until - Date.now();
      const all = Math.max(1, this.#until - this.#from);
      bar.show((all - Math.max(0, left)) / all, `${Math.max(0, Math.ceil(left / 1000))} s`);
      if (left <= 0) return bar.end();
      await pause(Math.min(BEAT, left));
    }
  }
}

/** A bar in one row of a terminal; nothing elsewhere. */
export class Bar {
  readonly #terminal = obeysEscapes(process.stdout, process.env);

  /** @param part how much of it is done, 0 to 1 @param text what stands behind the bar */
  show(part: number, text: string): void {
    if (!this.#terminal) return;
    const bar = "#".repeat(Math.floor(BAR_WIDTH * part)).padEnd(BAR_WIDTH, ".");
    const room = Math.max(10, (process.stdout.columns ?? 80) - BAR_WIDTH - 7);
    process.stdout.write(`\r\u001b[K   [${bar}] ${text.slice(0, room)}`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#terminal) process.stdout.write("\r\u001b[K");
  }
}

/** Shows how many of a number of guesses were tried: on a terminal as a bar. */
export class GuessProgress {
  readonly #total: number;
  readonly #terminal = obeysEscapes(process.stdout, process.env);
  #count = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /** How many were tried. */
  get count(): number {
    return this.#count;
  }

  tried(): void {
    this.#count += 1;
    if (!this.#terminal) return;
    const filled = Math.min(BAR_WIDTH, Math.floor((BAR_WIDTH * this.#count) / this.#total));
    const bar = `[${"#".repeat(filled).padEnd(BAR_WIDTH, ".")}]`;
    process.stdout.write(`\r\u001b[K   ${bar} ${this.#count} of ${this.#total} words`);
  }

  end(): void {
    if (this.#terminal) say();
    else say(`   ${this.#count} of ${this.#total} words tried`);
  }
}
