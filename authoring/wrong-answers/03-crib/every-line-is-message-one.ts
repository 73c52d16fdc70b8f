// caught by: P5.2-crib
// says: A guess is right if all lines can be read
  return ciphertexts.map((ciphertext) => xor(ciphertext.subarray(0, KEY_BYTES), crib(1))).at(-1);
