// XOR, the attacker's favourite tool: what two of the three know (text, ciphertext, key) gives the third. Pure.

import { createHash } from "node:crypto";

/** Each byte of `data` XORed with a byte of `key`, which is repeated as often as need be. */
export function xor(data: Buffer, key: Buffer): Buffer {
  return Buffer.from(data.map((byte, index) => byte ^ (key[index % key.length] ?? 0)));
}

/** The key of stage 03's toy cipher, for whoever has the shared secret (P5.1). */
export function toyKeyOf(secret: Buffer): Buffer {
  return createHash("sha256").update(secret).digest();
}

/**
 * Stage 03's line with another text in it, made without the key: what the old text and the new one differ by is XORed into
 * the ciphertext, and so into what the receiver decrypts.
 * @param line `{"type":"xored","ciphertext":"…"}`
 * @param position where the old text stands in the line of the chat, in bytes
 * @param text what stands there
 * @param wanted what shall stand there; as long as `text`
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
