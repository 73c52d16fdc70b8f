// caught by: P5.2-crib
// says: no key makes all lines readable
  const last = ciphertexts.at(-1) ?? Buffer.alloc(KEY_BYTES);
  for (let id = 1; id <= LARGEST_ID; id += 1) {
    const key = xor(last.subarray(0, KEY_BYTES), crib(id));
    if (fits(key, ciphertexts)) return key;
  }
  return undefined;
