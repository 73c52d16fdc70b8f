// Fernet tokens (P8.4): encrypted, authenticated, and with the time at which they were made. Pure.
// The specification: https://github.com/fernet/spec/blob/master/Spec.md
//
//   0x80 | time, 8 bytes | IV, 16 bytes | AES-128-CBC of the plaintext, PKCS#7 | HMAC-SHA256 of all before it, 32 bytes

import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { fromTokenText, toTokenText } from "./base64.ts";

/** A Fernet key has 32 bytes: 16 for the MAC, then 16 for AES. */
export const FERNET_KEY_BYTES = 32;

const VERSION = 0x80;
const IV_BYTES = 16;
const BLOCK_BYTES = 16;
const MAC_BYTES = 32;
/** Where the IV, and then the ciphertext begins. */
const IV_START = 9;
const CIPHERTEXT_START = IV_START + IV_BYTES;

/** What was in a token: its time, in seconds since 1970, and its plaintext. */
export interface OpenedToken {
  seconds: number;
  plaintext: Buffer;
}

/**
 * The token for a plaintext, as padded base64url.
 * @param seconds since 1970
 * @param iv 16 bytes, fresh for every token
 */
export function encryptToken(
  key: Buffer,
  plaintext: Buffer,
  seconds: number | bigint,
  iv: Buffer = randomBytes(IV_BYTES),
): string {
  const head = Buffer.alloc(IV_START);
  head.writeUInt8(VERSION);
  head.writeBigUInt64BE(BigInt(seconds), 1);
  const cipher = createCipheriv("aes-128-cbc", aesKey(key), iv);
  const signed = Buffer.concat([head, iv, cipher.update(plaintext), cipher.final()]);
  return toTokenText(Buffer.concat([signed, mac(key, signed)]));
}

// BEGIN SOLUTION 05-token
/**
 * What is in a token. The MAC is checked first, in constant time: nothing else of a token that somebody else made, or
 * has changed, is looked at. The time is given back and not judged.
 * @returns undefined if it is no token under this key, whatever is wrong with it
 */
export function decryptToken(key: Buffer, token: string): OpenedToken | undefined {
  const bytes = fromTokenText(token);
  if (bytes === undefined || bytes.length < CIPHERTEXT_START + BLOCK_BYTES + MAC_BYTES) return undefined;
  const signed = bytes.subarray(0, -MAC_BYTES);
  if (!timingSafeEqual(bytes.subarray(-MAC_BYTES), mac(key, signed))) return undefined;
  if (signed.readUInt8() !== VERSION) return undefined;
  const decipher = createDecipheriv("aes-128-cbc", aesKey(key), signed.subarray(IV_START, CIPHERTEXT_START));
  try {
    const plaintext = Buffer.concat([decipher.update(signed.subarray(CIPHERTEXT_START)), decipher.final()]);
    return { seconds: Number(signed.readBigUInt64BE(1)), plaintext };
  } catch {
    return undefined; // No whole blocks, or wrong padding, under a right MAC: whoever has the key made it wrong.
  }
}
// END SOLUTION 05-token

function mac(key: Buffer, bytes: Buffer): Buffer {
  return createHmac("sha256", key.subarray(0, FERNET_KEY_BYTES / 2))
    .update(bytes)
    .digest();
}

function aesKey(key: Buffer): Buffer {
  return key.subarray(FERNET_KEY_BYTES / 2);
}
