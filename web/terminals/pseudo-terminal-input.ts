// Types into a pseudo-terminal as fast as its program takes it. The package's own write() waits, and with it our whole
// program, until all is written: if the other program first wants its output to be read, that is for ever.

import { writeSync } from "node:fs";

/** What a program does not read is kept for it up to so many bytes; then key presses are dropped, as a terminal does it. */
const MOST_UNREAD = 1_048_576;

/** When a terminal that is full is tried again, in milliseconds. Meanwhile, output is read. */
const AGAIN = 5;

export class PseudoTerminalInput {
  readonly #descriptor: number;
  #waiting = Buffer.alloc(0);
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param descriptor of the pseudo-terminal, in non-blocking mode */
  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    if (this.#isClosed || this.#waiting.length + bytes.length > MOST_UNREAD) return;
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    if (this.#timer === undefined) this.#go();
  }

  /** The descriptor is closed: the system may give its number to another file. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #go(): void {
    this.#timer = undefined;
    try {
      while (this.#waiting.length > 0)
        this.#waiting = this.#waiting.subarray(writeSync(this.#descriptor, this.#waiting));
    } catch (error) {
      // Any other error: the program has ended, and we are told of that.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return this.close();
      this.#timer = setTimeout(() => this.#go(), AGAIN);
    }
  }
}
