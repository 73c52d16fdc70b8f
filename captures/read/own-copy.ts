// Copies bytes that are to be kept. A view would keep the whole chunk in memory of which it is a part.

const NOTHING = Buffer.alloc(0);

/** A copy that shares no memory with other buffers. */
export function ownCopy(bytes: Buffer): Buffer {
  if (bytes.length === 0) return NOTHING;
  // Buffer.from and Buffer.allocUnsafe let small buffers share memory.
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
