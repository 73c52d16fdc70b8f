// caught by: P6.3-bit-flip
// says: into the first block it XORs the IV
  for (const [index, bits] of difference.entries()) {
    const place = (position + index) % BLOCK_BYTES;
    iv[place] = (iv[place] ?? 0) ^ bits;
  }
