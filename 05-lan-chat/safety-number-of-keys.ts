// The safety number of two identities: what two users compare once, over another way, to know that nobody stands between
// them (P9.5, P4.6). It stays the same as long as both keys do. Pure.

import { createHash } from "node:crypto";

const GROUPS = 6;
const BYTES_PER_GROUP = 5;

/**
 * Six groups of five digits; equal on both sides.
 * @param one a public key, as SubjectPublicKeyInfo in DER
 * @param other the other public key, likewise
 */
export function safetyNumberOfKeys(one: Buffer, other: Buffer): string {
  const [smaller, larger] = Buffer.compare(one, other) <= 0 ? [one, other] : [other, one];
  const digest = createHash("sha256")
    .update("p2p-mesh safety number", "ascii")
    .update(smaller)
    .update(larger)
    .digest();
  const groups = Array.from({ length: GROUPS }, (_, i) => {
    const value = digest.readUIntBE(i * BYTES_PER_GROUP, BYTES_PER_GROUP); // 40 bits: exact in a double.
    return String(value % 100_000).padStart(5, "0");
  });
  return groups.join(" ");
}
