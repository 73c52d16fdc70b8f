// Why a call has led to no session.

import type { HandshakeFailure } from "./handshake.ts";

/** Why a call has led to no session. The message is one line for the user. */
export class CallError extends Error {
  /**
   * unreachable: no connection. silent: what answers is not of the team, or answers too late. refused: a proof was
   * wrong, or they do not let us in. not-allowed: we do not let them in; turnedAway() has said why. self: it is us.
   * closed: this program ends.
   */
  readonly kind: "unreachable" | "silent" | "refused" | "not-allowed" | "self" | "closed";

  constructor(kind: CallError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

const NO_ADDRESS = "no address is known";

/** The error of a call for which nothing could be tried. */
export function noAddress(): CallError {
  return new CallError("unreachable", NO_ADDRESS);
}

/** What a user is told of a handshake that failed. */
const FAILURES: Readonly<Record<HandshakeFailure, readonly [CallError["kind"], string]>> = {
  silent: ["silent", "nobody of this team answers there"],
  proof: ["refused", "the proof of who answers was wrong (bad-record)"],
  "not-called": ["refused", "another key answers there than the one that was called (bad-record)"],
  "not-ours": ["refused", "another key was called (bad-record)"],
  self: ["self", "that is yourself"],
  "not-allowed": ["not-allowed", "we do not let them in"],
  refused: ["refused", "they refused the session (bad-record)"],
};

/** The error of a call to this address whose handshake has failed. */
export function handshakeError(address: string, failure: HandshakeFailure): CallError {
  const [kind, text] = FAILURES[failure];
  return new CallError(kind, `${address}: ${text}`);
}

/** From the failure that says least to the one that says most. */
const BY_WEIGHT: readonly CallError["kind"][] = [
  "unreachable",
  "silent",
  "self",
  "refused",
  "not-allowed",
  "closed",
];

/** Of two failures the one that says more; of two that say as much, the first. */
export function worse(one: CallError, other: CallError): CallError {
  const isEmpty = one.message === NO_ADDRESS;
  return isEmpty || BY_WEIGHT.indexOf(other.kind) > BY_WEIGHT.indexOf(one.kind) ? other : one;
}
