// From the shared secret to the keys of one chat: one key for each direction, bound to the handshake (P6.1). Pure.

import { createHash, hkdfSync } from "node:crypto";
import { KEY_BYTES } from "./aes-cbc-hmac.ts";

/** Names what the keys are for, so that the same secret gives other keys elsewhere. */
const INFO = "p2p-chat 04 A256CBC-HS512";

/** The four lines of the handshake exactly as sent, without LF. */
export interface Transcript {
  initiatorHello: string;
  responderHello: string;
  initiatorKey: string;
  responderKey: string;
}

export interface ChatKeys {
  /** For what the initiator sends, 64 bytes. */
  initiator: Buffer;
  /** For what the responder sends. Two keys: with one, a line could be sent back to whom it came from. */
  responder: Buffer;
}

/**
 * HKDF with SHA-256, RFC 5869: extracts what is random in the secret, then expands it.
 * @param length how many bytes to make, at most 8,160
 */
export function hkdf(secret: Buffer, salt: Buffer, info: Buffer, length: number): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, salt, info, length));
}

// BEGIN SOLUTION 04-keys
/** SHA-256 of the four lines, each with its LF: if anybody has changed one on the way, the two sides get different keys. */
export function transcriptHash(transcript: Transcript): Buffer {
  const { initiatorHello, responderHello, initiatorKey, responderKey } = transcript;
  const hash = createHash("sha256");
  for (const line of [initiatorHello, responderHello, initiatorKey, responderKey])
    hash.update(`${line}\n`, "utf8");
  return hash.digest();
}

/**
 * The keys of one chat. Z itself is no key: it is a number below p, not random bytes.
 * @param secret the shared secret Z, as long as the prime
 * @param salt the transcript's hash
 */
export function deriveKeys(secret: Buffer, salt: Buffer): ChatKeys {
  const material = hkdf(secret, salt, Buffer.from(INFO, "ascii"), 2 * KEY_BYTES);
  return { initiator: material.subarray(0, KEY_BYTES), responder: material.subarray(KEY_BYTES) };
}
// END SOLUTION 04-keys
