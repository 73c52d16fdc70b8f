// A peer among others: joins what finds peers (P8), what talks with them (P9.1 to P9.6), whom we trust (P9.5) and what is
// said (P9.7 to P9.11). Each of these knows nothing of the others; what happens in one is told to the others here.

import { createServer, type Server } from "node:net";
import { setImmediate } from "node:timers/promises";
import { formatAddress } from "./addresses.ts";
import { BeaconGate, DROP_REASONS, type DropReason } from "./beacon-gate.ts";
import type { Beacon } from "./beacons.ts";
import { Conversations } from "./conversations.ts";
import { Directory, type DirectoryEvent, type KnownPeer } from "./directory.ts";
import { type Discovery, type DoctorReport, startDiscovery } from "./discovery.ts";
import { loadIdentity, prepareFolder } from "./folder.ts";
import { type History, openHistory } from "./history.ts";
import { type Identity, type PublicIdentity, parsePublicKey } from "./identity.ts";
import type { JsonObject } from "./messages.ts";
import { Names } from "./names.ts";
import type { PeerOptions } from "./peer-options.ts";
import { type BoundPorts, bindPorts } from "./ports.ts";
import { UserError } from "./program.ts";
import { safetyNumberOfKeys } from "./safety-number-of-keys.ts";
import { CallError, type Session, Sessions } from "./sessions.ts";
import { deriveTeamKey } from "./team-key.ts";
import { type Access, Trust, type Verdict } from "./trust.ts";

/** How long a message waits for a session before it is queued, in milliseconds (P9.8). */
const REACH_TIME = 5000;

/** How often what depends on time is looked at, in milliseconds. */
const TICK = 500;

/** How many keys that were turned away are remembered, so that `/trust` can find them. */
const MOST_TURNED_AWAY = 64;

