// Frames: what stands on a connection of stage 05 (P9.1). Pure.
//
//   <10.0.0.1:5000> @ <rocket>      who says that they send it: a claim, for whoever looks at the traffic
//   gAAAAABpKf-k…                   one token, with everything that counts
//   <end>
//
// A token holds neither a line feed nor `<`. So no text, whatever somebody writes in it, can end a frame or begin one.

import { parseAddress } from "./addresses.ts";

/** The longest frame, in bytes: all three lines, with their LFs, and with CRs if there are any. */
export const MAX_FRAME_BYTES = 262_144;

/** So many pieces of a line are kept before they are put together. */
const MAX_PIECES = 128;

const LINE_FEED = 0x0a;
const END = "<end>";
const HEADER = /^<([^<>]+)> @ <([A-Za-z0-9_-]{1,32})>$/;
const TOKEN = /^[A-Za-z0-9_-]+={0,2}$/;

/** What came: a frame, or bytes that are none. After the latter nothing more can be read from the connection. */
export type Frame =
  | { kind: "frame" /** Where its sender says that they listen. */; address: string; token: string }
  | { kind: "bad" };

/**
 * A frame, ready to be sent.
 * @param address where its sender listens, HOST:PORT
 * @throws RangeError if it would be longer than a frame may be
 */
export function encodeFrame(address: string, team: string, token: string): string {
  const frame = `<${address}> @ <${team}>\n${token}\n${END}\n`;
  if (frame.length > MAX_FRAME_BYTES) throw new RangeError(`a frame of ${frame.length} bytes is too long`);
  return frame;
}

/** Puts the bytes of one connection together to frames. It never holds more than the longest frame and one chunk. */
export class FrameReader {
  readonly #team: string;
  readonly #maxBytes: number;
  /** The beginning of a line whose LF has not arrived, in the pieces in which it came. */
  #pieces: Buffer[] = [];
  /** The complete lines of a frame that is not complete. */
  #lines: string[] = [];
  /** How many bytes of this frame have come. */
  #bytes = 0;
  #isBad = false;

  /** @param team the one that frames must name */
  constructor(team: string, maxBytes = MAX_FRAME_BYTES) {
    this.#team = team;
    this.#maxBytes = maxBytes;
  }

  // BEGIN SOLUTION 05-frames
  /** Takes the next bytes, and gives the frames that they complete, in order, one at a time. */
  *push(chunk: Buffer): Generator<Frame, void> {
    let start = 0;
    while (!this.#isBad && start < chunk.length) {
      const lineFeed = chunk.indexOf(LINE_FEED, start);
      const end = lineFeed === -1 ? chunk.length : lineFeed + 1;
      const frame = this.#take(chunk.subarray(start, end), lineFeed !== -1);
      start = end;
      if (frame?.kind === "bad") this.#isBad = true;
      if (frame !== undefined) yield frame;
    }
  }

  /** Takes bytes of one line, up to its LF if that has come. */
  #take(bytes: Buffer, isWhole: boolean): Frame | undefined {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#maxBytes) return { kind: "bad" };
    if (!isWhole) {
      // A copy: a view would keep the whole chunk alive that it came in.
      this.#pieces.push(Buffer.from(bytes));
      // Whoever sends single bytes must not make us keep an object for each.
      if (this.#pieces.length > MAX_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
      return undefined;
    }
    const line = Buffer.concat([...this.#pieces, bytes]);
    this.#pieces = [];
    // Latin-1 makes a character of each byte, so no two lines become the same text.
    const frame = this.#addLine(line.toString("latin1").replace(/\r?\n$/, ""));
    if (frame !== undefined) {
      this.#lines = [];
      this.#bytes = 0;
    }
    return frame;
  }

  /** What a line completes: nothing yet, a frame, or something that is none. */
  #addLine(line: string): Frame | undefined {
    this.#lines.push(line);
    const [header = "", token, end] = this.#lines;
    const [, address, team] = HEADER.exec(header) ?? [];
    if (team !== this.#team || address === undefined || parseAddress(address) === undefined)
      return { kind: "bad" };
    if (token !== undefined && !TOKEN.test(token)) return { kind: "bad" };
    if (token === undefined || end === undefined) return undefined;
    return end === END ? { kind: "frame", address, token } : { kind: "bad" };
  }
  // END SOLUTION 05-frames
}
