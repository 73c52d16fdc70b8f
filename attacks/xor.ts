// XOR: of text, ciphertext and key, any two give the third. Pure.

import { createHash } from "node:crypto";

/** XORs each byte of `data` with a byte of `key`. The key is repeated if it is shorter. */
export function xor(data: Buffer, key: Buffer): Buffer {
  return Buffer.from(data.map((byte, index) => byte ^ (key[index % key.length] ?? 0)));
}

/** The key of stage 03's toy cipher, made from the shared secret (P5.1). */
export function toyKeyOf(secret: Buffer): Buffer {
  return createHash("sha256").update(secret).digest();
}

/**
 * Puts another text into stage 03's line without the key: XORs the difference of both texts into the ciphertext. When
 * the receiver decrypts it, the same bits of the text are flipped.
 * @param line `{"type":"xored","ciphertext":"…"}`
 * @param position where `text` begins in the line of the chat, in bytes
 * @param wanted replaces `text`, and has the same length
 */
export function flipText(line: string, position: number, text: string, wanted: string): string {
  const { type, ciphertext: digits } = JSON.parse(line);
  const ciphertext = Buffer.from(digits, "hex");
  const difference = xor(Buffer.from(text), Buffer.from(wanted));
  for (const [index, byte] of difference.entries()) {
    ciphertext[position + index] = (ciphertext[position + index] ?? 0) ^ byte;
  }
  return JSON.stringify({ type, ciphertext: ciphertext.toString("hex") });
}
