// Discovery: sends beacons and listens for those of others (P8.7 to P8.9). The clock and the sockets of P8.

import { lookup } from "node:dns/promises";
import { isIP, isIPv4 } from "node:net";
import { formatAddress, type OwnAddress, parseAddress, parseDestination } from "./addresses.ts";
import type { BeaconGate, DropReason, Judgement } from "./beacon-gate.ts";
import { BeaconSockets, type Destination, GROUP, SHARED_PORT } from "./beacon-sockets.ts";
import { type Beacon, type BeaconContent, makeBeacon } from "./beacons.ts";
import type { Directory, DirectoryEvent } from "./directory.ts";
import type { Identity } from "./identity.ts";
import type { BoundPorts } from "./ports.ts";

export interface DiscoveryOptions {
  name: string;
  identity: Identity;
  team: string;
  teamKey: Buffer;
  /** What bindPorts has bound. stop() closes its UDP sockets. */
  ports: BoundPorts;
  /** HOST:PORT of each --peer. */
  peers: readonly string[];
  beaconSeconds: number;
  /** The number of this session (P8.6). */
  session: number;
  gate: BeaconGate;
  directory: Directory;
  /** Called for each beacon that was accepted, before the events that come of it. */
  onBeacon?: (beacon: Beacon) => void;
  /** A peer has started, perhaps again: also one that was never missed, because it was away for less than three beats. */
  onStart?: (fingerprint: string) => void;
  /** What has changed in the directory, by a beacon or by time. */
  onEvent: (event: DirectoryEvent) => void;
  /** A sentence for standard error. */
  onNote: (note: string) => void;
}

/** What one own address has seen. */
export interface AddressReport {
  address: string;
  broadcast: string | undefined;
  /** Datagrams that were sent from it. */
  sent: number;
  /** Datagrams that could not be sent, by destination and code of the error. */
  failed: Readonly<Record<string, number>>;
  /** Whether the group was joined on it; if not, why. */
  joined: true | string;
  /** Our own beacons have come back to the shared port within the last three beats. */
  isHeardByOurselves: boolean;
  /** Beacons from this address's network that were accepted: on the shared port, and on our own. */
  heardShared: number;
  heardOwnPort: number;
}

export interface DoctorReport {
  port: number;
  /** What is wrong with the shared port 54545; undefined if nothing is. */
  sharedProblem: string | undefined;
  addresses: AddressReport[];
  /** Beacons that were accepted, but come from no network of ours. */
  heardElsewhere: number;
  accepted: number;
  dropped: Readonly<Record<DropReason, number>>;
}

export interface Discovery {
  /** Says goodbye, and closes the sockets. Nothing is sent afterwards (P8.9). */
  stop(): Promise<void>;
  doctor(): DoctorReport;
  /** How many datagrams were dropped, by reason. */
  stats(): Readonly<Record<DropReason, number>>;
}

/** A peer that was not heard on the shared port for so many beats is sent beacons directly. */
const BEATS = 3;
/** Each pause between beats is drawn anew from 0.9 to 1.1 of --beacon, so that peers started together part. */
const SHORTEST_PAUSE = 0.9;
const LONGEST_PAUSE = 1.1;
/** A key gets at most one answer in so many milliseconds (P8.8). */
const ANSWER_EVERY_MS = 1000;
const TICK_MS = 1000;
/** If so much time has passed since the last tick, in milliseconds, the program was stopped, or the clock was set. */
const STOPPED_MS = 2500;
/** So long after that, the datagrams that have waited are old without any clock being wrong. */
const QUIET_MS = 1000;

/** Resolves when the shared port is bound and the first beacons are on their way. */
export async function startDiscovery(options: DiscoveryOptions): Promise<Discovery> {
  const discovery = new RunningDiscovery(options);
  await discovery.beat();
  return discovery;
}

