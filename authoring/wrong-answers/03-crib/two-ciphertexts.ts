// caught by: P5.2-crib
// says: must be guessed right
  const [one = Buffer.alloc(KEY_BYTES), other = one] = ciphertexts;
  return xor(one.subarray(0, KEY_BYTES), other);
