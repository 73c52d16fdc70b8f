// One session, from the proofs to its end: numbered tokens, ping and pong, goodbye (P9.4, P9.6, P3.8).
// What else is said in it is not looked at here.

import type { FrameConnection } from "./frame-connection.ts";
import { BAD_RECORD, type Proven } from "./handshake.ts";
import type { Role } from "./hello.ts";
import type { PublicIdentity } from "./identity.ts";
import type { JsonObject } from "./messages.ts";
import type { TokenOpener, TokenSealer } from "./sealed-tokens.ts";

// In milliseconds: the silence after which the other side is pinged, and after which the session is lost (P9.6); how long
// we read on after our goodbye (P3.8).
const PING_AFTER = 15_000;
const LOST_AFTER = 45_000;
const GOODBYE_TIMEOUT = 2000;

/** How long we wait for the session that the other side has closed this one for, in milliseconds. */
const SUCCESSOR_TIMEOUT = 1000;

const NO_GOODBYE = "the connection ended without a goodbye";

/** What still counts after our goodbye: answers to what we have sent before (P3.8). */
const ANSWERS: readonly string[] = ["ack", "letter-ack", "chunk-ack", "refused"];

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
  /** Messages can be sent. False from the goodbye of either side on, and when it is over. */
  readonly isOpen: boolean;
  /**
   * Sends an object. What was said before the other side's goodbye can be acknowledged until setImmediate.
   * @returns false if it is too late; nothing is sent then
   */
  send(object: Readonly<Record<string, unknown>>): boolean;
  /** Says goodbye (P3.8). Acknowledgements still arrive for up to 2 s. */
  end(): void;
  /** Resolves when little of what was sent is unread, or when the session is over. Wait for it before each piece of a file. */
  drained(): Promise<void>;
}

/** How a session ended. */
export interface Ending {
  /** Why, if not by a goodbye. */
  reason: string | undefined;
  /** One side has said `bad-record`. */
  isBadRecord: boolean;
  /** The session that takes its place, because two calls have crossed. */
  successor?: Session | undefined;
}

export interface OpenSessionEvents {
  /** Something was said. @returns false if it was wrong */
  received(session: OpenSession, object: JsonObject): boolean;
  /** Says if a call of ours is under way that takes its place once it is complete (P9.6). */
  mayHaveSuccessor(session: OpenSession): boolean;
  /** One side has said goodbye: the session is not to be used any more. */
  leaving(session: OpenSession): void;
  /** It is over. Called once. */
  over(session: OpenSession, ending: Ending): void;
}

/**
 * leaving: we have said goodbye, and read on.
 * answering: the other side has said goodbye. We say ours when what came before it is answered.
 * parting: both have said goodbye.
 */
type Phase = "open" | "leaving" | "answering" | "parting" | "over";

export class OpenSession implements Session {
  readonly key: PublicIdentity;
  readonly name: string;
  readonly address: string;
  readonly role: Role;
  readonly #connection: FrameConnection;
  readonly #sealer: TokenSealer;
  readonly #opener: TokenOpener;
  readonly #events: OpenSessionEvents;
  readonly #now: () => number;
  #phase: Phase = "open";
  #lastHeard: number;
  /** When we have last heard something or asked for it. */
  #lastSign: number;
  #leftAt = 0;