/** Where the beacons of a network were heard. */
interface Heard {
  shared: number;
  ownPort: number;
  /** When one of our own came back last. */
  ownMs: number | undefined;
}

class RunningDiscovery implements Discovery {
  readonly #options: DiscoveryOptions;
  readonly #sockets: BeaconSockets;
  readonly #named: NamedPeers;
  /** The own addresses at the last beat. */
  #own: OwnAddress[] = [];
  #seq = 0;
  /** When each known peer was heard on the shared port last. */
  readonly #sharedMs = new Map<string, number>();
  /** When each key was answered last, within the last second. */
  readonly #answeredMs = new Map<string, number>();
  /** Who came new again within that second: they are answered at the next tick. */
  readonly #owed = new Map<string, Beacon>();
  readonly #heard = new Map<string, Heard>();
  #heardElsewhere = 0;
  #lastMomentMs = Date.now();
  #quietUntilMs = 0;
  #nextBeat: NodeJS.Timeout | undefined;
  readonly #ticking: NodeJS.Timeout;
  #isStopped = false;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    const { ports, peers, beaconSeconds, onNote } = options;
    this.#named = new NamedPeers(peers);
    const onDatagram = this.#receive.bind(this);
    this.#sockets = new BeaconSockets({ ports, onDatagram, onNote });
    this.#ticking = setInterval(() => this.#tick(), Math.min(TICK_MS, beaconSeconds * 1000));
  }

  /** Sends a beacon from every own address, and sees to the next one. */
  async beat(): Promise<void> {
    const own = await this.#sockets.refresh();
    if (this.#isStopped) return; // A goodbye was said meanwhile.
    this.#own = own;
    this.#named.lookUp((found) => this.#sendDirectly(found));
    this.#sendToAll("beacon");
    const factor = SHORTEST_PAUSE + (LONGEST_PAUSE - SHORTEST_PAUSE) * Math.random();
    this.#nextBeat = setTimeout(() => void this.beat(), this.#options.beaconSeconds * 1000 * factor);
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearTimeout(this.#nextBeat);
    clearInterval(this.#ticking);
    this.#sendToAll("bye");
    await this.#sockets.close();
  }

  stats(): Readonly<Record<DropReason, number>> {
    return this.#options.gate.dropped;
  }

  doctor(): DoctorReport {
    const { gate, ports } = this.#options;
    const addresses = this.#own.map((own) => this.#reportOf(own));
    return {
      port: ports.port,
      sharedProblem: this.#sockets.sharedProblem,
      addresses,
      heardElsewhere: this.#heardElsewhere,
      accepted: gate.accepted,
      dropped: gate.dropped,
    };
  }

  #reportOf({ host, broadcast }: OwnAddress): AddressReport {
    const { sent, failed, joined } = this.#sockets.reportOf(host);
    const { shared, ownPort, ownMs } = this.#heardAt(host);
    return {
      address: host,
      broadcast,
      sent,
      failed: { ...failed },
      joined,
      isHeardByOurselves: ownMs !== undefined && Date.now() - ownMs <= this.#threeBeatsMs,
      heardShared: shared,
      heardOwnPort: ownPort,
    };
  }

  get #threeBeatsMs(): number {
    return BEATS * this.#options.beaconSeconds * 1000;
  }

  #tick(): void {
    const { directory, gate } = this.#options;
    const nowMs = Date.now();
    this.#notice(nowMs);
    this.#tell(directory.tick(nowMs));
    gate.tick((fingerprint) => directory.isKnown(fingerprint), nowMs);
    for (const [fingerprint, time] of this.#answeredMs)
      if (Math.abs(nowMs - time) >= ANSWER_EVERY_MS) this.#answeredMs.delete(fingerprint);
    const owed = [...this.#owed.values()];
    this.#owed.clear();
    for (const beacon of owed) this.#answer(beacon, nowMs);
    for (const fingerprint of this.#sharedMs.keys())
      if (!directory.isKnown(fingerprint)) this.#sharedMs.delete(fingerprint);
  }

  /**
   * Notices that much more time has passed than between two ticks, or less than none. Then the program was stopped
   * (Ctrl-Z, a laptop that slept), or the clock was set: nobody was silent because of that.
   */
  #notice(nowMs: number): void {
    const passed = nowMs - this.#lastMomentMs;
    this.#lastMomentMs = nowMs;
    if (passed >= 0 && passed < STOPPED_MS) return;
    this.#options.directory.skip(passed);
    for (const [fingerprint, time] of this.#sharedMs) this.#sharedMs.set(fingerprint, time + passed);
    this.#quietUntilMs = nowMs + QUIET_MS;
  }

  #receive(datagram: Buffer, sourceHost: string, isShared: boolean): void {
    if (this.#isStopped) return;
    const { gate, onNote } = this.#options;
    const nowMs = Date.now();
    this.#notice(nowMs);
    const judgement = gate.judge(datagram, sourceHost, nowMs);
    this.#count(judgement, sourceHost, isShared, nowMs);
    if (judgement.kind === "accepted") {
      if (isShared) this.#sharedMs.set(judgement.beacon.key.fingerprint, nowMs);
      return this.#accept(judgement.beacon, judgement.isNewSession, nowMs);
    }
    const { repeated, note } = judgement;
    // The same token came by two ways, of which the other was faster.
    if (isShared && repeated !== undefined && this.#options.directory.isKnown(repeated))
      this.#sharedMs.set(repeated, nowMs);
    if (note !== undefined && nowMs >= this.#quietUntilMs) onNote(note);
  }

  #accept(beacon: Beacon, isNewSession: boolean, nowMs: number): void {
    const { directory, onBeacon, onStart } = this.#options;
    const { fingerprint } = beacon.key;
    if (beacon.type === "bye") {
      this.#owed.delete(fingerprint);
      return this.#tell(directory.goodbye(fingerprint, nowMs));
    }
    const isNew = isNewSession || !directory.isKnown(fingerprint);
    const events = directory.heard(beacon, nowMs);
    onBeacon?.(beacon);
    this.#tell(events);
    if (!isNew) return;
    this.#answer(beacon, nowMs);
    onStart?.(fingerprint);
  }

  #tell(events: readonly DirectoryEvent[]): void {
    for (const event of events) this.#options.onEvent(event);
  }

  /** Who comes new gets a beacon at once, and knows us, too, after one round trip (P8.8). */
  #answer(beacon: Beacon, nowMs: number): void {
    const { key } = beacon;
    const answered = this.#answeredMs.get(key.fingerprint);
    if (answered !== undefined && Math.abs(nowMs - answered) < ANSWER_EVERY_MS)
      return void this.#owed.set(key.fingerprint, beacon);
    this.#answeredMs.set(key.fingerprint, nowMs);
    const to = parseAddress(beacon.address);
    if (to !== undefined) this.#sendDirectly({ ...to, label: "answers" });
  }

  /** A beacon for one peer, between beats. */
  #sendDirectly(destination: Destination): void {
    if (this.#isStopped) return;
    for (const own of this.#sendersTo(destination.host))
      this.#sockets.send(own.host, this.#token("beacon", own), destination);
  }

  #sendToAll(type: BeaconContent["type"]): void {
    const direct = [...this.#named.destinations(), ...this.#unheard()];
    for (const own of this.#own) {
      const token = this.#token(type, own);
      for (const destination of everybodyNear(own)) this.#sockets.send(own.host, token, destination);
      for (const destination of direct)
        if (this.#sendersTo(destination.host).includes(own)) this.#sockets.send(own.host, token, destination);
    }
  }

  /** The known peers that were not heard on the shared port for three beats, each at the address it was heard at last. */
  #unheard(): Destination[] {
    const nowMs = Date.now();
    return this.#options.directory.peers(nowMs).flatMap(({ fingerprint, addresses: [newest] }) => {
      const heard = this.#sharedMs.get(fingerprint);
      const address = parseAddress(newest);
      const isHeard = heard !== undefined && nowMs - heard <= this.#threeBeatsMs;
      return isHeard || address === undefined ? [] : [{ ...address, label: "known peers" }];
    });
  }

  /** The own addresses that are in one network with a host; if none is, any may reach it, through a router. */
  #sendersTo(host: string): OwnAddress[] {
    const near = this.#own.filter((own) => own.isNear(host));
    return near.length === 0 ? this.#own : near;
  }

  #token(type: BeaconContent["type"], own: OwnAddress): string {
    const { name, team, ports, session, identity, teamKey } = this.#options;
    this.#seq += 1;
    const address = formatAddress(own.host, ports.port);
    return makeBeacon({ type, name, team, address, session, seq: this.#seq }, identity, teamKey, Date.now());
  }

  /** Counts, for the doctor, what was heard on each of our networks. */
  #count(judgement: Judgement, sourceHost: string, isShared: boolean, nowMs: number): void {
    if (judgement.kind === "dropped") {
      const isOwn = judgement.reason === "own" && isShared;
      if (isOwn && this.#own.some(({ host }) => host === sourceHost)) this.#heardAt(sourceHost).ownMs = nowMs;
      return;
    }
    const near = this.#own.find((own) => own.isNear(sourceHost));
    if (near === undefined) this.#heardElsewhere += 1;
    else this.#heardAt(near.host)[isShared ? "shared" : "ownPort"] += 1;
  }

  #heardAt(host: string): Heard {
    const heard = this.#heard.get(host) ?? { shared: 0, ownPort: 0, ownMs: undefined };
    this.#heard.set(host, heard);
    return heard;
  }
}

