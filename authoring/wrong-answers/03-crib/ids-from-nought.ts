// caught by: P5.2-crib
// says: with its id
  const [first = Buffer.alloc(KEY_BYTES)] = ciphertexts;
  const key = xor(first.subarray(0, KEY_BYTES), crib(0));
  return fits(key, ciphertexts) ? key : undefined;
