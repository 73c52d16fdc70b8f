// Keeps many short texts one behind the other: an object for each would need several times their memory.

const BLOCK_BYTES = 1_048_576;

export class TextStore {
  readonly #blocks: Buffer[] = [];
  #used = BLOCK_BYTES;

  /** @param text of at most BLOCK_BYTES @returns where it stands, for `read`, and how many bytes it has */
  add(text: string): { at: number; length: number } {
    const bytes = Buffer.from(text);
    if (this.#used + bytes.length > BLOCK_BYTES) {
      this.#blocks.push(Buffer.allocUnsafeSlow(BLOCK_BYTES));
      this.#used = 0;
    }
    this.#blocks.at(-1)?.set(bytes, this.#used);
    const at = (this.#blocks.length - 1) * BLOCK_BYTES + this.#used;
    this.#used += bytes.length;
    return { at, length: bytes.length };
  }

  read(at: number, length: number): string {
    const start = at % BLOCK_BYTES;
    const block = this.#blocks[Math.floor(at / BLOCK_BYTES)];
    return block?.toString("utf8", start, start + length) ?? "";
  }
}
