// Reads a blob from front to end in large steps, and one step ahead: to a browser each step costs about the same, however
// many bytes it has, and takes a while.

import { type Bytes, concat } from "./bytes.ts";

/** Two steps are in memory at most. */
const STEP_BYTES = 1_048_576;

export class BlobReader {
  readonly #blob: Blob;
  /** The steps that were read last, or are being read, by their numbers. */
  readonly #steps = new Map<number, Promise<Bytes>>();

  constructor(blob: Blob) {
    this.#blob = blob;
  }

  /**
   * @param length in bytes
   * @returns the bytes from an offset; fewer where the blob ends
   * @throws DOMException if the blob cannot be read any more
   */
  async read(offset: number, length: number): Promise<Bytes> {
    const end = Math.min(offset + length, this.#blob.size);
    const pieces: Bytes[] = [];
    for (let at = offset; at < end; ) {
      const step = Math.floor(at / STEP_BYTES);
      const start = step * STEP_BYTES;
      const bytes = await this.#step(step);
      pieces.push(bytes.subarray(at - start, end - start));
      at = start + STEP_BYTES;
    }
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : concat(...pieces);
  }

  #step(step: number): Promise<Bytes> {
    for (const old of this.#steps.keys()) if (old !== step && old !== step + 1) this.#steps.delete(old);
    const bytes = this.#readStep(step);
    if ((step + 1) * STEP_BYTES < this.#blob.size) void this.#readStep(step + 1);
    return bytes;
  }

  #readStep(step: number): Promise<Bytes> {
    const known = this.#steps.get(step);
    if (known !== undefined) return known;
    const start = step * STEP_BYTES;
    const bytes = this.#blob
      .slice(start, start + STEP_BYTES)
      .arrayBuffer()
      .then((buffer) => new Uint8Array(buffer));
    // Who reads this step hears of it; perhaps nobody does.
    bytes.catch(() => undefined);
    this.#steps.set(step, bytes);
    return bytes;
  }
}
