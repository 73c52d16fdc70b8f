// Connections whose handshake is not complete: those that came in, and our own calls, with their limits (P9.2, P9.4).

import { connect, type Socket } from "node:net";
import { parseDestination } from "./addresses.ts";
import { CallError, handshakeError } from "./call-error.ts";
import { FrameConnection, reasonOf } from "./frame-connection.ts";
import {
  type Drawing,
  Handshake,
  type HandshakeGate,
  type HandshakeStep,
  type OwnSide,
  type Proven,
  SYSTEM_DRAWING,
} from "./handshake.ts";
import type { Hello, Role } from "./hello.ts";
import { HelloGate } from "./hello-gate.ts";
import type { Identity, PublicIdentity } from "./identity.ts";
import { Lobby } from "./lobby.ts";
import type { Session } from "./open-session.ts";
import type { Verdict } from "./trust.ts";

/** How long a handshake may take, in milliseconds (P9.2). */
const HANDSHAKE_TIMEOUT = 10_000;

/** A connection whose handshake is not complete. */
export class Attempt {
  readonly role: Role;
  /** The address of the other side, without port. */
  readonly host: string;
  /** When it began, among all events of this program. */
  readonly began: number;
  /** When it has taken too long, in milliseconds. */
  deadline: number;
  /** The key that is called; empty if none is known. */
  readonly called: string;
  /** The address that is called, HOST:PORT; empty if we are called. */
  readonly calledAddress: string;
  /** While it is connecting. */
  socket: Socket | undefined;
  handshake: Handshake | undefined;
  connection: FrameConnection | undefined;
  /** What judge() has said. */
  verdict: Verdict | undefined;
  /** Tells whoever waits for the call how it ended. */
  settle: (outcome: Session | CallError) => void = () => {};

  constructor(role: Role, host: string, began: number, deadline: number, called = "", calledAddress = "") {
    this.role = role;
    this.host = host;
    this.began = began;
    this.deadline = deadline;
    this.called = called;
    this.calledAddress = calledAddress;
  }

  get isOfTeam(): boolean {
    return this.handshake?.othersHello !== undefined;
  }

  /** Drops the connection without a word. */
  drop(): void {
    this.socket?.destroy();
    this.connection?.destroy();
  }
}

export interface AttemptsOptions {
  identity: Identity;
  name: string;
  team: string;
  teamKey: Buffer;
  /** Where we listen, HOST:PORT, as we say it to whoever is reached from this own address. */
  address: (localHost: string) => string;
  /** Says if this key, which has proved itself, may have a session under this name. It must change nothing. */
  judge: (peer: PublicIdentity, name: string) => Verdict;
  /** The time for tokens, in whole seconds since 1970. */
  seconds?: () => number;
  drawing?: Drawing;
}

export interface AttemptEvents {
  /** Both proofs were right. */
  completed(attempt: Attempt, proven: Proven): void;
  /** This key, which has called us and proved itself, has got `bad-record`. */
  failed(peer: PublicIdentity): void;
  /** A key has proved itself, and judge() does not let it in. */
  turnedAway(peer: PublicIdentity, name: string, verdict: Verdict): void;
  /** Says if there is a place for a session with this key. */
  hasPlace(peer: PublicIdentity): boolean;
}

export class Attempts {
  readonly #options: AttemptsOptions;
  readonly #events: AttemptEvents;
  readonly #now: () => number;
  /** Counts the beginnings and completions of sessions, so that they have an order. */
  readonly #count: () => number;
  readonly #gate = new HelloGate();
  /** Connections that came in. */
  readonly #lobby = new Lobby<Attempt>();
  /** Our own calls. */
  readonly #calling = new Set<Attempt>();

  /**
   * @param now a clock, in milliseconds
   * @param count gives a greater number each time
   */
  constructor(options: AttemptsOptions, events: AttemptEvents, now: () => number, count: () => number) {
    this.#options = options;
    this.#events = events;
    this.#now = now;
    this.#count = count;
  }

