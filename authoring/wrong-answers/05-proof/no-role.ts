// caught by: P9.4-signs
/** The proof that this identity takes part in the handshake with this salt. */
export function makeProof(identity: Identity, role: Role, salt: Buffer): JsonObject {
  const signature = sign(identity, LABELS.initiator, Buffer.concat([salt, identity.der]));
  return { type: "proof", key: encodeBase64(identity.der), signature: encodeBase64(signature) };
}

/** Who has proved to be at the other end; undefined if anything is wrong with the proof. */
export function checkProof(object: JsonObject, sender: Role, salt: Buffer): PublicIdentity | undefined {
  if (object.type !== "proof") return undefined;
  const der = decodeBase64(object.key);
  const signature = decodeBase64(object.signature);
  if (der === undefined || signature === undefined) return undefined;
  const peer = parsePublicKey(der);
  if (peer === undefined) return undefined;
  return isSignedBy(peer, LABELS.initiator, Buffer.concat([salt, der]), signature) ? peer : undefined;
}
