// caught by: P5.2-crib
// says: 32 bytes of a line must be guessed right
  const [first = Buffer.alloc(KEY_BYTES)] = ciphertexts;
  return xor(first.subarray(0, KEY_BYTES), Buffer.from('{"type":"message","id":1,'));
