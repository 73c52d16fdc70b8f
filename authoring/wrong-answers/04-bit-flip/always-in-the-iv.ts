// caught by: P6.3-bit-flip
// says: The place is in a later block
  for (const [index, bits] of difference.entries()) {
    const place = (position + index) % BLOCK_BYTES;
    iv[place] = (iv[place] ?? 0) ^ bits;
  }
