// caught by: P10.6-key-directions
// says: Both roles have the same key
/** What X25519 gave and the card's secret together, and both hellos in the salt: who changes one gets other keys. */
export async function keySource(material: KeyMaterial): Promise<KeySource> {
  const { agreed, cardSecret, initiatorHello, responderHello } = material;
  const salt = await sha256(encodeFrame(initiatorHello), encodeFrame(responderHello));
  return { secret: await hkdfSecret(concat(agreed, cardSecret)), salt };
}

/**
 * The key of all that one role sends on one path, 32 bytes.
 * @param attempt 0 for the stream itself; 1, 2, … for a direct path (P10.10)
 */
export function keyOf({ secret, salt }: KeySource, _role: Role, attempt: number): Promise<Bytes> {
  const path = attempt === 0 ? "" : ` direct ${attempt}`;
  return hkdf(secret, salt, toUtf8(`p2p-chat 06${path}`));
}
