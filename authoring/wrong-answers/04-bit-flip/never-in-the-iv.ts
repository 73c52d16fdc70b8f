// caught by: P6.3-bit-flip
// says: the change belongs into the IV
  for (const [index, bits] of difference.entries()) {
    const place = Math.max(0, position + index - BLOCK_BYTES);
    ciphertext[place] = (ciphertext[place] ?? 0) ^ bits;
  }
