// A peer among others: joins what finds peers (P8), what talks with them (P9.1 to P9.6), whom we trust (P9.5) and what is
// said (P9.7 to P9.11). Each of these knows nothing of the others; what happens in one is told to the others here.

import { createServer, type Server } from "node:net";
import { setImmediate } from "node:timers/promises";
import { Acquaintances } from "./acquaintances.ts";
import { formatAddress } from "./addresses.ts";
import { BeaconGate, DROP_REASONS, type DropReason } from "./beacon-gate.ts";
import { SESSION_AHEAD_MS } from "./beacons.ts";
import { Conversations } from "./conversations.ts";
import { Directory, type DirectoryEvent, type KnownPeer } from "./directory.ts";
import { type Discovery, type DoctorReport, startDiscovery } from "./discovery.ts";
import { EarlyConnections } from "./early-connections.ts";
import { loadIdentity, prepareFolder } from "./folder.ts";
import { type History, openHistory } from "./history.ts";
import type { Identity, PublicIdentity } from "./identity.ts";
import type { JsonObject } from "./messages.ts";
import type { PeerOptions } from "./peer-options.ts";
import { type BoundPorts, bindPorts } from "./ports.ts";
import { UserError } from "./program.ts";
import { CallError, type Session, Sessions } from "./sessions.ts";
import { deriveTeamKey } from "./team-key.ts";
import { type Access, Trust, type Verdict } from "./trust.ts";

/** How long a message waits for a session before it is queued, in milliseconds (P9.8). */
const REACH_TIME = 5000;

/** How often what depends on time is looked at, in milliseconds. */
const TICK = 500;

/** More connections are closed at once: sessions, and those that have still to prove who they are, are fewer (P9.2). */
const MAX_CONNECTIONS = 1024;

export interface MeshSettings {
  options: PeerOptions;
  passphrase: string;
  /** Shows an event, one line (P9.12). */
  show: (event: string) => void;
  /** Shows a note or a warning, one line. */
  note: (line: string) => void;
  /** Something can go on no more, such as the disk. The program has to end. */
  onFatal: (error: UserError) => void;
}

/** What is opened in order, before the first line is shown (P8.1). */
interface Opened {
  history: History;
  identity: Identity;
  teamKey: Buffer;
  server: Server;
  early: EarlyConnections;
  ports: BoundPorts;
}

/**
 * Opens the data folder, binds the ports, says `listening on …`, and begins to look for others.
 * @throws UserError if it cannot start; nothing is left open then
 */
export async function startMesh(settings: MeshSettings): Promise<Mesh> {
  const { name, team, data, host, port } = settings.options;
  prepareFolder(data);
  const history = openHistory(data);
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  server.maxConnections = MAX_CONNECTIONS;
  const early = new EarlyConnections(server);
  let ports: BoundPorts | undefined;
  let mesh: Mesh | undefined;
  try {
    const identity = await loadIdentity(data);
    const teamKey = await deriveTeamKey(settings.passphrase, team);
    ports = await bindPorts(server, host, port);
    for (const note of ports.notes) settings.note(note);
    settings.show(`listening on ${formatAddress(host, ports.port)}`);
    mesh = new Mesh(settings, { history, identity, teamKey, server, early, ports });
    await mesh.start();
    return mesh;
  } catch (error) {
    if (mesh === undefined) {
      server.close();
      early.close();
      if (ports !== undefined) closeSockets(ports);
      history.close();
    } else await mesh.stop();
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof UserError || code === undefined) throw error;
    throw new UserError(`${name} cannot start: ${message}`);
  }
}

export class Mesh {
  readonly conversations: Conversations;
  readonly #settings: MeshSettings;
  readonly #opened: Opened;
  readonly #known: Acquaintances;
  readonly #directory: Directory;
  readonly #gate: BeaconGate;
  readonly #sessions: Sessions;
  #discovery: Discovery | undefined;
  /** Sessions that stand instead of another one: the user has heard of them already. */
  readonly #successors = new WeakSet<Session>();
  #timer: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;
  /** The history is closed. */
  #isOver = false;

