// AES-256 in two modes of operation, to be looked at: ECB, which nobody should use, and CBC (NIST SP 800-38A). Pure.

import { createCipheriv, createHash } from "node:crypto";

/** A block of AES, in bytes. */
export const BLOCK_BYTES = 16;

/**
 * FOR DEMONSTRATION ONLY: key and IV stand here for everybody to read, so that the pictures come out the same every time.
 * A real key is secret, and a real IV is drawn anew each time.
 */
export const DEMONSTRATION_KEY = createHash("sha256").update("a key for pictures in a lesson").digest();
export const DEMONSTRATION_IV = createHash("sha256")
  .update("an IV for pictures in a lesson")
  .digest()
  .subarray(0, BLOCK_BYTES);

export type Mode = "ecb" | "cbc";

/** Encrypts with the demonstration's key and IV; pads with PKCS#7 to whole blocks (RFC 5652 section 6.3). */
export function encryptForDemonstration(mode: Mode, plaintext: Buffer): Buffer {
  const iv = mode === "cbc" ? DEMONSTRATION_IV : null;
  const cipher = createCipheriv(`aes-256-${mode}`, DEMONSTRATION_KEY, iv);
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

/** Pads with PKCS#7, as the cipher does inside: 1 to 16 bytes, each of which says how many they are. */
export function pad(plaintext: Buffer): Buffer {
  const missing = BLOCK_BYTES - (plaintext.length % BLOCK_BYTES);
  return Buffer.concat([plaintext, Buffer.alloc(missing, missing)]);
}

/** The blocks of padded or encrypted bytes, in hexadecimal. */
export function blocksOf(bytes: Buffer): string[] {
  return bytes.toString("hex").match(/.{32}/g) ?? [];
}

/** How many of the blocks are different from all others before them. */
export function countDifferent(blocks: readonly string[]): number {
  return new Set(blocks).size;
}
