// Framing: turns the stream of bytes that TCP delivers, in whatever pieces, into lines (P0.1 to P0.5). Pure.

import { isUtf8 } from "node:buffer";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const NOTHING = Buffer.alloc(0);

/** What stands at the place of one line: its text, or the reason why it has none. */
export type Line =
  | { kind: "text"; text: string }
  /** The bytes of the line are not valid UTF-8 (P0.4). */
  | { kind: "bad-encoding" }
  /** The line is longer than the limit (P0.3). The rest of it, up to its LF, is dropped. */
  | { kind: "too-long" };

/**
 * Collects bytes until they make up lines. The longest line allowed has `maxBytes` bytes, the LF included, and no more
 * are held of a line that has not ended yet, however many pieces it comes in.
 */
export class LineReader {
  readonly #maxBytes: number;
  /** The beginning of a line whose LF has not arrived; undefined while the rest of a line that is too long is dropped. */
  #held: Buffer | undefined = NOTHING;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes the next bytes of the stream and gives the lines that they complete, in order, one at a time: whoever has
   * enough to do with some of them can come back for the rest. The next bytes may come when all have been taken.
   */
  *push(chunk: Buffer): Generator<Line, void> {
    // BEGIN SOLUTION 01-framing
    let start = 0;
    for (;;) {
      const lineFeed = chunk.indexOf(LINE_FEED, start);
      if (lineFeed === -1) break;
      const line = this.#complete(chunk.subarray(start, lineFeed));
      if (line !== undefined) yield line;
      start = lineFeed + 1;
    }
    if (this.#hold(chunk.subarray(start)) === "too-long") yield { kind: "too-long" };
    // END SOLUTION 01-framing
  }

  /** The line that ends with `tail`, whose beginning may be held. Undefined: it was reported as too long before. */
  #complete(tail: Buffer): Line | undefined {
    const held = this.#held;
    this.#held = NOTHING;
    if (held === undefined) return undefined;
    const line = held.length === 0 ? tail : Buffer.concat([held, tail]);
    return line.length + 1 > this.#maxBytes ? { kind: "too-long" } : decodeLine(line);
  }

  /** Keeps a copy of bytes whose LF has not arrived yet: a view would keep the whole chunk they came in alive. */
  #hold(bytes: Buffer): "held" | "too-long" {
    if (this.#held === undefined || bytes.length === 0) return "held";
    if (this.#held.length + bytes.length + 1 > this.#maxBytes) {
      this.#held = undefined;
      return "too-long";
    }
    this.#held = Buffer.concat([this.#held, bytes]);
    return "held";
  }
}

/** The text of a line without its LF, and without a CR before that. A byte order mark is a character like any other. */
function decodeLine(bytes: Buffer): Line {
  const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  if (!isUtf8(bytes.subarray(0, end))) return { kind: "bad-encoding" };
  return { kind: "text", text: bytes.toString("utf8", 0, end) };
}

/**
 * The chunks of an input that a person has made, with an LF after the last one if it has none: bytes after the last LF
 * are no message (P0.5), but whoever typed `printf 1+1 | …` meant one. PowerShell's byte order mark is dropped.
 */
export async function* typedBytes(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let last: Buffer | undefined;
  for await (const chunk of input) {
    const isMarked = last === undefined && chunk.indexOf("\uFEFF") === 0;
    last = isMarked ? chunk.subarray(3) : chunk;
    yield last;
  }
  if (last !== undefined && last.at(-1) !== LINE_FEED) yield Buffer.of(LINE_FEED);
}
