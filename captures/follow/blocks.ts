// Memory for bytes that come bit by bit. It grows block by block, so that what is in it never has to be copied again. Pure.

/** The sizes of blocks, in bytes. Each is twice as large as the one before: most streams are small, some are large. */
const SMALLEST = 128;
const LARGEST = 262_144;

export class Blocks {
  /** The blocks before the one that is being filled, cut to the bytes that they hold. */
  readonly #full: Buffer[] = [];
  #block = Buffer.alloc(0);
  #used = 0;

  /** Adds a copy of bytes. They stand in one block, one behind the other. */
  append(bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#block.length) this.#begin(bytes.length);
    this.#block.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Views of all bytes, block by block. */
  get all(): readonly Buffer[] {
    return [...this.#full, this.#block.subarray(0, this.#used)];
  }

  /** @param room how many bytes must have room in the new block */
  #begin(room: number): void {
    if (this.#used > 0) this.#full.push(this.#block.subarray(0, this.#used));
    const size = Math.min(LARGEST, Math.max(SMALLEST, 2 * this.#block.length));
    this.#block = Buffer.allocUnsafeSlow(Math.max(size, room)); // Shares no memory with other buffers.
    this.#used = 0;
  }
}