  constructor(settings: MeshSettings, opened: Opened) {
    this.#settings = settings;
    this.#opened = opened;
    const { options } = settings;
    const { history, identity, teamKey, ports } = opened;
    const trust = new Trust(
      history.trustedKeys(),
      (key) => history.saveTrustedKey(key),
      (fingerprint) => history.removeTrustedKey(fingerprint),
    );
    this.#known = new Acquaintances(options.name, identity, trust, options.access);
    const isPinned = (fingerprint: string): boolean => this.#known.isPinned(fingerprint);
    this.#directory = new Directory({
      beaconSeconds: options.beacon / 1000,
      inactiveSeconds: options.inactive / 1000,
      isPinned,
    });
    this.#gate = new BeaconGate({
      team: options.team,
      teamKey,
      ownFingerprint: identity.fingerprint,
      isPinned,
      hasPlace: (fingerprint, host, now) => this.#directory.hasPlace(fingerprint, host, now),
    });
    const { host } = options;
    this.#sessions = new Sessions({
      identity,
      name: options.name,
      team: options.team,
      teamKey,
      address: (localHost) =>
        formatAddress(host === "0.0.0.0" || host === "::" ? localHost : host, ports.port),
      judge: (peer, name) => this.#known.judge(peer.fingerprint, name),
      events: {
        opened: (session, verdict) => this.#guard(() => this.#sessionOpened(session, verdict)),
        closed: (session, reason, successor) =>
          this.#guard(() => this.#sessionClosed(session, reason, successor)),
        received: (session, object) => this.#guard(() => this.#received(session, object)) ?? true,
        turnedAway: (peer, name, verdict) => this.#turnAway(peer, name, verdict),
      },
    });
    this.conversations = new Conversations({
      history,
      identity,
      name: options.name,
      dir: options.data,
      shown: (fingerprint) => this.shown(fingerprint),
      sessionOf: (fingerprint) => this.#sessions.get(fingerprint),
      activePeers: () => this.activePeers(),
      reach: (fingerprint) => this.#reach(fingerprint),
      trusted: (fingerprint) => this.#known.trusted(fingerprint),
      show: settings.show,
      note: settings.note,
      now: Date.now,
      elapsed: () => performance.now(),
      later: (work) => void setImmediate().then(() => (this.#isOver ? undefined : this.#guard(work))),
    });
  }

  /** Begins to take calls and to look for others. @throws Error if the sockets of discovery cannot be had */
  async start(): Promise<void> {
    const { options, note } = this.#settings;
    const { history, identity, teamKey, server, early, ports } = this.#opened;
    await this.conversations.start();
    early.handOver((socket) => this.#sessions.accept(socket));
    server.on("error", () => {}); // A connection could not be accepted (too many open files, say). The others go on.
    this.#timer = setInterval(() => this.#guard(() => this.#tick()), TICK);
    if (!options.discovers) return closeSockets(ports);
    const session = history.takeSession(Date.now());
    if (session > Date.now() + SESSION_AHEAD_MS)
      note(
        `warning: the clock was ahead when this folder was used before: until ${new Date(session).toISOString()} others drop our beacons; is the clock right now?`,
      );
    this.#discovery = await startDiscovery({
      name: options.name,
      identity,
      team: options.team,
      teamKey,
      ports,
      peers: options.peers,
      beaconSeconds: options.beacon / 1000,
      session,
      gate: this.#gate,
      directory: this.#directory,
      onBeacon: ({ key, name }) => this.#known.heard(key, name),
      onStart: (fingerprint) => this.#guard(() => this.conversations.found(fingerprint)),
      onEvent: (event) => this.#guard(() => this.#directoryEvent(event)),
      onNote: note,
    });
  }

  /** Says goodbye to all, and closes everything. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { history, server, early, ports } = this.#opened;
    clearInterval(this.#timer);
    server.close();
    early.close();
    // What the user has written just now is still on its way to the disk, and goes out before the goodbye.
    await setImmediate();
    try {
      await Promise.all([this.#discovery?.stop(), this.#sessions.close()]);
      await this.conversations.close();
    } finally {
      closeSockets(ports); // Those of a discovery that could not start.
      this.#isOver = true;
      history.close();
    }
  }

  // What the user may ask.

  /** The name that a key is shown under. */
  shown(fingerprint: string): string {
    return this.#known.shown(fingerprint);
  }

  /** The names of all that are known. */
  knownNames(): string[] {
    const keys = [...this.peers(), ...this.#known.allTrusted()];
    return [...new Set(keys.map(({ fingerprint }) => this.shown(fingerprint)))];
  }

  /** The key that a name means. @throws UserError if it is none, more than one, or our own */
  keyNamed(name: string): string {
    return this.#known.keyNamed(name);
  }

  peers(): KnownPeer[] {
    return this.#directory.peers(Date.now());
  }

  activePeers(): string[] {
    return this.peers().flatMap(({ fingerprint, isActive }) => (isActive ? [fingerprint] : []));
  }

  hasSession(fingerprint: string): boolean {
    return this.#sessions.get(fingerprint) !== undefined;
  }

  /** The user wants a session with this key (`/connect NAME`). @throws UserError */
  async connect(fingerprint: string): Promise<void> {
    const name = this.shown(fingerprint);
    if (this.hasSession(fingerprint)) return this.#settings.note(`${name} is connected already`);
    if (this.#known.isBlocked(fingerprint))
      throw new UserError(`${name} is blocked; /allow ${name} lets them in`);
    const addresses = this.#directory.addressesOf(fingerprint);
    if (addresses.length === 0)
      throw new UserError(`no session with ${name}: nobody knows where they are; /connect HOST:PORT may do`);
    this.#known.tellAgain(fingerprint);
    await this.#call(`no session with ${name}:`, addresses, fingerprint);
  }

  /** The user wants a session with whoever listens there (`/connect HOST:PORT`). @throws UserError */
  async connectTo(address: string): Promise<void> {
    this.#known.tellAgain();
    const before = this.#sessions.all();
    const session = await this.#call("no session with", [address], undefined);
    if (session !== undefined && before.includes(session))
      this.#settings.note(`${this.shown(session.fingerprint)} is connected already`);
  }

  /** `safety number with bob: …`. @throws UserError if only the name of the key is known */
  safetyNumber(fingerprint: string): string {
    return this.#known.safetyNumber(fingerprint);
  }

  isVerified(fingerprint: string): boolean {
    return this.#known.trusted(fingerprint)?.isVerified === true;
  }

  /** The user has compared the safety number. */
  verify(fingerprint: string): void {
    this.#known.verify(fingerprint);
    this.#sessions.forgive(fingerprint);
  }

  /** The user takes this key for that of its name from now on. @throws UserError if it is pinned already */
  trust(fingerprint: string): void {
    const old = this.#known.trust(fingerprint);
    if (old !== undefined) this.#sessions.get(old)?.end();
    this.#sessions.forgive(fingerprint);
    this.#showNewKey(fingerprint);
  }

  block(fingerprint: string): void {
    this.#known.block(fingerprint);
    this.#sessions.get(fingerprint)?.end();
  }

  allow(fingerprint: string): void {
    this.#known.allow(fingerprint);
    this.#sessions.forgive(fingerprint);
  }

  /** Who may have a session from now on. Sessions of others end. */
  setAccess(access: Access): void {
    this.#known.access = access;
    for (const session of this.#sessions.all())
      if (this.#known.judge(session.fingerprint, session.name) === "refused") session.end();
  }

  /** Forgets a peer, and its key (`/remove`). If it is still there, it is found again. */
  remove(fingerprint: string): void {
    const name = this.shown(fingerprint);
    this.#sessions.get(fingerprint)?.end();
    this.#sessions.forgive(fingerprint);
    this.#directory.forget(fingerprint);
    this.#known.remove(fingerprint);
    this.#settings.show(`forgotten: ${name}`);
    this.#forget(fingerprint);
  }

  /** What discovery has sent and heard; undefined with --no-discovery. */
  doctor(): DoctorReport | undefined {
    return this.#discovery?.doctor();
  }

  get port(): number {
    return this.#opened.ports.port;
  }

  /** How many datagrams were dropped, by reason. */
  stats(): [DropReason, number][] {
    const dropped = this.#gate.dropped;
    return DROP_REASONS.map((reason) => [reason, dropped[reason]]);
  }

  // What happens.

  #directoryEvent({ kind, fingerprint }: DirectoryEvent): void {
    const { show, note } = this.#settings;
    const name = this.shown(fingerprint);
    switch (kind) {
      case "found":
        show(`found: ${name}`);
        if (!this.#known.isPlain(fingerprint))
          note(`warning: ${name} says a name that belongs to another key: it may be anybody`);
        return this.conversations.found(fingerprint);
      case "left":
        return show(`left: ${name}`);
      case "silent":
        return show(`left: ${name} (silent)`);
      case "forgotten":
        show(`forgotten: ${name}`);
        return this.#forget(fingerprint);
    }
  }

  #sessionOpened(session: Session, verdict: Verdict): void {
    const { fingerprint, key, name, address } = session;
    const { show } = this.#settings;
    this.#known.heard(key, name);
    if (verdict === "first") this.#known.pin(key, name);
    this.#directory.sessionOpened(fingerprint, { name, address }, Date.now());
    if (!this.#successors.has(session)) show(`connected to ${this.shown(fingerprint)}`);
    if (verdict === "first") this.#showNewKey(fingerprint);
    if (verdict === "renamed" && this.#known.noteOtherName(fingerprint, name))
      show(`${this.shown(fingerprint)} is now called ${name}`);
    this.conversations.opened(session);
  }

  #sessionClosed(session: Session, reason: string | undefined, successor: Session | undefined): void {
    const { fingerprint } = session;
    if (successor === undefined) {
      const name = this.shown(fingerprint);
      this.#settings.show(`disconnected from ${name}${reason === undefined ? "" : `: ${reason}`}`);
    } else this.#successors.add(successor);
    this.conversations.closed(session, successor);
    for (const event of this.#directory.sessionClosed(fingerprint, Date.now())) this.#directoryEvent(event);
  }

  #received(session: Session, object: JsonObject): boolean {
    return this.conversations.received(session, object);
  }

  /** A key has proved itself, and may have no session (P9.5). */
  #turnAway(peer: PublicIdentity, saidName: string, verdict: Verdict): void {
    const { show, note } = this.#settings;
    const holder = this.#known.turnAway(peer, saidName, performance.now());
    for (const fingerprint of this.#known.takeForgotten()) this.#forget(fingerprint);
    if (holder === undefined) return;
    const name = this.shown(peer.fingerprint);
    if (verdict !== "changed")
      return note(`${name} wants a session and may have none; /allow ${name} lets them in`);
    show(`error: the key of ${holder} has changed`);
    show(this.safetyNumber(peer.fingerprint));
    note(
      `it may be somebody else: ask ${holder} for the number in person; if it is the same, /trust ${name}`,
    );
  }

  #showNewKey(fingerprint: string): void {
    const { show, note } = this.#settings;
    const name = this.shown(fingerprint);
    show(`new key for ${name}`);
    show(this.safetyNumber(fingerprint));
    note(`compare it once, by voice or in person; if ${name} has the same: /verified ${name}`);
  }

  #tick(): void {
    this.#sessions.tick();
    this.conversations.tick();
    if (this.#discovery !== undefined) return; // It looks at the directory itself.
    for (const event of this.#directory.tick(Date.now())) this.#directoryEvent(event);
  }

  // What these need.

  /** A session for what waits, if the peer can be had within 5 s (P9.8). */
  async #reach(fingerprint: string): Promise<Session | undefined> {
    const open = this.#sessions.get(fingerprint);
    const addresses = this.#directory.addressesOf(fingerprint);
    if (open !== undefined || addresses.length === 0) return open;
    if (!this.#sessions.mayCallByItself(fingerprint) || this.#known.isBlocked(fingerprint)) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, REACH_TIME, undefined);
    });
    const call = this.#sessions.call(addresses, fingerprint).catch((error: unknown) => {
      if (!(error instanceof CallError)) throw error;
      return undefined;
    });
    try {
      return await Promise.race([call, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Calls for the user. @throws UserError if it comes to nothing, and the user has not heard why */
  async #call(
    problem: string,
    addresses: readonly string[],
    fingerprint: string | undefined,
  ): Promise<Session | undefined> {
    try {
      return await this.#sessions.call(addresses, fingerprint);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const hasChanged = fingerprint !== undefined && this.#known.hasChanged(fingerprint);
      if (error.kind === "closed" || (error.kind === "not-allowed" && hasChanged)) return undefined;
      throw new UserError(`${problem} ${error.message}`);
    }
  }

  /** Forgets a key and its name, unless something still needs them. */
  #forget(fingerprint: string): void {
    if (this.#directory.isKnown(fingerprint) || this.hasSession(fingerprint)) return;
    this.#known.forget(fingerprint);
  }

  /** Runs what may find the disk full, say. Nobody else could catch that: it comes from a socket or a timer. */
  #guard<Result>(action: () => Result): Result | undefined {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#settings.onFatal(error);
      return undefined;
    }
  }
}

/** Closes the UDP sockets that are still open. */
function closeSockets({ sockets }: BoundPorts): void {
  for (const socket of sockets.values()) {
    try {
      socket.close();
    } catch {
      // It is closed already.
    }
  }
}
