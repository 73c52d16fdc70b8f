// caught by: P6.3-bit-flip
// says: Choose anew for each byte
  const inIv = position < BLOCK_BYTES;
  const target = inIv ? iv : ciphertext;
  const begin = inIv ? position : position - BLOCK_BYTES;
  for (const [index, bits] of difference.entries()) target[begin + index] = (target[begin + index] ?? 0) ^ bits;
