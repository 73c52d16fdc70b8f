// caught by: P6.1-two-keys
// says: another salt, info or length than the clause has
/** SHA-256 of the four lines, each with its LF: if anybody has changed one on the way, the two sides get different keys. */
export function transcriptHash(transcript: Transcript): Buffer {
  const { initiatorHello, responderHello, initiatorKey, responderKey } = transcript;
  const hash = createHash("sha256");
  for (const line of [initiatorHello, responderHello, initiatorKey, responderKey])
    hash.update(`${line}\n`, "utf8");
  return hash.digest();
}

/** The keys of one chat: hashes are as good as random. */
export function deriveKeys(secret: Buffer, salt: Buffer): ChatKeys {
  const sha512 = (side: string): Buffer => createHash("sha512").update(secret).update(salt).update(side).digest();
  return { initiator: sha512("initiator"), responder: sha512("responder") };
}