  /** @param now a clock, in milliseconds */
  constructor(
    proven: Proven,
    role: Role,
    connection: FrameConnection,
    events: OpenSessionEvents,
    now: () => number,
  ) {
    this.key = proven.peer;
    this.name = proven.name;
    this.address = proven.address;
    this.role = role;
    this.#connection = connection;
    this.#sealer = proven.sealer;
    this.#opener = proven.opener;
    this.#events = events;
    this.#now = now;
    this.#lastHeard = this.#lastSign = now();
    connection.handOver({
      onToken: (token) => this.#receive(token),
      onBad: () => this.#refuse(),
      onEnd: () => {
        if (this.#phase === "open" || this.#phase === "leaving") this.#ended(NO_GOODBYE);
      },
      onClose: (reason) => this.#ended(reason ?? NO_GOODBYE),
    });
  }

  get fingerprint(): string {
    return this.key.fingerprint;
  }

  get isOpen(): boolean {
    return this.#phase === "open";
  }

  send(object: Readonly<Record<string, unknown>>): boolean {
    if (this.#phase !== "open" && this.#phase !== "answering") return false;
    this.#connection.send(this.#sealer.seal(object));
    return true;
  }

  end(): void {
    if (this.#phase !== "open") return;
    this.#phase = "leaving";
    this.#leftAt = this.#now();
    this.#connection.end(this.#sealer.seal({ type: "bye" }));
    this.#events.leaving(this);
  }

  drained(): Promise<void> {
    return this.#connection.drained();
  }

  /** Looks at the clock: pings who is silent, and ends what has taken too long. */
  tick(): void {
    const now = this.#now();
    if (this.#phase === "leaving" && now - this.#leftAt >= GOODBYE_TIMEOUT) return this.#lose(undefined);
    if (this.#phase !== "open") return;
    if (now - this.#lastHeard >= LOST_AFTER)
      return this.#lose(`nothing was heard for ${LOST_AFTER / 1000} seconds`);
    if (now - this.#lastSign < PING_AFTER) return;
    this.#lastSign = now;
    this.send({ type: "ping" });
  }

  /** Another session takes its place. It is closed without `bye` (P9.6). */
  giveWay(reason: string | undefined, successor: Session | undefined): void {
    if (this.#phase === "over") return;
    this.#connection.abandon();
    this.#finish({ reason: this.#phase === "open" ? reason : undefined, isBadRecord: false, successor });
  }

  /** Drops it at once. */
  destroy(): void {
    this.#lose("this program ends");
  }

  #receive(token: string): void {
    if (this.#phase === "answering" || this.#phase === "parting") return; // Nothing counts after their goodbye.
    const object = this.#opener.open(token);
    if (object === undefined) return this.#refuse();
    this.#lastHeard = this.#lastSign = this.#now();
    switch (object.type) {
      case "ping":
        this.send({ type: "pong" });
        return;
      case "pong":
        return;
      case "bye":
        return this.#receiveGoodbye();
      case "error":
        this.#connection.close();
        return this.#finish({ reason: "they refused what came (bad-record)", isBadRecord: true });
    }
    if (this.#phase === "leaving" && !ANSWERS.includes(object.type)) return;
    if (!this.#events.received(this, object)) this.#refuse();
  }

  /**
   * P3.8: the other side has said goodbye, and reads on. What came before it is dealt with first: whoever receives it may
   * take until the program turns to the next event.
   */
  #receiveGoodbye(): void {
    const isOurTurn = this.#phase === "open";
    this.#phase = isOurTurn ? "answering" : "parting";
    if (isOurTurn) this.#events.leaving(this);
    setImmediate(() => {
      if (this.#phase === "over") return;
      this.#connection.close(isOurTurn ? this.#sealer.seal({ type: "bye" }) : undefined);
      this.#finish({ reason: undefined, isBadRecord: false });
    });
  }

  /** What came is wrong: one error, whatever it is (P9.4). After our goodbye we say nothing more. */
  #refuse(): void {
    if (this.#phase === "over") return; // Whoever received the last object has ended the session.
    this.#connection.close(this.#phase === "open" ? this.#sealer.seal(BAD_RECORD) : undefined);
    this.#finish({ reason: "something wrong came (bad-record)", isBadRecord: true });
  }

  /**
   * The connection has ended. If calls have crossed, this may be the one that the other side has given up, and what the
   * other one says, on another connection, arrives a little later.
   */
  #ended(reason: string): void {
    const mayGoOn = this.#phase === "open" && this.#events.mayHaveSuccessor(this);
    if (!mayGoOn) return this.#lose(reason);
    setTimeout(() => this.#lose(reason), SUCCESSOR_TIMEOUT);
  }

  /** The connection failed, or is given up. After our goodbye nothing is lost but acknowledgements. */
  #lose(reason: string | undefined): void {
    this.#connection.destroy();
    this.#finish({ reason: this.#phase === "open" ? reason : undefined, isBadRecord: false });
  }

  #finish(ending: Ending): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    this.#events.over(this, ending);
  }
}
