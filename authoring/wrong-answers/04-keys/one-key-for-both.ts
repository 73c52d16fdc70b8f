// caught by: P6.1-two-keys
// says: One key for both directions
/** SHA-256 of the four lines, each with its LF: if anybody has changed one on the way, the two sides get different keys. */
export function transcriptHash(transcript: Transcript): Buffer {
  const { initiatorHello, responderHello, initiatorKey, responderKey } = transcript;
  const hash = createHash("sha256");
  for (const line of [initiatorHello, responderHello, initiatorKey, responderKey])
    hash.update(`${line}\n`, "utf8");
  return hash.digest();
}

/** The keys of one chat. */
export function deriveKeys(secret: Buffer, salt: Buffer): ChatKeys {
  const material = hkdf(secret, salt, Buffer.from(INFO, "ascii"), KEY_BYTES);
  return { initiator: material, responder: material };
}
