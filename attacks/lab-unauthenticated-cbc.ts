// A LAB, NOT A STAGE: stage 04's encryption WITHOUT its tag. The receiver cannot notice that somebody changed a line.
// The attacks bit-flip and padding-oracle use this. No option makes a stage encrypt like this. Pure.

import { createCipheriv, createDecipheriv } from "node:crypto";

/** The length of the AES key, in bytes. There is no key for a MAC: that is the mistake. */
export const KEY_BYTES = 32;
/** The length of the initialization vector, in bytes: one block of AES. */
export const IV_BYTES = 16;
export const BLOCK_BYTES = 16;

/** A line of the lab: like stage 04's (P6.2), but without `seq` and `tag`. */
export interface UnauthenticatedLine {
  type: "unauthenticated";
  /** In hexadecimal, like the ciphertext. */
  iv: string;
  ciphertext: string;
}

/** Encrypts like 04-aes-chat/aes-cbc-hmac.ts, but does not make a tag afterwards. */
export function encryptOnly(key: Buffer, iv: Buffer, plaintext: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-cbc", key, iv); // Pads to whole blocks with PKCS#7.
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

/** Decrypts like 04-aes-chat/aes-cbc-hmac.ts, but verifies no tag before. @returns undefined if the padding is wrong */
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

/** The IV and the ciphertext of a line; undefined if it is no line of the lab. */
export function fromLine(line: string): { iv: Buffer; ciphertext: Buffer } | undefined {
  const parts =
    /^\{"type":"unauthenticated","iv":"([0-9a-f]{32})","ciphertext":"((?:[0-9a-f]{32})+)"\}$/.exec(line);
  if (parts === null) return undefined;
  return { iv: Buffer.from(parts[1] ?? "", "hex"), ciphertext: Buffer.from(parts[2] ?? "", "hex") };
}
