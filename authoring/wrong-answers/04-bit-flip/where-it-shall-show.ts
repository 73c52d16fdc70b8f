// caught by: P6.3-bit-flip
// says: 16 bytes before the place
  for (const [index, bits] of difference.entries()) {
    const place = position + index;
    ciphertext[place] = (ciphertext[place] ?? 0) ^ bits;
  }
