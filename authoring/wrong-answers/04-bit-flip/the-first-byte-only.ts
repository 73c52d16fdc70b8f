// caught by: P6.3-bit-flip
// says: bob reads
  const [bits = 0] = difference;
  const [target, offset] = position < BLOCK_BYTES ? [iv, position] : [ciphertext, position - BLOCK_BYTES];
  target[offset] = (target[offset] ?? 0) ^ bits;
