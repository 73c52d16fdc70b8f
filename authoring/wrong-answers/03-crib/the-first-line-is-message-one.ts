// caught by: P5.2-crib
// says: if no guess fits, return undefined
  const [first = Buffer.alloc(KEY_BYTES)] = ciphertexts;
  return xor(first.subarray(0, KEY_BYTES), crib(1));
