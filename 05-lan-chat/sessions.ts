// The sessions with all peers, over TCP: connections that come in, calls, and which of two sessions stands (P9.2, P9.4,
// P9.6). What is said in a session is not looked at here.

import type { Socket } from "node:net";
import { parseDestination } from "./addresses.ts";
import { type Attempt, Attempts, type AttemptsOptions, refuse } from "./attempts.ts";
import { CallError, noAddress, worse } from "./call-error.ts";
import { crosses, staysIfCrossed } from "./crossing.ts";
import type { FrameConnection } from "./frame-connection.ts";
import type { Proven } from "./handshake.ts";
import type { PublicIdentity } from "./identity.ts";
import type { JsonObject } from "./messages.ts";
import { type Ending, OpenSession, type Session } from "./open-session.ts";
import type { Verdict } from "./trust.ts";
import { WaitingTimes } from "./waiting-times.ts";

export { CallError } from "./call-error.ts";
export type { Session } from "./open-session.ts";

// In milliseconds: how long connecting to all addresses of a peer may take together, and to one of several at least; how
// long our own goodbyes may take when the program ends.
const CONNECT_TIMEOUT = 5000;
const LEAST_CONNECT_TIMEOUT = 1000;
const CLOSE_TIMEOUT = 2000;

/**
 * Who closes without a word may have had too many callers within a second (P9.2). A key that we know is called again, so
 * many times, after a pause of up to so long, in milliseconds, and not later than so long after the first call.
 */
const CALLS_AGAIN = 3;
const LONGEST_PAUSE = 1500;
const CALL_AGAIN_TIMEOUT = 3500;

/** So many sessions are open at a time, unless told otherwise. Each costs a connection. */
const MAX_SESSIONS = 512;

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

export interface SessionsOptions extends AttemptsOptions {
  events: SessionEvents;
  /** A clock for limits, in milliseconds, that nobody sets. */
  now?: () => number;
  /** How many sessions may be open at a time: everybody who has the passphrase can make keys. */
  maxSessions?: number;
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
  readonly #attempts: Attempts;
  readonly #waitingTimes = new WaitingTimes();
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
    const limit = options.maxSessions ?? MAX_SESSIONS;
    const events = {
      completed: (attempt: Attempt, proven: Proven) => this.#complete(attempt, proven),
      failed: ({ fingerprint }: PublicIdentity) => this.#waitingTimes.failed(fingerprint, this.#now()),
      turnedAway: (peer: PublicIdentity, name: string, verdict: Verdict) =>
        options.events.turnedAway(peer, name, verdict),
      hasPlace: ({ fingerprint }: PublicIdentity) =>
        this.#entries.size < limit || this.#entries.has(fingerprint),
    };
    this.#attempts = new Attempts(options, events, this.#now, () => this.#nextOrder());
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
    if (this.#isClosed) return refuse(socket);
    this.#attempts.accept(socket);
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
      this.#calls.get(key) ?? this.#callPatiently(list, fingerprint).finally(() => this.#calls.delete(key));
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
    this.#attempts.tick();
    for (const { session } of [...this.#entries.values()]) session.tick();
    for (const session of [...this.#leaving]) session.tick();
  }

  /** Says goodbye to all, and waits for their goodbyes, up to 2 s. Nothing is accepted or called any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#attempts.close();
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

  async #callPatiently(addresses: readonly string[], fingerprint: string): Promise<Session> {
    const began = this.#now();
    for (let again = 0; ; again += 1) {
      try {
        return await this.#callEach(addresses, fingerprint);
      } catch (error) {
        const isBusy = error instanceof CallError && error.kind === "silent" && fingerprint !== "";
        if (!isBusy || again >= CALLS_AGAIN || this.#now() - began >= CALL_AGAIN_TIMEOUT) throw error;
      }
      // Those who were turned away together must not come again together.
      const pause = LONGEST_PAUSE * (0.3 + 0.7 * Math.random());
      await new Promise((resolve) => setTimeout(resolve, pause).unref());
      const open = this.get(fingerprint);
      if (open !== undefined) return open;
    }
  }

  async #callEach(addresses: readonly string[], fingerprint: string): Promise<Session> {
    if (fingerprint === this.#options.identity.fingerprint) throw new CallError("self", "that is yourself");
    const patience = Math.max(LEAST_CONNECT_TIMEOUT, CONNECT_TIMEOUT / addresses.length);
    let failure = noAddress();
    for (const address of addresses) {
      if (this.#isClosed) throw new CallError("closed", "this program ends");
      const outcome = await this.#attempts.call(address, fingerprint, patience);
      const open = outcome instanceof CallError ? this.get(fingerprint) : outcome;
      if (open !== undefined) return open;
      if (outcome instanceof CallError) failure = worse(failure, outcome);
      if (failure.kind === "not-allowed") break;
    }
    const isRefused = failure.kind === "refused" || failure.kind === "not-allowed";
    if (isRefused && fingerprint !== "") this.#waitingTimes.failed(fingerprint, this.#now());
    throw failure;
  }

  /** Both proofs were right: either this session stands from now on, or the one that there is. */
  #complete(attempt: Attempt, proven: Proven): void {
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
      mayHaveSuccessor: (session: OpenSession) =>
        this.#willGiveWay(session) &&
        this.#callsTo(session, this.#entries.get(session.fingerprint)?.host).length > 0,
      leaving: (session: OpenSession) => this.#leave(session),
      over: (session: OpenSession, ending: Ending) => this.#over(session, ending),
    };
    return new OpenSession(proven, attempt.role, connection, events, this.#now);
  }

  /** Ends the other sessions with this peer. */
  #takePlace(session: OpenSession, hasCrossed: boolean): void {
    const before = this.#entries.get(session.fingerprint)?.session;
    if (hasCrossed) before?.giveWay(undefined, session);
    else before?.giveWay("a new connection has taken its place", undefined);
    for (const left of [...this.#leaving]) {
      if (left.fingerprint === session.fingerprint) left.giveWay(undefined, undefined);
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
    if (this.#willGiveWay(session)) return;
    for (const call of this.#callsTo(session, host)) this.#attempts.replace(call, session);
  }

  /** Whether a call of ours that crosses this session stands instead of it. */
  #willGiveWay(session: OpenSession): boolean {
    return session.role === "responder" && !this.#stays(session);
  }

  /** Our calls to the peer of this session. @param host where it is, without port */
  #callsTo(session: OpenSession, host: string | undefined): Attempt[] {
    return this.#attempts.calls.filter(({ called, calledAddress, host: calledHost }) =>
      called === ""
        ? calledAddress === session.address && calledHost === host
        : called === session.fingerprint,
    );
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
