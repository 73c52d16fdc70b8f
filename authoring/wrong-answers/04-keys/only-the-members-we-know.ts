// caught by: P6.1-transcript P6.1-lines-as-sent
// says: parsed and written anew
/** SHA-256 of what the four lines say. */
export function transcriptHash(transcript: Transcript): Buffer {
  const { initiatorHello, responderHello, initiatorKey, responderKey } = transcript;
  const hash = createHash("sha256");
  for (const line of [initiatorHello, responderHello]) {
    const { type, stage, from, to } = JSON.parse(line);
    hash.update(`${JSON.stringify({ type, stage, from, to })}\n`, "utf8");
  }
  for (const line of [initiatorKey, responderKey]) {
    const { type, group, publicKey } = JSON.parse(line);
    hash.update(`${JSON.stringify({ type, group, publicKey })}\n`, "utf8");
  }
  return hash.digest();
}

/** The keys of one chat. */
export function deriveKeys(secret: Buffer, salt: Buffer): ChatKeys {
  const material = hkdf(secret, salt, Buffer.from(INFO, "ascii"), 2 * KEY_BYTES);
  return { initiator: material.subarray(0, KEY_BYTES), responder: material.subarray(KEY_BYTES) };
}
