// A LAB, NOT A STAGE: stage 04's encryption WITHOUT its tag. Nothing tells the receiver whether a line was changed on its
// way. This is what bit-flip and padding-oracle break; no option makes a stage work like this. Pure.

import { createCipheriv, createDecipheriv } from "node:crypto";

/** The key of AES, in bytes. There is no key for a MAC; that is the mistake. */
export const KEY_BYTES = 32;
/** The initialization vector, in bytes: one block of AES. */
export const IV_BYTES = 16;
export const BLOCK_BYTES = 16;

/** A line of the lab: stage 04's (P6.2), without `seq` and without `tag`. */
export interface UnauthenticatedLine {
  type: "unauthenticated";
  /** Hexadecimal, as the ciphertext. */
  iv: string;
  ciphertext: string;
}

/** The encryption in 04-aes-chat/aes-cbc-hmac.ts, and nothing after it. */
export function encryptOnly(key: Buffer, iv: Buffer, plaintext: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-cbc", key, iv); // Pads to whole blocks with PKCS#7.
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

/** The decryption in 04-aes-chat/aes-cbc-hmac.ts, and nothing before it. @returns undefined if the padding is wrong */
export function decryptOnly(key: Buffer, iv: Buffer, ciphertext: Buffer): Buffer | undefined {
  const decipher = createDecipheriv("aes-256-cbc", key, iv);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    return undefined;
  }
}

export function toLine(iv: Buffer, ciphertext: Buffer): string {
  const line: UnauthenticatedLine = {
    type: "unauthenticated",
    iv: iv.toString("hex"),
    ciphertext: ciphertext.toString("hex"),
  };
  return JSON.stringify(line);
}

/** IV and ciphertext of a line; undefined if it is none. */
export function fromLine(line: string): { iv: Buffer; ciphertext: Buffer } | undefined {
  const parts =
    /^\{"type":"unauthenticated","iv":"([0-9a-f]{32})","ciphertext":"((?:[0-9a-f]{32})+)"\}$/.exec(line);
  if (parts === null) return undefined;
  return { iv: Buffer.from(parts[1] ?? "", "hex"), ciphertext: Buffer.from(parts[2] ?? "", "hex") };
}
