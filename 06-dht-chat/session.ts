// A session: two hellos over a pipe, keys for this stream alone, and sealed contents both ways (P10.6).

import type { Bytes } from "./bytes.ts";
import type { Share } from "./cryptography.ts";
import type { Identity } from "./identity.ts";
import type { Pipe } from "./pipe.ts";
import type { SealedPair } from "./sealed-channel.ts";

/** Who opened the stream, and who took it. */
export type Role = "initiator" | "responder";

/** Codes that one side tells the other, in clear, before there are keys. */
export type ErrorCode = "wrong-peer" | "card-used" | "unknown-card" | "bad-hello";

/** Why a session did not begin, or ended: also a frame that does not belong, silence, a lost pipe, and an own stop. */
export type SessionProblem = ErrorCode | "bad-record" | "timeout" | "lost" | "stopped";

/** Why there is no session, or no longer. */
export class SessionError extends Error {
  override readonly name = "SessionError";
  readonly code: SessionProblem;
  /** Whether the other side said so; otherwise this side found it. */
  readonly isSaidByOther: boolean;

  constructor(code: SessionProblem, isSaidByOther: boolean) {
    super(code);
    this.code = code;
    this.isSaidByOther = isSaidByOther;
  }
}

/** Somebody with whom a session is. */
export interface Peer {
  /** 15 digits. */
  readonly id: string;
  /** Their Ed25519 public key, 32 bytes. */
  readonly key: Bytes;
}

/** What the other side of a session may be, and what becomes of its card. */
export type SessionOptions = (InitiatorOptions | ResponderOptions) & {
  readonly identity: Identity;
  /**
   * Called once, when the other side's `ready` is right, before anything else is sent: it stores, in one step, that the
   * card is used and whose key is pinned.
   */
  complete(peer: Peer, secret: Bytes): Promise<"stored" | "card-used">;
  /** Gives the session up while it is being opened. */
  readonly signal?: AbortSignal;
  /** Resolves after so many milliseconds; rejects or does nothing once the signal is aborted. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** For known answers: otherwise each stream has a fresh share. */
  readonly makeShare?: () => Promise<Share>;
};

export interface InitiatorOptions {
  readonly role: "initiator";
  /** Who is called, by which card; with the key if it is pinned. */
  readonly to: { readonly id: string; readonly key?: Bytes | undefined; readonly secret: Bytes };
}

export interface ResponderOptions {
  readonly role: "responder";
  /** The secret of the card with this hint (16 hexadecimal digits), if this peer may use it. */
  secretOf(hint: string, from: Peer): Promise<{ secret: Bytes } | "unknown-card" | "card-used">;
}

export interface Session {
  readonly peer: Peer;
  readonly role: Role;
  /** Seals and sends one content, at most 262,128 bytes, after all that were sent before. */
  send(content: Bytes): Promise<void>;
  /** What the other side sent, opened, to be read by one reader, once. */
  readonly contents: AsyncIterable<Bytes>;
  /** The keys of the direct path of attempt 1, 2, … (P10.10). @throws RangeError unless it is greater than the last one */
  directKeys(attempt: number): Promise<SealedPair>;
  /** Says goodbye, after all that was sent before, and ends the own direction. */
  bye(): Promise<void>;
  /** Ends both directions at once. */
  reset(): void;
}

export function openSession(_pipe: Pipe, _options: SessionOptions): Promise<Session> {
  throw new Error("written next");
}
