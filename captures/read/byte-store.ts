// Keeps copies of bytes, many small ones in one piece of memory. A view of what they came in would keep all of that
// alive, and memory of its own for each would cost more than the bytes.

/** How much memory is taken at once, in bytes. */
const SLAB = 65_536;

const NOTHING = Buffer.alloc(0);

/** A copy that shares memory with nothing. */
export function ownCopy(bytes: Buffer): Buffer {
  if (bytes.length === 0) return NOTHING;
  // Buffer.from and Buffer.allocUnsafe share memory among small buffers.
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

export class ByteStore {
  #slab = Buffer.alloc(0);
  #used = 0;

  /** The copy stays as long as anything that was kept near it. */
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
