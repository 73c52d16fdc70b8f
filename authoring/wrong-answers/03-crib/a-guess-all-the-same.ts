// caught by: P5.2-crib
// says: if no guess fits, return undefined
  let key = Buffer.alloc(KEY_BYTES);
  for (const ciphertext of ciphertexts) {
    for (let id = 1; id <= LARGEST_ID; id += 1) {
      key = xor(ciphertext.subarray(0, KEY_BYTES), crib(id));
      if (fits(key, ciphertexts)) return key;
    }
  }
  return key;
