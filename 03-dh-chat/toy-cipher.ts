// WEAK ON PURPOSE. The toy cipher: a line XORed with a key that repeats every 32 bytes and starts anew in every line (P5).
// Whoever guesses the beginning of one line has those bytes of the key, and reads them in all other lines;
// whoever flips a bit on the way flips that bit of the text. Lesson 03 does both.
// Pure.

import { createHash } from "node:crypto";

/** The 32-byte key: SHA-256 of the shared secret (P5.1). */
export function toyKey(secret: Buffer): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** XORs data with the repeated key. Doing it twice gives the data back, so it both encrypts and decrypts. */
export function xorWithKey(data: Buffer, key: Buffer): Buffer {
  // BEGIN SOLUTION 03-toy-cipher
  const result = Buffer.alloc(data.length);
  for (let i = 0; i < data.length; i += 1) {
    result[i] = (data[i] ?? 0) ^ (key[i % key.length] ?? 0);
  }
  return result;
  // END SOLUTION 03-toy-cipher
}
