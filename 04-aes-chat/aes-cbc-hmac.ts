// A256CBC-HS512, authenticated encryption from two older parts: AES-256-CBC, then HMAC-SHA-512 over the result
// (RFC 7518 section 5.2.5, and section 5.2.2 for the steps). Encrypt-then-MAC: a change on the way is found out
// before a single byte is decrypted. Pure: the IV is given by the caller.

import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";

/** The key, in bytes: the first half for the MAC, the second for AES. */
export const KEY_BYTES = 64;
/** The initialization vector, in bytes: one block of AES. */
export const IV_BYTES = 16;
/** The tag, in bytes: the first half of the HMAC. */
export const TAG_BYTES = 32;

export interface Sealed {
  ciphertext: Buffer;
  tag: Buffer;
}

/**
 * Encrypts and authenticates.
 * @param key 64 bytes
 * @param iv 16 random bytes, fresh for every call: with an IV used twice, equal beginnings show
 * @param additionalData authenticated with the ciphertext, but not sent with it: both sides must know it
 */
export function encrypt(key: Buffer, iv: Buffer, plaintext: Buffer, additionalData: Buffer): Sealed {
  const { macKey, encryptionKey } = split(key);
  const cipher = createCipheriv("aes-256-cbc", encryptionKey, iv); // Pads to whole blocks with PKCS#7.
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return { ciphertext, tag: computeTag(macKey, iv, ciphertext, additionalData) };
}

function split(key: Buffer): { macKey: Buffer; encryptionKey: Buffer } {
  return { macKey: key.subarray(0, KEY_BYTES / 2), encryptionKey: key.subarray(KEY_BYTES / 2, KEY_BYTES) };
}

// BEGIN SOLUTION 04-encrypt-then-mac
/**
 * Checks the tag and only then decrypts.
 * @returns undefined if anything is wrong. Why, is not told: an answer that tells wrong padding from a wrong tag
 *   would let an attacker read the text by asking often enough (the padding oracle).
 */
export function decrypt(key: Buffer, iv: Buffer, sealed: Sealed, additionalData: Buffer): Buffer | undefined {
  const { macKey, encryptionKey } = split(key);
  const expected = computeTag(macKey, iv, sealed.ciphertext, additionalData);
  // timingSafeEqual takes the same time wherever the first difference is; its arguments must be of one length.
  if (sealed.tag.length !== TAG_BYTES || !timingSafeEqual(sealed.tag, expected)) return undefined;
  try {
    const decipher = createDecipheriv("aes-256-cbc", encryptionKey, iv);
    return Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]);
  } catch {
    return undefined; // A right tag on a wrong padding: only somebody with the key could have made that.
  }
}

/** HMAC-SHA-512 over additional data, IV, ciphertext and the length of the additional data in bits; the first half of it. */
function computeTag(macKey: Buffer, iv: Buffer, ciphertext: Buffer, additionalData: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(additionalData.length) * 8n);
  const mac = createHmac("sha512", macKey);
  mac.update(additionalData).update(iv).update(ciphertext).update(length);
  return mac.digest().subarray(0, TAG_BYTES);
}
// END SOLUTION 04-encrypt-then-mac
