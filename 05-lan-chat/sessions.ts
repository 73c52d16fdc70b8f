// The sessions with all peers, over TCP: connections that come in, calls, and which of two sessions stands (P9.2, P9.4,
// P9.6). What is said in a session is not looked at here.

import { connect, type Socket } from "node:net";
import { parseDestination } from "./addresses.ts";
import { crosses, staysIfCrossed } from "./crossing.ts";
import { FrameConnection, reasonOf } from "./frame-connection.ts";
import {
  type Drawing,
  Handshake,
  type HandshakeFailure,
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
import type { JsonObject } from "./messages.ts";
import { type Ending, OpenSession, type Session } from "./open-session.ts";
import type { Verdict } from "./trust.ts";
import { WaitingTimes } from "./waiting-times.ts";

export type { Session } from "./open-session.ts";

// In milliseconds: how long a handshake may take (P9.2), connecting to all addresses of a peer together, and to one of
// several at least; how long our own goodbyes may take when the program ends.
const HANDSHAKE_TIMEOUT = 10_000;
const CONNECT_TIMEOUT = 5000;
const LEAST_CONNECT_TIMEOUT = 1000;
const CLOSE_TIMEOUT = 2000;

const NO_ADDRESS = "no address is known";

/** So many sessions are open at a time, unless told otherwise. Each costs a connection. */
const MAX_SESSIONS = 512;

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

export interface SessionEvents {
  /** @param verdict what judge() has said: `first` means that the key has to be pinned now */
  opened(session: Session, verdict: Verdict): void;
  /**
   * A session is over. What it has not acknowledged is to be sent again.
   * @param reason why, if it did not end with a goodbye
   * @param successor the session that stands instead of it because two calls have crossed: opened() follows at once, and
   *   the user need not hear of either
   */
  closed(session: Session, reason: string | undefined, successor: Session | undefined): void;
  /** Something was said. @returns false if it was wrong: the session ends with `bad-record` */
  received(session: Session, object: JsonObject): boolean;
  /** A key has proved itself, and judge() does not let it in: `changed` or `refused`. It may come again and again. */
  turnedAway(peer: PublicIdentity, name: string, verdict: Verdict): void;
}

export interface SessionsOptions {
  identity: Identity;
  name: string;
  team: string;
  teamKey: Buffer;
  /** Where we listen, HOST:PORT, as we say it to whoever is reached from this own address. */
  address: (localHost: string) => string;
  /** Says if this key, which has proved itself, may have a session under this name. It must change nothing. */
  judge: (peer: PublicIdentity, name: string) => Verdict;
  events: SessionEvents;
  /** A clock for limits, in milliseconds, that nobody sets. */
  now?: () => number;
  /** The time for tokens, in whole seconds since 1970. */
  seconds?: () => number;
  drawing?: Drawing;
  /** How many sessions may be open at a time: everybody who has the passphrase can make keys. */
  maxSessions?: number;
}

/** A connection whose handshake is not complete. */
class Attempt {
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

/** An open session, with what is needed to compare it with another one with the same peer. */
interface Entry {
  session: OpenSession;
  /** When it was complete, among all events of this program. */
  completed: number;
  /** The address that was called for it; empty if we were called. */
  calledAddress: string;
  /** The address of the other side, without port. */
  host: string;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #now: () => number;
  readonly #gate = new HelloGate();
  readonly #waitingTimes = new WaitingTimes();
  /** Connections that came in. */
  readonly #lobby = new Lobby<Attempt>();
  /** Our own calls. */
  readonly #calling = new Set<Attempt>();
  /** What call() waits for, by the key that is called, or else by the address. */
  readonly #calls = new Map<string, Promise<Session>>();
  /** Open sessions, by fingerprint. */
  readonly #entries = new Map<string, Entry>();
  /** Sessions in which one side has said goodbye. */
  readonly #leaving = new Set<OpenSession>();
  /** Counts the beginnings and completions of sessions, so that they have an order. */
  #order = 0;
  #isClosed = false;
  #allOver = (): void => {};

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#now = options.now ?? ((): number => performance.now());
  }

  /** The open session with this key. */
  get(fingerprint: string): Session | undefined {
    return this.#entries.get(fingerprint)?.session;
  }

  /** All open sessions. */
  all(): Session[] {
    return [...this.#entries.values()].map(({ session }) => session);
  }

  /** A peer has connected to us. The server must have been made with `allowHalfOpen`. */
  accept(socket: Socket): void {
    const host = plainHost(socket.remoteAddress);
    if (this.#isClosed || host === undefined) {
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    const attempt = new Attempt("responder", host, this.#nextOrder(), this.#now() + HANDSHAKE_TIMEOUT);
    this.#lobby.enter(attempt)?.drop();
    this.#begin(attempt, socket);
  }

  /**
   * Calls a peer, or gives the session that there is.
   * @param addresses HOST:PORT, one or several, which are tried in this order
   * @param fingerprint the key that is called; undefined if only the address is known
   * @throws CallError
   */
  call(addresses: string | readonly string[], fingerprint = ""): Promise<Session> {
    const list = typeof addresses === "string" ? [addresses] : addresses;
    const open = fingerprint === "" ? this.#reachedAt(list[0]) : this.get(fingerprint);
    if (open?.isOpen) return Promise.resolve(open);
    const key = fingerprint || list.join(" ");
    const call =
      this.#calls.get(key) ?? this.#callEach(list, fingerprint).finally(() => this.#calls.delete(key));
    this.#calls.set(key, call);
    return call;
  }

  /** False for some time after a session with this key has failed with `bad-record` (P9.4). `/connect` does not ask. */
  mayCallByItself(fingerprint: string): boolean {
    return this.#waitingTimes.mayCall(fingerprint, this.#now());
  }

  /** Forgets that: the user has decided something about this key. */
  forgive(fingerprint: string): void {
    this.#waitingTimes.forgive(fingerprint);
  }

  /** To be called twice a second or so: ends what has taken too long, and pings who is silent. */
  tick(): void {
    const now = this.#now();
    for (const attempt of [...this.#lobby.all(), ...this.#calling]) {
      if (now >= attempt.deadline) this.#giveUp(attempt, "silent", "no answer in time");
    }
    for (const { session } of [...this.#entries.values()]) session.tick();
    for (const session of [...this.#leaving]) session.tick();
  }

  /** Says goodbye to all, and waits for their goodbyes, up to 2 s. Nothing is accepted or called any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const attempt of [...this.#lobby.all(), ...this.#calling])
      this.#giveUp(attempt, "closed", "this program ends");
    for (const session of this.all()) session.end();
    if (this.#leaving.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#allOver = resolve;
      timer = setTimeout(resolve, CLOSE_TIMEOUT);
    });
    clearTimeout(timer);
    for (const session of [...this.#leaving]) session.destroy();
  }

  /** The session with whoever answers at this address: we have called it, or they come from there and say that they do. */
  #reachedAt(address = ""): Session | undefined {
    const from = parseDestination(address)?.host;
    return [...this.#entries.values()].find(
      ({ calledAddress, host, session }) =>
        calledAddress === address || (host === from && session.address === address),
    )?.session;
  }

  async #callEach(addresses: readonly string[], fingerprint: string): Promise<Session> {
    if (this.#isClosed) throw new CallError("closed", "this program ends");
    if (fingerprint === this.#options.identity.fingerprint) throw new CallError("self", "that is yourself");
    const patience = Math.max(LEAST_CONNECT_TIMEOUT, CONNECT_TIMEOUT / addresses.length);
    let failure = new CallError("unreachable", NO_ADDRESS);
    for (const address of addresses) {
      const outcome = await this.#callOne(address, fingerprint, patience);
      const open = outcome instanceof CallError ? this.get(fingerprint) : outcome;
      if (open !== undefined) return open;
      if (outcome instanceof CallError) failure = worse(failure, outcome);
      if (failure.kind === "not-allowed" || failure.kind === "closed") break;
    }
    const isRefused = failure.kind === "refused" || failure.kind === "not-allowed";
    if (isRefused && fingerprint !== "") this.#waitingTimes.failed(fingerprint, this.#now());
    throw failure;
  }

  /** @param patience how long connecting may take, in milliseconds */
  #callOne(address: string, called: string, patience: number): Promise<Session | CallError> {
    const destination = parseDestination(address);
    if (destination === undefined)
      return Promise.resolve(new CallError("unreachable", `${address} is no HOST:PORT`));
    const { host, port } = destination;
    const began = this.#nextOrder();
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
        const limit = this.#options.maxSessions ?? MAX_SESSIONS;
        const isFull = this.#entries.size >= limit && this.get(peer.fingerprint) === undefined;
        return !isNo(attempt.verdict) && !isFull;
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
        return this.#complete(attempt, step.proven);
      case "failed":
        return this.#fail(attempt, step);
    }
  }

  #fail(attempt: Attempt, { failure, send, peer }: HandshakeStep & { kind: "failed" }): void {
    this.#forget(attempt);
    if (send === undefined) attempt.drop();
    else attempt.connection?.close(send);
    if (peer !== undefined && attempt.role === "responder")
      this.#waitingTimes.failed(peer.fingerprint, this.#now());
    const name = attempt.handshake?.othersHello?.from;
    if (peer !== undefined && name !== undefined && isNo(attempt.verdict))
      this.#options.events.turnedAway(peer, name, attempt.verdict);
    const [kind, text] = FAILURES[failure];
    attempt.settle(new CallError(kind, `${attempt.calledAddress}: ${text}`));
  }

  /** It comes to nothing, and nothing is said. */
  #giveUp(attempt: Attempt, kind: CallError["kind"], reason: string): void {
    this.#forget(attempt);
    attempt.drop();
    attempt.settle(new CallError(kind, `${attempt.calledAddress}: ${reason}`));
  }

  #forget(attempt: Attempt): void {
    this.#lobby.leave(attempt);
    this.#calling.delete(attempt);
  }

  /** Both proofs were right: either this session stands from now on, or the one that there is. */
  #complete(attempt: Attempt, proven: Proven): void {
    this.#forget(attempt);
    const { connection } = attempt;
    if (connection === undefined) return;
    const before = this.#entries.get(proven.peer.fingerprint);
    const hasCrossed =
      before !== undefined && crosses(attempt, { role: before.session.role, completed: before.completed });
    if (hasCrossed && this.#stays(before.session)) {
      connection.abandon();
      return attempt.settle(before.session);
    }
    const session = this.#sessionFor(attempt, connection, proven);
    this.#takePlace(session, hasCrossed);
    this.#enter(attempt, session);
    this.#options.events.opened(session, attempt.verdict ?? "welcome");
    attempt.settle(session);
    this.#endOtherCalls(session, attempt.host);
  }

  #sessionFor(attempt: Attempt, connection: FrameConnection, proven: Proven): OpenSession {
    const events = {
      received: (session: Session, object: JsonObject) => this.#options.events.received(session, object),
      leaving: (session: OpenSession) => this.#leave(session),
      over: (session: OpenSession, ending: Ending) => this.#over(session, ending),
    };
    return new OpenSession(proven, attempt.role, connection, events, this.#now);
  }

  /** Ends the other sessions with this peer. */
  #takePlace(session: OpenSession, hasCrossed: boolean): void {
    const others = [this.#entries.get(session.fingerprint)?.session, ...this.#leaving];
    for (const other of others) {
      if (other?.fingerprint !== session.fingerprint) continue;
      if (hasCrossed) other.giveWay(undefined, session);
      else other.giveWay("a new connection has taken its place", undefined);
    }
  }

  #enter({ calledAddress, host }: Attempt, session: OpenSession): void {
    const entry: Entry = { session, completed: Number.POSITIVE_INFINITY, calledAddress, host };
    this.#entries.set(session.fingerprint, entry);
    // What has reached this machine before the last proof has begun before the session was complete. The system may tell us
    // of it after the proof; but not after setImmediate.
    setImmediate(() => {
      entry.completed = this.#nextOrder();
    });
  }

  /** Gives up our calls to a peer that we have a session with now, but for one that will stand instead (P9.6). */
  #endOtherCalls(session: OpenSession, host: string): void {
    const willStand = session.role === "responder" && !this.#stays(session);
    for (const call of [...this.#calling]) {
      const isTheSame = call.calledAddress === session.address && call.host === host;
      if (call.called !== session.fingerprint && !(call.called === "" && isTheSame)) continue;
      if (willStand) continue;
      this.#forget(call);
      call.socket?.destroy();
      call.connection?.abandon();
      call.settle(session);
    }
  }

  /** Whether this session is the one that stays of two that have crossed. */
  #stays({ role, fingerprint }: OpenSession): boolean {
    return staysIfCrossed(role, this.#options.identity.fingerprint, fingerprint);
  }

  /** One side has said goodbye in this session. */
  #leave(session: OpenSession): void {
    this.#remove(session);
    this.#leaving.add(session);
  }

  #over(session: OpenSession, { reason, isBadRecord, successor }: Ending): void {
    this.#remove(session);
    this.#leaving.delete(session);
    if (isBadRecord) this.#waitingTimes.failed(session.fingerprint, this.#now());
    else this.#waitingTimes.forgive(session.fingerprint);
    this.#options.events.closed(session, reason, successor);
    if (this.#isClosed && this.#leaving.size === 0) this.#allOver();
  }

  #remove(session: OpenSession): void {
    if (this.#entries.get(session.fingerprint)?.session === session)
      this.#entries.delete(session.fingerprint);
  }

  #nextOrder(): number {
    this.#order += 1;
    return this.#order;
  }
}

function isNo(verdict: Verdict | undefined): verdict is "changed" | "refused" {
  return verdict === "changed" || verdict === "refused";
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
function worse(one: CallError, other: CallError): CallError {
  const isEmpty = one.message === NO_ADDRESS;
  return isEmpty || BY_WEIGHT.indexOf(other.kind) > BY_WEIGHT.indexOf(one.kind) ? other : one;
}

/** The address of the other side of a socket; an IPv4 address that is mapped into IPv6 is written as IPv4. */
function plainHost(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, "");
}
