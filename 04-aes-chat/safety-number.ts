// The safety number: what two users read to each other to find out whether somebody has replaced their keys (P4.6). Pure.

import { createHash } from "node:crypto";

const GROUPS = 6;
const BYTES_PER_GROUP = 5;

/**
 * Six groups of five digits, computed from both public keys; equal on both sides, whoever called.
 *
 * How hard it is to forge: Mallory, who chooses a key towards each side, needs two numbers that are equal. Among 10^30
 * numbers that takes some 2^50 keys for each side (the birthday problem), tried in the ten seconds that each side waits:
 * too many for a chat, but far fewer than breaking the keys takes. Signal's safety numbers have twice the digits.
 * @param one a public key, encoded as long as the prime
 * @param other the other public key, encoded likewise
 */
export function safetyNumber(one: Buffer, other: Buffer): string {
  // BEGIN SOLUTION 03-safety-number
  const [smaller, larger] = Buffer.compare(one, other) <= 0 ? [one, other] : [other, one];
  const digest = createHash("sha256")
    .update("p2p-chat safety number", "ascii")
    .update(smaller)
    .update(larger)
    .digest();
  const groups = Array.from({ length: GROUPS }, (_, i) => {
    const value = digest.readUIntBE(i * BYTES_PER_GROUP, BYTES_PER_GROUP); // 40 bits: exact in a double.
    return String(value % 100_000).padStart(5, "0");
  });
  return groups.join(" ");
  // END SOLUTION 03-safety-number
}
