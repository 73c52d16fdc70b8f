// caught by: P5.2-crib
// says: A guess is right if all lines can be read
  const [first = Buffer.alloc(KEY_BYTES)] = ciphertexts;
  return xor(first.subarray(0, KEY_BYTES), crib(1));