/** Where the beacons from an own address go that are for everybody in its network (P8.7). */
function everybodyNear({ host, broadcast }: OwnAddress): Destination[] {
  if (!isIPv4(host)) return [];
  const group = { host: GROUP, port: SHARED_PORT, label: `group ${GROUP}` };
  if (broadcast === undefined) return [group];
  return [group, { host: broadcast, port: SHARED_PORT, label: `broadcast ${broadcast}` }];
}

async function hostNamed(name: string): Promise<string | undefined> {
  try {
    return (await lookup(name, { family: 4 })).address;
  } catch {
    return undefined;
  }
}

/** The destinations of --peer. Names are looked up one after the other, and again at every beat. */
class NamedPeers {
  readonly #peers: { label: string; name: string; port: number; host: string | undefined }[];
  #isLookingUp = false;

  constructor(peers: readonly string[]) {
    this.#peers = peers.flatMap((text) => {
      const given = parseDestination(text);
      if (given === undefined) return [];
      const { host: name, port } = given;
      return [{ label: `--peer ${text}`, name, port, host: isIP(name) === 0 ? undefined : name }];
    });
  }

  /** Begins to look up the names, unless that still goes on. @param onFound called for each that has a new address */
  lookUp(onFound: (destination: Destination) => void): void {
    if (this.#isLookingUp) return;
    this.#isLookingUp = true;
    void this.#lookUpAll(onFound).finally(() => {
      this.#isLookingUp = false;
    });
  }

  async #lookUpAll(onFound: (destination: Destination) => void): Promise<void> {
    for (const peer of this.#peers) {
      if (isIP(peer.name) !== 0) continue;
      const host = await hostNamed(peer.name);
      if (host === undefined || host === peer.host) continue; // An address that it had before is the best guess.
      peer.host = host;
      onFound({ ...peer, host });
    }
  }

  /** Those that are known by now. */
  destinations(): Destination[] {
    return this.#peers.flatMap(({ label, port, host }) =>
      host === undefined ? [] : [{ label, port, host }],
    );
  }
}
