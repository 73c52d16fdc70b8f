// Reads lines off what a program prints in a terminal, as somebody reads them on its screen. Pure.

/** readline draws its prompt anew with this: what stood before it in the line is not on the screen any more. */
const ERASED = "\u001b[0J";

/** The escapes that move the cursor or colour the text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what this pattern is about.
const ESCAPE = /\u001b\[[0-?]*[ -/]*[@-~]/g;

/** So much of a line without an end is kept, in characters. */
const MOST_UNFINISHED = 1_048_576;

export class PrintedLines {
  #unfinished = "";

  /** @returns the lines that are complete now, without escapes */
  take(text: string): string[] {
    const lines = (this.#unfinished + text).split("\n");
    this.#unfinished = (lines.pop() ?? "").slice(-MOST_UNFINISHED);
    return lines.map(plain);
  }
}

function plain(line: string): string {
  const erased = line.lastIndexOf(ERASED);
  const shown = erased === -1 ? line : line.slice(erased + ERASED.length);
  return shown.replace(ESCAPE, "").replaceAll("\r", "");
}
