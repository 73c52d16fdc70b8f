// What a terminal does with keys before a program gets them: it shows them, lets a line be mended, and turns a few of them
// into signals (termios(3): canonical mode). Where there is no pseudo-terminal, this takes its place. Pure.

import { widthOf } from "../../terminal/widths.ts";

/** What is to be done, in this order. */
export type Step =
  /** Show this on the screen. */
  | { show: string }
  /** Give this to the program. */
  | { send: string }
  /** Ctrl-C was pressed. */
  | { interrupts: true }
  /** Ctrl-D was pressed at the beginning of a line: nothing more will be typed. */
  | { endsInput: true };

/** How many UTF-16 units a line may have before Enter sends it. */
export const MOST_LINE = 65_536;

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const CTRL_U = "\u0015";
const BACKSPACE = "\u0008";
const DELETE = "\u007f";
const BELL = "\u0007";

/** An escape sequence, such as an arrow key sends it: a line has no use for them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this pattern is about.
const ESCAPE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|O[A-Za-z]|.)?/g;

/** Keeps the line that is being typed. */
export class LineDiscipline {
  /** What has been typed of it, code point by code point. */
  #line: string[] = [];
  #length = 0;

  /** Takes key presses, as a terminal sends them. */
  typed(text: string): Step[] {
    // An end of line that is pasted may be CR LF: that is one Enter.
    const keys = text.replace(ESCAPE, "").replaceAll("\r\n", "\r");
    return [...keys].flatMap((key) => this.#key(key));
  }

  #key(key: string): Step[] {
    switch (key) {
      case "\r":
      case "\n":
        return [{ show: "\r\n" }, { send: `${this.#take()}\n` }];
      case BACKSPACE:
      case DELETE:
        return this.#erase(this.#lastCharacter());
      case CTRL_U:
        return this.#erase(this.#line.length);
      case CTRL_C:
        this.#take();
        return [{ show: "^C\r\n" }, { interrupts: true }];
      case CTRL_D:
        // Within a line, it sends what there is, without an end of line.
        return this.#line.length === 0 ? [{ endsInput: true }] : [{ send: this.#take() }];
      default:
        return this.#add(key === "\t" ? " " : key);
    }
  }

  #add(key: string): Step[] {
    if (/^\p{Cc}/u.test(key)) return [];
    if (this.#length + key.length > MOST_LINE) return [{ show: BELL }];
    this.#line.push(key);
    this.#length += key.length;
    return [{ show: key }];
  }

  /** Of how many code points the last character is: accents that stand on a letter go with it. */
  #lastCharacter(): number {
    const start = this.#line.findLastIndex((point) => widthOf(point) > 0);
    return this.#line.length - Math.max(0, start);
  }

  /** Takes code points from the end of the line, and blanks their columns on the screen. */
  #erase(count: number): Step[] {
    const erased = this.#line.splice(Math.max(0, this.#line.length - count)).join("");
    this.#length -= erased.length;
    const columns = widthOf(erased);
    const back = BACKSPACE.repeat(columns);
    return columns === 0 ? [] : [{ show: back + " ".repeat(columns) + back }];
  }

  #take(): string {
    const line = this.#line.join("");
    this.#line = [];
    this.#length = 0;
    return line;
  }
}

/** What a program prints, as a terminal needs it: a line feed alone would leave the cursor in its column. */
export function shownOutput(text: string): string {
  return text.replaceAll("\n", "\r\n");
}
