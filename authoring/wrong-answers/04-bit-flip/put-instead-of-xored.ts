// caught by: P6.3-bit-flip
// says: CBC XORs
  for (const [index, bits] of difference.entries()) {
    const place = position + index;
    const [target, offset] = place < BLOCK_BYTES ? [iv, place] : [ciphertext, place - BLOCK_BYTES];
    target[offset] = bits;
  }