  /** Our own calls. */
  get calls(): Attempt[] {
    return [...this.#calling];
  }

  /** A peer has connected to us. */
  accept(socket: Socket): void {
    const host = plainHost(socket.remoteAddress);
    if (host === undefined) return refuse(socket); // It is gone already.
    const attempt = new Attempt("responder", host, this.#count(), this.#now() + HANDSHAKE_TIMEOUT);
    this.#lobby.enter(attempt)?.drop();
    this.#begin(attempt, socket);
  }

  /**
   * Calls one address.
   * @param called the fingerprint of the key that is called; empty if only the address is known
   * @param patience how long connecting may take, in milliseconds
   */
  call(address: string, called: string, patience: number): Promise<Session | CallError> {
    const destination = parseDestination(address);
    if (destination === undefined)
      return Promise.resolve(new CallError("unreachable", `${address} is no HOST:PORT`));
    const { host, port } = destination;
    const began = this.#count();
    const attempt = new Attempt("initiator", host, began, this.#now() + patience, called, address);
    this.#calling.add(attempt);
    return new Promise((resolve) => {
      attempt.settle = resolve;
      const socket = connect({ host, port, allowHalfOpen: true });
      attempt.socket = socket;
      const fail = (error: NodeJS.ErrnoException): void =>
        this.#giveUp(attempt, "unreachable", reasonOf(error));
      socket.on("error", fail);
      socket.once("connect", () => {
        socket.off("error", fail);
        attempt.socket = undefined;
        attempt.deadline = this.#now() + HANDSHAKE_TIMEOUT;
        const handshake = this.#begin(attempt, socket);
        attempt.connection?.send(handshake.start());
        this.#noteOwnHello(handshake);
      });
    });
  }

  /** Ends a call that is not needed any more, because there is this session. */
  replace(call: Attempt, session: Session): void {
    this.#forget(call);
    call.socket?.destroy();
    call.connection?.abandon();
    call.settle(session);
  }

  /** Ends what has taken too long. */
  tick(): void {
    const now = this.#now();
    for (const attempt of [...this.#lobby.all(), ...this.#calling]) {
      if (now < attempt.deadline) continue;
      if (attempt.connection === undefined) this.#giveUp(attempt, "unreachable", "no connection in time");
      else this.#giveUp(attempt, "silent", "no answer in time");
    }
  }

  /** Ends all of them. */
  close(): void {
    for (const attempt of [...this.#lobby.all(), ...this.#calling])
      this.#giveUp(attempt, "closed", "this program ends");
  }

  /** A connection stands: the handshake begins. */
  #begin(attempt: Attempt, socket: Socket): Handshake {
    const { identity, name, team, teamKey, address } = this.#options;
    const ownAddress = address(plainHost(socket.localAddress) ?? "");
    const own: OwnSide = { identity, name, team, teamKey, address: ownAddress };
    const seconds = this.#options.seconds ?? ((): number => Math.floor(Date.now() / 1000));
    const handshake = new Handshake(
      attempt.role,
      own,
      this.#gateFor(attempt),
      attempt.called,
      seconds,
      this.#options.drawing ?? SYSTEM_DRAWING,
    );
    attempt.handshake = handshake;
    attempt.connection = new FrameConnection(socket, team, ownAddress, {
      onToken: (token) => this.#receive(attempt, handshake, token),
      onBad: () => this.#fail(attempt, handshake.refuse()),
      onEnd: () => this.#giveUp(attempt, "silent", "the connection was closed without a word"),
      onClose: (reason) =>
        this.#giveUp(attempt, "silent", reason ?? "the connection was closed without a word"),
    });
    return handshake;
  }

  #gateFor(attempt: Attempt): HandshakeGate {
    return {
      mayAnswer: (hello) => {
        if (this.#gate.isOwn(hello)) {
          this.#haveCalledOurselves(hello);
          return false;
        }
        return attempt.role === "initiator" || this.#gate.mayAnswer(hello, attempt.host, this.#now());
      },
      mayEnter: (peer, name) => {
        attempt.verdict = this.#options.judge(peer, name);
        return !isNo(attempt.verdict) && this.#events.hasPlace(peer);
      },
    };
  }

  #noteOwnHello({ ownHello }: Handshake): void {
    if (ownHello !== undefined) this.#gate.sent(ownHello);
  }

  /** A hello that we have sent has come back to us: most likely we have called one of our own addresses. */
  #haveCalledOurselves({ nonce }: Hello): void {
    for (const call of [...this.#calling]) {
      if (call.handshake?.ownHello?.nonce === nonce) this.#giveUp(call, "self", "that is yourself");
    }
  }

  #receive(attempt: Attempt, handshake: Handshake, token: string): void {
    const step = handshake.receive(token);
    switch (step.kind) {
      case "going-on":
        this.#noteOwnHello(handshake);
        attempt.connection?.send(step.send);
        return;
      case "complete":
        if (step.send !== undefined) attempt.connection?.send(step.send);
        this.#forget(attempt);
        return this.#events.completed(attempt, step.proven);
      case "failed":
        return this.#fail(attempt, step);
    }
  }

  #fail(attempt: Attempt, { failure, send, peer }: HandshakeStep & { kind: "failed" }): void {
    this.#forget(attempt);
    if (send === undefined) attempt.drop();
    else attempt.connection?.close(send);
    if (peer !== undefined && attempt.role === "responder") this.#events.failed(peer);
    const name = attempt.handshake?.othersHello?.from;
    if (peer !== undefined && name !== undefined && isNo(attempt.verdict))
      this.#events.turnedAway(peer, name, attempt.verdict);
    attempt.settle(handshakeError(attempt.calledAddress, failure));
  }

  /** Ends an attempt without a word. */
  #giveUp(attempt: Attempt, kind: CallError["kind"], reason: string): void {
    this.#forget(attempt);
    attempt.drop();
    attempt.settle(new CallError(kind, `${attempt.calledAddress}: ${reason}`));
  }

  #forget(attempt: Attempt): void {
    this.#lobby.leave(attempt);
    this.#calling.delete(attempt);
  }
}

function isNo(verdict: Verdict | undefined): verdict is "changed" | "refused" {
  return verdict === "changed" || verdict === "refused";
}

/** Drops a connection that nobody wants to hear of. */
export function refuse(socket: Socket): void {
  socket.on("error", () => {});
  socket.destroy();
}

/** The address of the other side of a socket; an IPv4 address that is mapped into IPv6 is written as IPv4. */
function plainHost(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, "");
}
