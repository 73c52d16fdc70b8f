// Why there is no session, or no longer (P10.6).

/** Codes that one side tells the other, in clear, before there is a session. */
export type ErrorCode = "wrong-peer" | "card-used" | "unknown-card" | "bad-hello";

/** Why a session did not begin, or ended: also a frame that does not belong, silence, a lost pipe, and an own stop. */
export type SessionProblem = ErrorCode | "bad-record" | "timeout" | "lost" | "stopped";

const CODES: readonly ErrorCode[] = ["wrong-peer", "card-used", "unknown-card", "bad-hello"];

const SENTENCES: Record<SessionProblem, string> = {
  "wrong-peer": "somebody else answered than who was called",
  "card-used": "the card was used by somebody else: show a new one",
  "unknown-card": "the card is not known there, or its time has run out: show a new one",
  "bad-hello": "the greeting was not one of this protocol",
  "bad-record": "what came was not what the other side had sealed",
  timeout: "the other side did not answer in time: try again",
  lost: "the connection was lost: try again",
  stopped: "the call was given up",
};

/** Why there is no session, or no longer. */
export class SessionError extends Error {
  override readonly name = "SessionError";
  readonly code: SessionProblem;
  /** Whether the other side said so; otherwise this side found it. */
  readonly isSaidByOther: boolean;

  constructor(code: SessionProblem, isSaidByOther = false) {
    super(`${code}: ${SENTENCES[code]}`);
    this.code = code;
    this.isSaidByOther = isSaidByOther;
  }
}

/** Whether the code is one that is told in clear. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return CODES.some((known) => known === code);
}
