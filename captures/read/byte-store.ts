// Keeps copies of bytes, many small ones in one block of memory. A view would keep the whole chunk in memory, and a
// block for each copy would need more memory than the bytes.

/** The size of a block, in bytes. */
const SLAB = 65_536;

const NOTHING = Buffer.alloc(0);

/** A copy that shares no memory with other buffers. */
export function ownCopy(bytes: Buffer): Buffer {
  if (bytes.length === 0) return NOTHING;
  // Buffer.from and Buffer.allocUnsafe let small buffers share memory.
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

export class ByteStore {
  #slab = Buffer.alloc(0);
  #used = 0;

  /** Returns a copy. Its block stays in memory as long as any copy in the block is used. */
  keep(bytes: Buffer): Buffer {
    const { length } = bytes;
    if (length > SLAB / 4) return ownCopy(bytes);
    if (this.#used + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB);
      this.#used = 0;
    }
    bytes.copy(this.#slab, this.#used);
    this.#used += length;
    return this.#slab.subarray(this.#used - length, this.#used);
  }
}
