// What all lines of stages 02 to 04 have in common: a JSON object with a type, and errors with a code (P2, P3.1).
// Pure. What passes these checks has a known shape; what does not, goes no further.

/** The codes of error lines (P2.7, P3.1, P4, P6.3). */
export type ErrorCode =
  | "username-taken"
  | "bad-username"
  | "bad-port"
  | "already-registered"
  | "not-registered"
  | "unknown-user"
  | "bad-request"
  | "bad-encoding"
  | "line-too-long"
  | "wrong-stage"
  | "wrong-peer"
  | "group-mismatch"
  | "bad-public-key"
  | "bad-record";

/** The other side has sent what it must not send. The code and the message are what it gets for an answer. */
export class ProtocolError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  /** The line that tells the other side. */
  toLine(): string {
    return JSON.stringify({ type: "error", code: this.code, message: this.message });
  }
}

/** A JSON object whose type is known to be a string, and whose other members have still to be checked. */
export interface JsonObject {
  type: string;
  [member: string]: unknown;
}

/** @throws ProtocolError `bad-request` if the line is not JSON, not an object, or has no string `type`. */
export function parseObject(line: string): JsonObject {
  // BEGIN SOLUTION 02-parse
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ProtocolError("bad-request", "not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("bad-request", "not a JSON object");
  }
  if (!("type" in value) || typeof value.type !== "string") {
    throw new ProtocolError("bad-request", "no string member type");
  }
  return value as JsonObject;
  // END SOLUTION 02-parse
}

/** P2.1: 1 to 32 of A-Z a-z 0-9 _ -, but not `you`, which the terminal uses for the user's own messages. */
export function isUsername(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_-]{1,32}$/.test(value) && nameKey(value) !== "you";
}

/** What names are compared and sorted by: case does not count (P2.1, P2.4). */
export function nameKey(username: string): string {
  return username.toLowerCase();
}

/** Orders two different names by their lower case, code unit by code unit. */
export function compareNames(left: string, right: string): number {
  return nameKey(left) < nameKey(right) ? -1 : 1;
}

/** P2.1: an integer from 1 to 65535. */
export function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65535;
}