/** A key that was turned away is spoken of so often at most, in milliseconds, however often it comes. */
const TURNED_AWAY_PAUSE = 60_000;

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
  let ports: BoundPorts | undefined;
  let mesh: Mesh | undefined;
  try {
    const identity = await loadIdentity(data);
    const teamKey = await deriveTeamKey(settings.passphrase, team);
    ports = await bindPorts(server, host, port);
    for (const note of ports.notes) settings.note(note);
    settings.show(`listening on ${formatAddress(host, ports.port)}`);
    mesh = new Mesh(settings, { history, identity, teamKey, server, ports });
    await mesh.start();
    return mesh;
  } catch (error) {
    if (mesh === undefined) {
      server.close();
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
  readonly #names = new Names();
  readonly #trust: Trust;
  readonly #directory: Directory;
  readonly #gate: BeaconGate;
  readonly #sessions: Sessions;
  #discovery: Discovery | undefined;
  #access: Access;
  /** The keys that beacons and sessions have shown, while their peers are known. */
  readonly #keys = new Map<string, PublicIdentity>();
  /** Keys that were turned away, the last ones, and when we spoke of them. */
  readonly #turnedAway = new Map<string, { peer: PublicIdentity; toldAt: number }>();
  /** Sessions that stand instead of another one: the user has heard of them already. */
  readonly #successors = new WeakSet<Session>();
  /** The other names that pinned keys have said, and the user has heard of. */
  readonly #otherNames = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;

  constructor(settings: MeshSettings, opened: Opened) {
    this.#settings = settings;
    this.#opened = opened;
    const { options } = settings;
    const { history, identity, teamKey, ports } = opened;
    this.#access = options.access;
    this.#trust = new Trust(
      history.trustedKeys(),
      (key) => history.saveTrustedKey(key),
      (fingerprint) => history.removeTrustedKey(fingerprint),
    );
    this.#names.pin(options.name, identity.fingerprint);
    for (const { name, fingerprint, isPinned } of this.#trust.all()) {
      if (isPinned) this.#names.pin(name, fingerprint);
      else this.#names.heard(name, fingerprint);
    }
    const isPinned = (fingerprint: string): boolean => this.#trust.isPinned(fingerprint);
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
      judge: (peer, name) => this.#trust.judge(peer.fingerprint, name, this.#access),
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
      trusted: (fingerprint) => this.#trust.get(fingerprint),
      show: settings.show,
      note: settings.note,
      now: Date.now,
    });
  }

  /** Begins to take calls and to look for others. @throws Error if the sockets of discovery cannot be had */
  async start(): Promise<void> {
    const { options, note } = this.#settings;
    const { history, identity, teamKey, server, ports } = this.#opened;
    await this.conversations.start();
    server.on("connection", (socket) => this.#sessions.accept(socket));
    server.on("error", () => {}); // A connection could not be accepted (too many open files, say). The others go on.
    this.#timer = setInterval(() => this.#guard(() => this.#tick()), TICK);
    if (!options.discovers) return closeSockets(ports);
    this.#discovery = await startDiscovery({
      name: options.name,
      identity,
      team: options.team,
      teamKey,
      ports,
      peers: options.peers,
      beaconSeconds: options.beacon / 1000,
      session: history.takeSession(Date.now()),
      gate: this.#gate,
      directory: this.#directory,
      onBeacon: (beacon) => this.#heard(beacon),
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
    const { history, server, ports } = this.#opened;
    clearInterval(this.#timer);
    server.close();
    // What the user has written just now is still on its way to the disk, and goes out before the goodbye.
    await setImmediate();
    try {
      await Promise.all([this.#discovery?.stop(), this.#sessions.close()]);
      await this.conversations.close();
    } finally {
      closeSockets(ports); // Those of a discovery that could not start.
      history.close();
    }
  }

  // What the user may ask.

  /** The name that a key is shown under. */
  shown(fingerprint: string): string {
    return this.#names.shown(fingerprint);
  }

  /** The names of all that are known. */
  knownNames(): string[] {
    const keys = [...this.#directory.peers(Date.now()), ...this.#trust.all()];
    return [...new Set(keys.map(({ fingerprint }) => this.shown(fingerprint)))];
  }

  /** The key that a name means. @throws UserError if it is none, more than one, or our own */
  keyNamed(name: string): string {
    const [fingerprint, ...more] = this.#names.find(name);
    if (fingerprint === undefined)
      throw new UserError(`nobody is known as ${name.slice(0, 80)}; /peers shows who is there`);
    if (more.length > 0) {
      const names = [fingerprint, ...more].map((one) => this.shown(one));
      throw new UserError(`${name} may be ${names.join(" or ")}: type more of it`);
    }
    if (fingerprint === this.#opened.identity.fingerprint) throw new UserError("that is you");
    return fingerprint;
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
    if (this.#isBlocked(fingerprint)) throw new UserError(`${name} is blocked; /allow ${name} lets them in`);
    const addresses = this.#directory.addressesOf(fingerprint);
    if (addresses.length === 0)
      throw new UserError(`no session with ${name}: nobody knows where they are; /connect HOST:PORT may do`);
    this.#tellAgain(fingerprint);
    await this.#call(`no session with ${name}:`, addresses, fingerprint);
  }

  /** The user wants a session with whoever listens there (`/connect HOST:PORT`). @throws UserError */
  async connectTo(address: string): Promise<void> {
    for (const one of this.#turnedAway.keys()) this.#tellAgain(one);
    const before = this.#sessions.all();
    const session = await this.#call("no session with", [address], undefined);
    if (session !== undefined && before.includes(session))
      this.#settings.note(`${this.shown(session.fingerprint)} is connected already`);
  }

  /** @throws UserError if there is nothing to verify */
  safetyNumber(fingerprint: string): string {
    const { identity } = this.#opened;
    return `safety number with ${this.shown(fingerprint)}: ${safetyNumberOfKeys(identity.der, this.#keyOf(fingerprint).der)}`;
  }

  isVerified(fingerprint: string): boolean {
    return this.#trust.get(fingerprint)?.isVerified === true;
  }

  /** The user has compared the safety number. */
  verify(fingerprint: string): void {
    this.#trust.verify(this.#keyOf(fingerprint), this.#nameFor(fingerprint));
    this.#sessions.forgive(fingerprint);
  }

  /** The user takes this key for that of its name from now on (P9.5). @throws UserError if it has its name already */
  trust(fingerprint: string): void {
    const peer = this.#keyOf(fingerprint);
    const name = this.#nameFor(fingerprint);
    if (this.#trust.isPinned(fingerprint))
      throw new UserError(`the key of ${this.shown(fingerprint)} is pinned already`);
    const old = this.#trust.trust(peer, name);
    if (old !== undefined) {
      this.#names.unpin(old.fingerprint);
      this.#names.heard(old.name, old.fingerprint);
      this.#sessions.get(old.fingerprint)?.end();
    }
    this.#names.pin(name, fingerprint);
    this.#sessions.forgive(fingerprint);
    this.#turnedAway.delete(fingerprint);
    this.#showNewKey(fingerprint);
  }

  block(fingerprint: string): void {
    this.#trust.block(this.#keyOf(fingerprint), this.#nameFor(fingerprint));
    this.#sessions.get(fingerprint)?.end();
  }

  allow(fingerprint: string): void {
    this.#trust.allow(this.#keyOf(fingerprint), this.#nameFor(fingerprint));
    this.#sessions.forgive(fingerprint);
    this.#turnedAway.delete(fingerprint);
  }

  /** Who may have a session from now on. Sessions of others end. */
  setAccess(access: Access): void {
    this.#access = access;
    for (const session of this.#sessions.all()) {
      const verdict = this.#trust.judge(session.fingerprint, session.name, access);
      if (verdict === "refused") session.end();
    }
  }

  /** Forgets a peer, and its key (`/remove`). If it is still there, it is found again. */
  remove(fingerprint: string): void {
    const name = this.shown(fingerprint);
    this.#sessions.get(fingerprint)?.end();
    this.#trust.unpin(fingerprint);
    this.#sessions.forgive(fingerprint);
    this.#names.unpin(fingerprint);
    this.#directory.forget(fingerprint);
    this.#turnedAway.delete(fingerprint);
    this.#otherNames.delete(fingerprint);
    this.#settings.show(`forgotten: ${name}`);
    this.#forgetName(fingerprint);
  }

  /** What discovery has sent and heard; undefined with --no-discovery. */
  doctor(): DoctorReport | undefined {
    return this.#discovery?.doctor();
  }

  get port(): number {
    return this.#opened.ports.port;
  }

  /** The own addresses that beacons name. */
  ownAddresses(): string[] {
    return [...this.#opened.ports.sockets.keys()].map((host) => formatAddress(host, this.port));
  }

  /** How many datagrams were dropped, by reason. */
  stats(): [DropReason, number][] {
    const dropped = this.#gate.dropped;
    return DROP_REASONS.map((reason) => [reason, dropped[reason]]);
  }

  // What happens.

  #heard({ key, name }: Beacon): void {
    this.#keys.set(key.fingerprint, key);
    this.#names.heard(name, key.fingerprint);
  }

  #directoryEvent({ kind, fingerprint }: DirectoryEvent): void {
    const { show, note } = this.#settings;
    const name = this.shown(fingerprint);
    switch (kind) {
      case "found":
        show(`found: ${name}`);
        if (!this.#names.isPlain(fingerprint))
          note(`warning: ${name} says a name that belongs to another key: it may be anybody`);
        return this.conversations.found(fingerprint);
      case "left":
        return show(`left: ${name}`);
      case "silent":
        return show(`left: ${name} (silent)`);
      case "forgotten":
        show(`forgotten: ${name}`);
        return this.#forgetName(fingerprint);
    }
  }

  #sessionOpened(session: Session, verdict: Verdict): void {
    const { fingerprint, key, name, address } = session;
    const { show } = this.#settings;
    this.#keys.set(fingerprint, key);
    this.#names.heard(name, fingerprint);
    if (verdict === "first") {
      this.#trust.pin(key, name);
      this.#names.pin(name, fingerprint);
    }
    this.#directory.sessionOpened(fingerprint, { name, address }, Date.now());
    if (!this.#successors.has(session)) show(`connected to ${this.shown(fingerprint)}`);
    if (verdict === "first") this.#showNewKey(fingerprint);
    if (verdict === "renamed") this.#showOtherName(fingerprint, name);
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
    const { fingerprint } = peer;
    this.#names.heard(saidName, fingerprint);
    const toldAt = this.#turnedAway.get(fingerprint)?.toldAt ?? Number.NEGATIVE_INFINITY;
    const now = performance.now();
    const isTold = now - toldAt < TURNED_AWAY_PAUSE;
    this.#turnedAway.delete(fingerprint); // The last one is the youngest.
    this.#turnedAway.set(fingerprint, { peer, toldAt: isTold ? toldAt : now });
    for (const oldest of this.#turnedAway.keys()) {
      if (this.#turnedAway.size <= MOST_TURNED_AWAY) break;
      this.#turnedAway.delete(oldest);
      this.#forgetName(oldest);
    }
    if (isTold) return;
    const name = this.shown(fingerprint);
    if (verdict !== "changed")
      return this.#settings.note(`${name} wants a session and may have none; /allow ${name} lets them in`);
    const holder = this.#trust.holderOf(saidName)?.name ?? saidName;
    this.#settings.show(`error: the key of ${holder} has changed`);
    this.#settings.show(this.safetyNumber(fingerprint));
    this.#settings.note(
      `it may be somebody else: ask ${holder} for the number in person; if it is the same, /trust ${name}`,
    );
  }

  /** The user asks for a session themselves, so they are told why there is none, however short ago that was. */
  #tellAgain(fingerprint: string): void {
    const turnedAway = this.#turnedAway.get(fingerprint);
    if (turnedAway !== undefined) turnedAway.toldAt = Number.NEGATIVE_INFINITY;
  }

  #showNewKey(fingerprint: string): void {
    const { show, note } = this.#settings;
    const name = this.shown(fingerprint);
    show(`new key for ${name}`);
    show(this.safetyNumber(fingerprint));
    note(`compare it once, by voice or in person; if ${name} has the same: /verified ${name}`);
  }

  /** Once for each other name. */
  #showOtherName(fingerprint: string, said: string): void {
    if (this.#otherNames.get(fingerprint) === said) return;
    this.#otherNames.set(fingerprint, said);
    this.#settings.show(`${this.shown(fingerprint)} is now called ${said}`);
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
    if (!this.#sessions.mayCallByItself(fingerprint) || this.#isBlocked(fingerprint)) return undefined;
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
      const hasChanged = fingerprint !== undefined && this.#hasChanged(fingerprint);
      if (error.kind === "closed" || (error.kind === "not-allowed" && hasChanged)) return undefined;
      throw new UserError(`${problem} ${error.message}`);
    }
  }

  /** Whether it is a new key under a name that is pinned to another one. If it comes, #turnAway says so. */
  #hasChanged(fingerprint: string): boolean {
    return (
      !this.#trust.isPinned(fingerprint) && this.#trust.holderOf(this.#nameFor(fingerprint)) !== undefined
    );
  }

  #isBlocked(fingerprint: string): boolean {
    return this.#trust.get(fingerprint)?.standing === "blocked";
  }

  /** @throws UserError if only the name of the key is known */
  #keyOf(fingerprint: string): PublicIdentity {
    const kept = this.#trust.get(fingerprint);
    const key =
      this.#keys.get(fingerprint) ??
      this.#turnedAway.get(fingerprint)?.peer ??
      (kept && parsePublicKey(kept.der));
    if (key === undefined) throw new UserError(`the key of ${this.shown(fingerprint)} is not known`);
    return key;
  }

  /** The plain name of a key, without what may follow a `#`. */
  #nameFor(fingerprint: string): string {
    return this.shown(fingerprint).replace(/#.*$/s, "");
  }

  /** Forgets a key's name and key, unless something else still needs them. */
  #forgetName(fingerprint: string): void {
    const isNeeded =
      this.#directory.isKnown(fingerprint) ||
      this.#turnedAway.has(fingerprint) ||
      this.hasSession(fingerprint) ||
      this.#trust.get(fingerprint) !== undefined;
    if (isNeeded) return;
    this.#keys.delete(fingerprint);
    this.#names.forget(fingerprint);
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
