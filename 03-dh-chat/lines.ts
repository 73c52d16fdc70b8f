// Framing: turns the stream of bytes that TCP delivers into lines (P0.1 to P0.5).
// Pure: no sockets, no clocks. Feed it what arrives, in whatever pieces it arrives.

import { isUtf8 } from "node:buffer";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** What stands at the place of one line: its text, or the reason why it has none. */
export type Line =
  | { kind: "text"; text: string }
  /** The bytes of the line are not valid UTF-8 (P0.4). */
  | { kind: "bad-encoding" }
  /** The line is longer than the limit (P0.3). The rest of it, up to its LF, is dropped. */
  | { kind: "too-long" };

/**
 * Collects bytes until they make up lines.
 *
 * A line ends with LF; a CR directly before the LF is dropped. `maxBytes` is the size of the longest
 * line allowed, the LF included. No more than `maxBytes` bytes are held for a line that has not ended yet,
 * however many pieces it comes in.
 */
export class LineReader {
  readonly #maxBytes: number;
  /** The beginning of a line whose LF has not arrived: the first #heldLength bytes of #held. */
  #held = Buffer.alloc(0);
  #heldLength = 0;
  /** True while the rest of a line that is too long is being dropped. */
  #dropping = false;

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
    if (this.#dropping) {
      this.#dropping = false;
      return undefined;
    }
    if (this.#heldLength + tail.length + 1 > this.#maxBytes) {
      this.#release();
      return { kind: "too-long" };
    }
    if (this.#heldLength === 0) return decodeLine(tail);
    this.#hold(tail);
    const line = decodeLine(this.#held.subarray(0, this.#heldLength));
    this.#release();
    return line;
  }

  /** Keeps a copy of bytes whose LF has not arrived yet: a view would keep the whole chunk they came in alive. */
  #hold(bytes: Buffer): "held" | "too-long" {
    if (this.#dropping || bytes.length === 0) return "held";
    const length = this.#heldLength + bytes.length;
    if (length + 1 > this.#maxBytes) {
      this.#release();
      this.#dropping = true;
      return "too-long";
    }
    if (length > this.#held.length) {
      // Doubling keeps a line that arrives byte by byte from being copied once for each byte.
      const larger = Buffer.alloc(Math.min(this.#maxBytes, Math.max(length, 2 * this.#held.length)));
      this.#held.copy(larger, 0, 0, this.#heldLength);
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#heldLength);
    this.#heldLength = length;
    return "held";
  }

  #release(): void {
    this.#held = Buffer.alloc(0);
    this.#heldLength = 0;
  }
}

/** Decodes the bytes of a line that stand before its LF. A byte order mark is a character like any other. */
function decodeLine(bytes: Buffer): Line {
  const end =
    bytes.length > 0 && bytes[bytes.length - 1] === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  if (!isUtf8(bytes.subarray(0, end))) return { kind: "bad-encoding" };
  return { kind: "text", text: bytes.toString("utf8", 0, end) };
}
