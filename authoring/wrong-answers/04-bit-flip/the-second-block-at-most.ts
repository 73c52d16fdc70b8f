// caught by: P6.3-bit-flip
// says: 16 bytes before the place
  for (const [index, bits] of difference.entries()) {
    const place = position + index;
    const target = place < BLOCK_BYTES ? iv : ciphertext;
    target[place % BLOCK_BYTES] = (target[place % BLOCK_BYTES] ?? 0) ^ bits;
  }
