// Frames: a length of 32 bits, big-endian, and that many bytes (P10.6). Pure.

import { type Bytes, concat, readUint32, uint32 } from "./bytes.ts";

/** The longest frame, in bytes, without its length. */
export const MAX_FRAME_BYTES = 262_144;

const LENGTH_BYTES = 4;

/** A length that no frame may have. Nothing more can be read from the stream. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** The frame as it stands on a stream. @throws FrameError if it is too long */
export function encodeFrame(bytes: Uint8Array): Bytes {
  checkLength(bytes.length);
  return concat(uint32(bytes.length), bytes);
}

/** Puts the bytes of one stream together to frames. It never holds more than the longest frame and one chunk. */
export class FrameReader {
  /** What has come of the length, and then of the frame. The buffer grows with what comes, not with what was promised. */
  #buffer: Bytes = new Uint8Array(LENGTH_BYTES);
  #filled = 0;
  /** Undefined until the length is complete. */
  #length: number | undefined;

  /**
   * Takes the next bytes, in whatever pieces they come.
   * @returns the frames that they complete, without their lengths
   * @throws FrameError if a frame is too long, and from then on
   */
  push(chunk: Uint8Array): Bytes[] {
    const frames: Bytes[] = [];
    for (let at = 0; at < chunk.length; ) {
      at += this.#take(chunk.subarray(at));
      const frame = this.#complete();
      if (frame !== undefined) frames.push(frame);
    }
    return frames;
  }

  /** Takes what belongs to the length or the frame that is being read. @returns how many bytes that were */
  #take(bytes: Uint8Array): number {
    const missing = (this.#length ?? LENGTH_BYTES) - this.#filled;
    const taken = bytes.subarray(0, missing);
    const filled = this.#filled + taken.length;
    if (filled > this.#buffer.length) {
      const larger = new Uint8Array(
        Math.min(this.#length ?? LENGTH_BYTES, Math.max(filled, 2 * this.#buffer.length)),
      );
      larger.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = larger;
    }
    this.#buffer.set(taken, this.#filled);
    this.#filled = filled;
    return taken.length;
  }

  /** A frame, if its last byte has come. */
  #complete(): Bytes | undefined {
    if (this.#length === undefined) {
      if (this.#filled < LENGTH_BYTES) return undefined;
      const length = readUint32(this.#buffer);
      checkLength(length);
      this.#length = length;
      this.#filled = 0;
    }
    if (this.#filled < this.#length) return undefined;
    const frame = this.#buffer.slice(0, this.#length);
    this.#buffer = new Uint8Array(LENGTH_BYTES);
    this.#filled = 0;
    this.#length = undefined;
    return frame;
  }
}

function checkLength(length: number): void {
  if (length > MAX_FRAME_BYTES)
    throw new FrameError(`a frame of ${length} bytes is too long: at most ${MAX_FRAME_BYTES} are allowed`);
}
