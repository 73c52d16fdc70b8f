// Which of two sessions with one peer stands (P9.6). Pure.
//
// When both have called each other, both sides must keep the same session, though each has seen other things first. So
// the rule asks for what is the same on both sides: whose fingerprint is smaller.

import type { Role } from "./hello.ts";

/**
 * P9.6: a call crosses if it began before the session that there is was complete, and was made by the other side.
 * @param call our role in it, and when it began; times are counted in events of this program
 */
export function crosses(
  call: { role: Role; began: number },
  standing: { role: Role; completed: number },
): boolean {
  return call.began < standing.completed && call.role !== standing.role;
}

/** Says if the session stays that has been called by the side with the smaller fingerprint. */
export function staysIfCrossed(role: Role, own: string, others: string): boolean {
  return (role === "initiator") === isSmaller(own, others);
}

/** Fingerprints are compared as their 32 bytes: the letters of base64url have another order. */
function isSmaller(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one, "base64url"), Buffer.from(other, "base64url")) < 0;
}
