// A line that is typed unseen, out of the bytes that a terminal in raw mode sends. Pure.

import { isUtf8 } from "node:buffer";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BACKSPACE = 0x08;
const DELETE = 0x7f;
const ESCAPE = 0x1b;
const CONTROL_C = 0x03;
const CONTROL_D = 0x04;
const CONTROL_U = 0x15;

export type HiddenState =
  | { kind: "more" }
  /** Enter was pressed. `rest` are the bytes behind it. */
  | { kind: "line"; text: string; rest: Buffer }
  | { kind: "given-up" };

export class HiddenLine {
  readonly #maxBytes: number;
  #typed: number[] = [];
  /** An arrow key, say, sends ESC [ and a letter. "begun" is behind ESC, "inside" behind ESC [. */
  #escape: "none" | "begun" | "inside" = "none";

  /** @param maxBytes what is typed beyond this is dropped */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer): HiddenState {
    for (const [index, byte] of chunk.entries()) {
      if (this.#isInEscape(byte)) continue;
      switch (byte) {
        case LINE_FEED:
        case CARRIAGE_RETURN:
          return { kind: "line", text: this.#text(), rest: Buffer.from(chunk.subarray(index + 1)) };
        case CONTROL_C:
          return { kind: "given-up" };
        case CONTROL_D:
          if (this.#typed.length === 0) return { kind: "given-up" };
          break;
        case CONTROL_U:
          this.#typed = [];
          break;
        case BACKSPACE:
        case DELETE:
          this.#removeCharacter();
          break;
        default:
          if (byte >= 0x20 && this.#typed.length < this.#maxBytes) this.#typed.push(byte);
      }
    }
    return { kind: "more" };
  }

  #isInEscape(byte: number): boolean {
    if (this.#escape === "none") {
      if (byte === ESCAPE) this.#escape = "begun";
      return byte === ESCAPE;
    }
    const wasInside = this.#escape === "inside";
    const isOpening = !wasInside && (byte === 0x5b || byte === 0x4f); // [ or O
    const isLast = wasInside && byte >= 0x40 && byte <= 0x7e;
    this.#escape = isOpening || (wasInside && !isLast) ? "inside" : "none";
    return true;
  }

  /** Removes the last character: the bytes that continue it (10xxxxxx), and its first. */
  #removeCharacter(): void {
    for (let byte = this.#typed.pop(); byte !== undefined && (byte & 0xc0) === 0x80; )
      byte = this.#typed.pop();
  }

  #text(): string {
    const bytes = Buffer.from(this.#typed);
    return isUtf8(bytes) ? bytes.toString("utf8") : "";
  }
}
