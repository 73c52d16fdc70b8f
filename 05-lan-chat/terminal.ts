// The user's end: lines in, events out. In a real terminal the prompt survives what arrives while the user types;
// from a pipe, input is read line by line and output is one event a line (P7).

import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { LineReader, typedBytes } from "./lines.ts";
import { printable } from "./printable.ts";
import { type Prompt, removePrompt, tendPrompt } from "./prompting.ts";

/** The longest line read from a pipe, in bytes. */
const MAX_INPUT_LINE_BYTES = 262_144;

export interface Terminal {
  /** Whether a person sits at it, who can be asked again. */
  readonly interactive: boolean;
  /** The next line the user enters, or undefined at the end of the input. */
  nextLine(): Promise<string | undefined>;
  /** Asks the user for one line. */
  ask(question: string): Promise<string | undefined>;
  /** Shows one event. Nothing that could steer the terminal gets through, whoever it is from (P3.4). */
  show(event: string): void;
  /** Shows a message of the user's own that was sent. */
  showOwn(text: string): void;
  /** Names the chat that the next message will go to. */
  setCurrentChat(name: string | undefined): void;
  /** No more lines come, none are shown. */
  close(): void;
}

/** The terminal for these two streams: one with a prompt only if both of its ends are real, and know the codes for it. */
export function openTerminal(
  input: Readable & { isTTY?: boolean },
  output: Writable & { isTTY?: boolean },
  complete: (line: string) => string[],
): Terminal {
  const isReal = input.isTTY === true && output.isTTY === true;
  return isReal && process.env.TERM !== "dumb"
    ? new RealTerminal(input, output, complete)
    : new PipeTerminal(input, output, isReal);
}

// BEGIN SOLUTION 02-terminal
/** An event as it goes to the terminal: a line, in which nothing can steer it, whoever the words are from (P3.4). */
function eventLine(event: string): string {
  return `${printable(event)}\n`;
}
// END SOLUTION 02-terminal

class PipeTerminal implements Terminal {
  readonly interactive: boolean;
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #lines: AsyncGenerator<string, undefined>;

  constructor(input: Readable, output: Writable, interactive: boolean) {
    this.interactive = interactive;
    this.#input = input;
    this.#output = output;
    this.#lines = this.#readLines();
  }

  async nextLine(): Promise<string | undefined> {
    return (await this.#lines.next()).value;
  }

  ask(question: string): Promise<string | undefined> {
    if (this.interactive) this.#output.write(question);
    return this.nextLine();
  }

  /**
   * Events that come together are written together: whoever reads them is not woken for each. They are written before
   * anything goes to a socket in this turn of the event loop: shown first, acknowledged then (P3.3).
   */
  show(event: string): void {
    if (this.#output.writableCorked === 0) {
      this.#output.cork();
      process.nextTick(() => this.#output.uncork());
    }
    this.#output.write(eventLine(event));
  }

  showOwn(text: string): void {
    this.show(`you> ${text}`);
  }

  setCurrentChat(): void {}

  close(): void {
    this.#input.destroy();
  }

  async *#readLines(): AsyncGenerator<string, undefined> {
    const reader = new LineReader(MAX_INPUT_LINE_BYTES);
    try {
      for await (const chunk of typedBytes(this.#input)) {
        for (const line of reader.push(chunk)) {
          if (line.kind === "text") yield line.text;
          else
            this.show(`error: a line of the input is ${line.kind === "too-long" ? "too long" : "not UTF-8"}`);
        }
      }
    } catch {
      // The input was closed, by close() or by whoever wrote it: no more lines come.
    }
  }
}

class RealTerminal implements Terminal {
  readonly interactive = true;
  readonly #output: Writable;
  readonly #readline: Prompt;
  readonly #lines: NodeJS.AsyncIterator<string>;
  #closed = false;

  constructor(input: Readable, output: Writable, complete: (line: string) => string[]) {
    this.#output = output;
    this.#readline = createInterface({
      input,
      output,
      terminal: true,
      historySize: 500,
      removeHistoryDuplicates: true,
      completer: (line: string) => [complete(line), line],
    });
    this.#lines = this.#readline[Symbol.asyncIterator]();
    // In a real terminal readline reads Ctrl-C as a key. It means the same as the signal.
    this.#readline.on("SIGINT", () => process.emit("SIGINT"));
    tendPrompt(this.#readline);
    this.#readline.on("line", () => this.#readline.prompt());
    // By close(), or by Ctrl-D. Another prompt would open it again.
    this.#readline.on("close", () => {
      removePrompt(this.#readline);
      this.#closed = true;
    });
    this.setCurrentChat(undefined);
  }

  async nextLine(): Promise<string | undefined> {
    if (!this.#closed) this.#readline.prompt(true);
    const next = await this.#lines.next();
    return next.done ? undefined : next.value;
  }

  async ask(question: string): Promise<string | undefined> {
    const prompt = this.#readline.getPrompt();
    this.#readline.setPrompt(question);
    const answer = await this.nextLine();
    this.#readline.setPrompt(prompt);
    return answer;
  }

  show(event: string): void {
    if (this.#closed) return void this.#output.write(eventLine(event));
    // The event takes the place of the prompt and of what the user is typing. readline draws both again below it.
    removePrompt(this.#readline);
    this.#output.write(eventLine(event));
    this.#readline.prompt(true);
  }

  /** The line that the user has entered stands there already, behind the prompt `you> `. */
  showOwn(): void {}

  setCurrentChat(name: string | undefined): void {
    this.#readline.setPrompt(name === undefined ? "you> " : `[${printable(name)}] you> `);
    if (!this.#closed) this.#readline.prompt(true);
  }

  close(): void {
    if (!this.#closed) this.#readline.close();
  }
}
