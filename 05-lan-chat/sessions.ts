// The sessions with all peers, over TCP: calls, connections that come in, and who of two calls stands (P9.2, P9.4, P9.6).
// What is said in a session is not looked at here, but for ping, pong, bye and error.

import type { Socket } from "node:net";
import type { Role } from "./hello.ts";
import type { Identity, PublicIdentity } from "./identity.ts";
import type { JsonObject } from "./messages.ts";
import type { Verdict } from "./trust.ts";

/** One session with one peer, who has proved their key. */
export interface Session {
  readonly fingerprint: string;
  readonly key: PublicIdentity;
  /** What they say that they are called. What they are shown under, Names knows. */
  readonly name: string;
  /** Where they say that they listen, HOST:PORT. */
  readonly address: string;
  /** Our role in it. */
  readonly role: Role;
  /** Messages can be sent. False from end() on, and when it is over. */
  readonly isOpen: boolean;
  /** Sends an object. @returns false if the session is not open; nothing is sent then */
  send(object: Readonly<Record<string, unknown>>): boolean;
  /** Says goodbye (P3.8). Acknowledgements still arrive for up to 2 s. */
  end(): void;
  /** Resolves when the other side has read most of what was sent, or when the session is over. Wait for it before each piece of a file. */
  drained(): Promise<void>;
}

/** Why a call has led to no session. The message is one line for the user. */
export class CallError extends Error {
  /**
   * unreachable: no connection. silent: nobody of the team answers, or nobody in time. refused: a proof was wrong, or
   * the other side does not let us in. not-allowed: we do not let them in; judge() has said why. self: it is us.
   * closed: this program ends.
   */
  readonly kind: "unreachable" | "silent" | "refused" | "not-allowed" | "self" | "closed";

  constructor(kind: CallError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface SessionEvents {
  /** @param verdict what judge() has said: `first` means that the key has to be pinned now */
  opened(session: Session, verdict: Verdict): void;
  /**
   * A session is over, and whatever it has not acknowledged is to be sent again.
   * @param reason why, if it did not end with a goodbye
   * @param successor the session that stands instead of it, if two calls have crossed: opened() follows at once, and the
   *   user need not hear of either
   */
  closed(session: Session, reason: string | undefined, successor: Session | undefined): void;
  /** Something was said. @returns false if it was wrong: the session ends with `bad-record` */
  received(session: Session, object: JsonObject): boolean;
  /** A key has proved itself, and judge() does not let it in: `changed` or `refused`. */
  turnedAway(peer: PublicIdentity, name: string, verdict: Verdict): void;
}

export interface SessionsOptions {
  identity: Identity;
  name: string;
  team: string;
  teamKey: Buffer;
  /** Where we listen, HOST:PORT, as we say it to whoever is reached over this own address. */
  address: (localHost: string) => string;
  /** Says if this key may have a session under this name. It must change nothing. */
  judge: (peer: PublicIdentity, name: string) => Verdict;
  events: SessionEvents;
  /** A clock for limits, in milliseconds, that nobody sets: performance.now() unless told otherwise. */
  now?: () => number;
  /** The time for tokens, in seconds since 1970. */
  seconds?: () => number;
}

export class Sessions {
  constructor(options: SessionsOptions) {
    throw new Error(`not yet: ${options}`);
  }

  /** A peer has connected to us. The server must have been made with `allowHalfOpen`. */
  accept(socket: Socket): void {
    throw new Error(`not yet: ${socket}`);
  }

  /**
   * Calls a peer, or gives the session that there is.
   * @param addresses HOST:PORT, one or several, which are tried in this order
   * @param fingerprint the key that is called; undefined if only the address is known
   * @throws CallError
   */
  call(addresses: string | readonly string[], fingerprint?: string): Promise<Session> {
    throw new Error(`not yet: ${[addresses, fingerprint]}`);
  }

  /** False for some time after a session with this key has failed with `bad-record` (P9.4). `/connect` does not ask. */
  mayCallByItself(fingerprint: string): boolean {
    throw new Error(`not yet: ${fingerprint}`);
  }

  /** Forgets that: the user has decided something about this key. */
  forgive(fingerprint: string): void {
    throw new Error(`not yet: ${fingerprint}`);
  }

  /** The open session with this key. */
  get(fingerprint: string): Session | undefined {
    throw new Error(`not yet: ${fingerprint}`);
  }

  /** All open sessions. */
  all(): Session[] {
    throw new Error("not yet");
  }

  /** To be called twice a second or so: ends what has taken too long, and pings who is silent. */
  tick(): void {
    throw new Error("not yet");
  }

  /** Says goodbye to all, and waits for their goodbyes, up to 2 s. Nothing is accepted or called any more. */
  close(): Promise<void> {
    throw new Error("not yet");
  }
}
