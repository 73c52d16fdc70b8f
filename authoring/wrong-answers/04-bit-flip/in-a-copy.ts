// caught by: P6.3-bit-flip
// says: the change belongs into the IV
  const [changedIv, changed] = [Buffer.from(iv), Buffer.from(ciphertext)];
  for (const [index, bits] of difference.entries()) {
    const place = position + index;
    const [target, offset] = place < BLOCK_BYTES ? [changedIv, place] : [changed, place - BLOCK_BYTES];
    target[offset] = (target[offset] ?? 0) ^ bits;
  }
