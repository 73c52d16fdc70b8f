// Encrypts with AES-256 for pictures, in two modes: ECB, which nobody should use, and CBC (NIST SP 800-38A). Pure.

import { createCipheriv, createHash } from "node:crypto";

/** The size of an AES block, in bytes. */
export const BLOCK_BYTES = 16;

/**
 * FOR DEMONSTRATION ONLY: everybody can read this key and IV, so that the pictures are the same every time.
 * A real key is secret, and a real IV is random and new each time.
 */
export const DEMONSTRATION_KEY = createHash("sha256").update("a key for pictures in a lesson").digest();
export const DEMONSTRATION_IV = createHash("sha256")
  .update("an IV for pictures in a lesson")
  .digest()
  .subarray(0, BLOCK_BYTES);

export type Mode = "ecb" | "cbc";

/** Encrypts with the demonstration key and IV, and pads with PKCS#7 to whole blocks (RFC 5652 section 6.3). */
export function encryptForDemonstration(mode: Mode, plaintext: Buffer): Buffer {
  const iv = mode === "cbc" ? DEMONSTRATION_IV : null;
  const cipher = createCipheriv(`aes-256-${mode}`, DEMONSTRATION_KEY, iv);
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

/** Pads with PKCS#7, as the cipher itself does: adds 1 to 16 bytes, each of which is the number of added bytes. */
export function pad(plaintext: Buffer): Buffer {
  const missing = BLOCK_BYTES - (plaintext.length % BLOCK_BYTES);
  return Buffer.concat([plaintext, Buffer.alloc(missing, missing)]);
}

/** Splits padded or encrypted bytes into blocks, in hexadecimal. */
export function blocksOf(bytes: Buffer): string[] {
  return bytes.toString("hex").match(/.{32}/g) ?? [];
}

/** Counts the different blocks. Equal blocks count once. */
export function countDifferent(blocks: readonly string[]): number {
  return new Set(blocks).size;
}
