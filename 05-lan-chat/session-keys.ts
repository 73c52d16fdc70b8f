// From the shared secret to the keys of one session: one for each direction, bound to both hellos (P9.3). Pure.

import { createHash, hkdfSync } from "node:crypto";
import { FERNET_KEY_BYTES } from "./fernet.ts";

/** Names what the keys are for, so that the same secret gives other keys elsewhere. */
const INFO = "p2p-mesh 05 fernet";

export interface SessionKeys {
  /** A Fernet key, for what the initiator sends. */
  initiator: Buffer;
  /** For what the responder sends. Two keys: with one, a token could be sent back to whom it came from. */
  responder: Buffer;
}

/** SHA-256 of both hello tokens as they were sent, each with an LF: 32 bytes. The proofs sign it, too. */
export function handshakeSalt(initiatorHello: string, responderHello: string): Buffer {
  return createHash("sha256").update(`${initiatorHello}\n${responderHello}\n`, "ascii").digest();
}

/**
 * HKDF with SHA-256 (RFC 5869).
 * @param secret the shared secret Z, as long as the prime
 */
export function deriveSessionKeys(secret: Buffer, salt: Buffer): SessionKeys {
  const material = Buffer.from(hkdfSync("sha256", secret, salt, INFO, 2 * FERNET_KEY_BYTES));
  return {
    initiator: material.subarray(0, FERNET_KEY_BYTES),
    responder: material.subarray(FERNET_KEY_BYTES),
  };
}
