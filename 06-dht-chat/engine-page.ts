// A page's engine: libp2p as a client of the table, with circuits reserved on relays, calls through them, and groups
// (P10.5, P10.6, P10.11). It runs in browsers, and in Node.js for tests.

import { circuitRelayTransport } from "@libp2p/circuit-relay-v2";
import { type GossipSub, gossipsub } from "@libp2p/gossipsub";
import { type Identify, identify } from "@libp2p/identify";
import {
  type Connection,
  type Libp2p,
  type Listener,
  type PeerId,
  type Stream,
  setMaxListeners,
  type Upgrader,
} from "@libp2p/interface";
import type { TransportManager } from "@libp2p/interface-internal";
import { type KadDHT, kadDHT, type SingleKadDHT } from "@libp2p/kad-dht";
import { type Ping, ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { type Bytes, toUtf8 } from "./bytes.ts";
import { Callers } from "./callers.ts";
import { type Pulses, watchPulses } from "./engine-pulse.ts";
import {
  BUCKET_SIZE,
  CHAT_PROTOCOL,
  commonSettings,
  connectionSettings,
  EngineMemory,
  MOST_BUFFERED,
  privateKeyOf,
  tableSettings,
} from "./engine-settings.ts";
import { publicKeyOfPeerId } from "./identity.ts";
import type { Network, NetworkEvents, RelayView } from "./network.ts";
import type { Pipe } from "./pipe.ts";
import { checkRecord, selectRecord } from "./record.ts";
import { circuitAddress, parseRelayAddress, type RelayAddress, relayOfCircuit } from "./relay-addresses.ts";
import { RelayDoubts } from "./relay-doubts.ts";
import { ENOUGH_RELAYS, RelayKeeper } from "./relay-keeper.ts";
import { StreamPipe } from "./stream-pipe.ts";

/** What a page is started with. */
export interface PageOptions {
  /** The seed of its identity, 32 bytes. */
  identity: Bytes;
  /** Addresses of nodes to join by; others are found through them. */
  nodes: readonly string[];
  /** Asked for them anew when there are too few relays: a node that was started again may have another key, and so another address. */
  askNodes?: () => Promise<readonly string[]>;
  events: NetworkEvents;
}

// All times are in milliseconds.
const CALL_LIMIT = 10_000;
const DIAL_LIMIT = 3000;
const STREAM_LIMIT = 3000;
const CLOSE_LIMIT = 1000;
/** How long an empty table is waited for, and nodes that were just heard of. */
const EMPTY_TABLE_LIMIT = 8000;
const NEW_NODES_LIMIT = 1500;
const LOOK_PAUSE = 100;
const TABLE_LIMIT = 10_000;
/** When a first record was found, others may still bring a later one for so long. */
const LATER_RECORDS = 1000;
/** Whether there is a relay at all is looked at so often. */
const ALONE_PAUSE = 5000;
/** A relay that says nothing is soon not counted on any more, and cut much later: it may be busy on a slow line. */
const PULSE_LIMITS = { quiet: 1500, doubted: 2000, dead: 30_000 };

/** A stream's window, in bytes: what is under way to a slow reader. */
const MOST_WINDOW = 2_097_152;
const MOST_ADDRESSES = 8;
const MOST_NODES = 64;
const MOST_GROUP_BYTES = 16_384;
/**
 * Connections to us, all through relays: libp2p's own limits for browsers are 100, 10 that are not ready yet, and 5 a second
 * from one host. All who come through one relay come from its host, so there a single stranger could keep out everybody else:
 * what one of them may take is the matter of callers.ts.
 */
const MOST_CONNECTIONS = 300;
const MOST_PENDING_CONNECTIONS = 128;
const MOST_CONNECTIONS_A_SECOND = 128;
/** A peer calls us with one stream, and with another if the first was lost. */
const PIPES_OF_A_CONNECTION = 8;

/** What we use of libp2p's inside: circuits are listened on one by one, which it has no call for. */
interface Inside {
  transportManager: TransportManager;
  upgrader: Upgrader;
}

/** A way to a peer: through this relay, by a connection that stands or by one that is to be made. */
interface Way {
  relay: string;
  open(limit: AbortSignal): Promise<Connection>;
}

interface Services extends Record<string, unknown> {
  identify: Identify;
  ping: Ping;
  dht: KadDHT;
  groups: GossipSub;
  inside: Inside;
}

/**
 * Starts a page's engine. It comes back at once: nodes are looked for afterwards, and the `addresses` event tells when
 * others can call us.
 */
export async function startEnginePage({
  identity: seed,
  nodes,
  askNodes,
  events,
}: PageOptions): Promise<Network> {
  const callers = new Callers();
  let started: Libp2p<Services> | undefined;
  const libp2p = await createLibp2p<Services>({
    ...commonSettings(MOST_WINDOW),
    privateKey: await privateKeyOf(seed),
    datastore: new EngineMemory(),
    addresses: { listen: [] },
    transports: [webSockets({ maxBufferedAmount: MOST_BUFFERED }), circuitRelayTransport()],
    // Our own machine and network are where our nodes are. A browser's libp2p would refuse to call them.
    connectionGater: {
      denyDialMultiaddr: () => false,
      denyInboundRelayedConnection: (_relay, peer) =>
        !callers.mayConnect(peer.toString(), started?.getConnections(peer).length ?? 0, Date.now()),
    },
    connectionManager: {
      ...connectionSettings(),
      maxConnections: MOST_CONNECTIONS,
      maxIncomingPendingConnections: MOST_PENDING_CONNECTIONS,
      inboundConnectionThreshold: MOST_CONNECTIONS_A_SECOND,
      addressDialTimeout: DIAL_LIMIT,
    },
    // See engine-pulse.ts, which does this instead.
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(),
      ping: ping(),
      dht: kadDHT(tableSettings(true)),
      groups: gossipsub({
        allowPublishToZeroTopicPeers: true,
        fallbackToFloodsub: false,
        emitSelf: false,
        runOnLimitedConnection: true,
        maxInboundDataLength: 4 * MOST_GROUP_BYTES,
        maxOutboundBufferSize: 64 * MOST_GROUP_BYTES,
        // Many pages share one relay, and so its address: that is nothing bad of them.
        scoreParams: { IPColocationFactorWeight: 0 },
      }),
      inside: ({ transportManager, upgrader }) => ({ transportManager, upgrader }),
    },
  });
  started = libp2p;
  const page = new EnginePage(libp2p, { nodes, askNodes: askNodes ?? (async () => nodes), events });
  await page.start();
  return page;
}

class EnginePage implements Network {
  readonly peerId: string;
  readonly #libp2p: Libp2p<Services>;
  readonly #events: NetworkEvents;
  readonly #askNodes: () => Promise<readonly string[]>;
  #nodes: readonly RelayAddress[];
  readonly #relays: RelayKeeper;
  readonly #pulses: Pulses;
  /** One for each relay that ever had a place for us: it is listened on again when it is back. */
  readonly #listeners = new Map<string, Listener>();
  readonly #doubts = new RelayDoubts();
  readonly #stopped = new AbortController();
  /** In milliseconds. The addresses that it began with are new. */
  readonly #started = Date.now();
  #addresses: readonly string[] = [];
  /** The user has been told that there is no relay. */
  #isAlone = false;

  constructor(
    libp2p: Libp2p<Services>,
    { nodes, askNodes, events }: Required<Omit<PageOptions, "identity">>,
  ) {
    this.#libp2p = libp2p;
    this.#events = events;
    this.peerId = libp2p.peerId.toString();
    this.#askNodes = askNodes;
    this.#nodes = this.#relaysAt(nodes);
    this.#pulses = watchPulses({
      connections: () => this.#relays.reserved().flatMap(({ peerId }) => this.#connectionsOf(peerId)),
      limits: PULSE_LIMITS,
      changed: () => this.#relays.look(),
    });
    this.#relays = new RelayKeeper({
      candidates: () => this.#candidates(),
      reserve: (relay) => this.#reserve(relay),
      reach: (relay) => this.#dialRelay(relay),
      isDoubted: (peerId) => this.#connectionsOf(peerId).some((one) => this.#pulses.isDoubted(one)),
      isReserved: (peerId) => (this.#listeners.get(peerId)?.getAddrs().length ?? 0) > 0,
      changed: () => this.#relaysChanged(),
      now: () => Date.now(),
      later: (action, milliseconds) => {
        const timer = setTimeout(action, milliseconds);
        return () => clearTimeout(timer);
      },
    });
  }

  async start(): Promise<void> {
    const { services } = this.#libp2p;
    await this.#libp2p.handle(CHAT_PROTOCOL, (stream, connection) => this.#takeCall(stream, connection), {
      runOnLimitedConnection: true,
      maxInboundStreams: PIPES_OF_A_CONNECTION,
      maxOutboundStreams: PIPES_OF_A_CONNECTION,
    });
    services.groups.addEventListener("gossipsub:message", ({ detail: { msg } }) => {
      if (msg.type !== "signed" || msg.data.length > MOST_GROUP_BYTES) return;
      this.#tell(() => this.#events.group(msg.topic, msg.data.slice(), msg.from.toString()));
    });
    this.#libp2p.addEventListener("connection:close", ({ detail }) => {
      this.#doubtRelayOf(detail);
      this.#joinGroupsAgain(detail.remotePeer);
    });
    const checks = setInterval(() => this.#complainIfAlone(), ALONE_PAUSE);
    this.#stopped.signal.addEventListener("abort", () => {
      clearInterval(checks);
      this.#pulses.stop();
    });
    this.#relays.look();
  }

  get addresses(): readonly string[] {
    return this.#addresses;
  }

  relays(): RelayView[] {
    return this.#relays.views();
  }

  async publish(key: string, value: Bytes): Promise<number> {
    await this.#tableIsThere();
    const [stored, named] = [new Set<string>(), new Set<string>()];
    const signal = this.#limit(TABLE_LIMIT);
    const due = (): number => Math.min(BUCKET_SIZE, new Set([...stored, ...named]).size);
    await this.#putOnce(toUtf8(key), value, stored, named, signal);
    // Just after the start a page knows few nodes. Those that it has heard of now have to store it, too.
    if (stored.size < due()) {
      await waitUntil(() => signal.aborted || this.#tableSize >= due(), NEW_NODES_LIMIT);
      await this.#putOnce(toUtf8(key), value, stored, named, signal);
    }
    return stored.size;
  }

  /** @param stored gets the nodes that have stored it @param named gets those that were named by others on the way */
  async #putOnce(
    key: Bytes,
    value: Bytes,
    stored: Set<string>,
    named: Set<string>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      for await (const event of this.#libp2p.services.dht.put(key, value, { signal })) {
        if (event.name !== "PEER_RESPONSE") continue;
        if (event.messageName === "PUT_VALUE") stored.add(String(event.from));
        for (const { id } of event.closer) named.add(String(id));
      }
    } catch {
      // A node that cannot be reached is none that has stored it. What was counted stands.
    }
  }

  get #tableSize(): number {
    return (this.#libp2p.services.dht as SingleKadDHT).routingTable.size;
  }

  async find(key: string): Promise<Bytes | undefined> {
    await this.#tableIsThere();
    const found: Bytes[] = [];
    const enough = new AbortController();
    const signal = this.#limit(TABLE_LIMIT, enough.signal);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      // Each node's own answer is looked at: at its end, libp2p fails if a node does not let itself be corrected.
      for await (const event of this.#libp2p.services.dht.get(toUtf8(key), { signal })) {
        if (event.name !== "PEER_RESPONSE" || event.record === undefined) continue;
        const value = event.record.value.slice();
        if (!("record" in (await checkRecord(key, value, Date.now())))) continue;
        found.push(value);
        timer ??= setTimeout(() => enough.abort(), LATER_RECORDS);
      }
    } catch {
      // It took too long, or some node has failed. What was found counts.
    } finally {
      clearTimeout(timer);
    }
    return found.length === 0 ? undefined : found[selectRecord(found)];
  }

  async connect(peerId: string, addresses: readonly string[]): Promise<void> {
    if (this.#connectionsOf(peerId).length > 0) return;
    await this.#byFirstWay(peerId, addresses, this.#limit(CALL_LIMIT), async () => {});
  }

  async call(peerId: string, addresses: readonly string[], signal?: AbortSignal): Promise<Pipe> {
    const limit = this.#limit(CALL_LIMIT, signal);
    return this.#byFirstWay(peerId, addresses, limit, (connection) => this.#pipeOn(connection, limit));
  }

  subscribe(topic: string): void {
    this.#libp2p.services.groups.subscribe(topic);
  }

  unsubscribe(topic: string): void {
    this.#libp2p.services.groups.unsubscribe(topic);
  }

  async say(topic: string, message: Bytes): Promise<void> {
    if (message.length > MOST_GROUP_BYTES)
      throw new Error(`a group's message of ${message.length} bytes: it may have ${MOST_GROUP_BYTES}`);
    await this.#libp2p.services.groups.publish(topic, message);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#relays.stop();
    await this.#libp2p.stop();
  }

  /** Our own nodes first, then those that they name; who is connected already before the others. */
  async #candidates(): Promise<RelayAddress[]> {
    await this.#askAgain();
    const others = new Map<string, RelayAddress>();
    try {
      const key = globalThis.crypto.getRandomValues(new Uint8Array(32));
      for await (const event of this.#libp2p.services.dht.getClosestPeers(key, {
        signal: this.#limit(DIAL_LIMIT),
      }))
        if (event.name === "PEER_RESPONSE")
          for (const { id, multiaddrs } of event.closer)
            for (const address of multiaddrs) {
              const relay = parseRelayAddress(withPeer(address, id), this.peerId);
              if (relay !== undefined && others.size < MOST_NODES) others.set(relay.peerId, relay);
            }
    } catch {
      // Not all of them have answered in time.
    }
    const own = new Set(this.#nodes.map(({ peerId }) => peerId));
    const isFar = ({ peerId }: RelayAddress): number => (this.#connectionsOf(peerId).length === 0 ? 1 : 0);
    const shown = shuffled([...others.values()].filter(({ peerId }) => !own.has(peerId)));
    return [...this.#nodes, ...shown.sort((one, other) => isFar(one) - isFar(other))];
  }

  /** With fewer relays than a page wants, the own node may have been started again, under another key. */
  async #askAgain(): Promise<void> {
    if (Date.now() - this.#started < ALONE_PAUSE || this.#relays.reserved().length >= ENOUGH_RELAYS) return;
    try {
      this.#nodes = this.#relaysAt(await this.#askNodes());
    } catch {
      // The own node is away. Those that were known may be there.
    }
  }

  #relaysAt(addresses: readonly string[]): RelayAddress[] {
    return addresses.slice(0, MOST_NODES).flatMap((address) => parseRelayAddress(address, this.peerId) ?? []);
  }

  async #dialRelay({ address }: RelayAddress): Promise<void> {
    await this.#libp2p.dial(multiaddr(address), { signal: this.#limit(DIAL_LIMIT) });
  }

  async #reserve(relay: RelayAddress): Promise<void> {
    const { peerId, address } = relay;
    await this.#dialRelay(relay);
    const circuit = multiaddr(`${address}/p2p-circuit`);
    const { transportManager, upgrader } = this.#libp2p.services.inside;
    let listener = this.#listeners.get(peerId);
    if (listener === undefined) {
      listener = transportManager.listenTransportForMultiaddr(circuit)?.createListener({ upgrader });
      if (listener === undefined) throw new Error("there is no transport for circuits");
      // It is never closed: that would end all circuits. A reservation that is lost comes as this event, too.
      const known = listener;
      known.addEventListener("listening", () => {
        if (known.getAddrs().length === 0) this.#relays.lost(peerId);
      });
    }
    await listener.listen(circuit);
    if (listener.getAddrs().length === 0) throw new Error("the relay is gone again");
    this.#listeners.set(peerId, listener);
  }

  #relaysChanged(): void {
    const addresses = this.#relays
      .reserved()
      .map(({ address }) => circuitAddress(address, this.peerId))
      .slice(0, MOST_ADDRESSES);
    const isNew = addresses.join() !== this.#addresses.join();
    this.#addresses = addresses;
    if (isNew) this.#tell(() => this.#events.addresses(addresses));
    this.#tell(() => this.#events.relays());
  }

  /** Once for each time that all relays are gone. */
  #complainIfAlone(): void {
    const isAlone = this.#relays.reserved().length === 0;
    if (isAlone && !this.#isAlone)
      this.#tell(() =>
        this.#events.problem(
          "no relay can be reached, so nobody can call you: see that your node runs (npm run 06)",
        ),
      );
    this.#isAlone = isAlone;
  }

  /** Waits until the table knows a node. It is empty just after the start, and after all nodes were gone. */
  async #tableIsThere(): Promise<void> {
    await waitUntil(() => this.#stopped.signal.aborted || this.#tableSize > 0, EMPTY_TABLE_LIMIT);
  }

  #takeCall(stream: Stream, connection: Connection): void {
    const key = publicKeyOfPeerId(connection.remotePeer.toString());
    if (key === undefined) return stream.abort(new Error("only peers with Ed25519 keys can call"));
    const pipe = this.#pipeOf(stream, key, connection);
    this.#tell(() => this.#events.pipe(pipe));
  }

  async #pipeOn(connection: Connection, limit: AbortSignal): Promise<Pipe> {
    const key = publicKeyOfPeerId(connection.remotePeer.toString());
    if (key === undefined) throw new Error("only peers with Ed25519 keys can be called");
    try {
      const signal = this.#limit(STREAM_LIMIT, limit);
      const stream = await connection.newStream(CHAT_PROTOCOL, { signal, runOnLimitedConnection: true });
      return this.#pipeOf(stream, key, connection);
    } catch (error) {
      // It may not know yet that it is dead.
      if (!limit.aborted) connection.abort(asError(error));
      throw error;
    }
  }

  /** The connections that stand, the oldest first. */
  #connectionsOf(peerId: string): Connection[] {
    return this.#libp2p
      .getConnections()
      .filter(({ remotePeer, status }) => status === "open" && remotePeer.toString() === peerId);
  }

  #pipeOf(stream: Stream, key: Bytes, connection: Connection): Pipe {
    return new StreamPipe(stream, key, () => {
      this.#doubtRelayOf(connection);
      // That the stream was reset goes out first, if anything does.
      const signal = AbortSignal.timeout(CLOSE_LIMIT);
      connection.close({ signal }).catch((error: unknown) => connection.abort(asError(error)));
    });
  }

  /** Tries the ways to a peer, one after the other. @returns what came of the first one that works */
  async #byFirstWay<T>(
    peerId: string,
    addresses: readonly string[],
    limit: AbortSignal,
    use: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    let ways = this.#waysTo(peerId, addresses);
    let problem: unknown = new Error("the record has no address that can be called");
    for (;;) {
      const [way, ...others] = this.#leastDoubtedFirst(peerId, ways);
      if (way === undefined) throw asError(problem);
      ways = others;
      try {
        return await use(await way.open(limit));
      } catch (error) {
        limit.throwIfAborted();
        problem = error;
        this.#doubts.doubt(peerId, way.relay, Date.now());
      }
    }
  }

  /** Connections that stand come first, the newest of them before the others; then relays that we are connected to. */
  #waysTo(peerId: string, addresses: readonly string[]): Way[] {
    const standing = this.#connectionsOf(peerId).reverse();
    const isNear = ({ relay }: Way): boolean => this.#connectionsOf(relay).length > 0;
    const others = addresses.slice(0, MOST_ADDRESSES).flatMap((address): Way[] => {
      const relay = relayOfCircuit(address, peerId)?.peerId;
      return relay === undefined ? [] : [{ relay, open: (limit) => this.#dial(address, limit) }];
    });
    return [
      ...standing.map((connection) => ({
        relay: relayOfConnection(connection) ?? "",
        open: async () => connection,
      })),
      ...others.sort((one, other) => Number(isNear(other)) - Number(isNear(one))),
    ];
  }

  #leastDoubtedFirst(peerId: string, ways: readonly Way[]): Way[] {
    const since = ({ relay }: Way): number => this.#doubts.since(peerId, relay, Date.now());
    return [...ways].sort((one, other) => since(one) - since(other));
  }

  /** A new connection, also where one through another relay stands. */
  #dial(address: string, limit: AbortSignal): Promise<Connection> {
    return this.#libp2p.dial(multiaddr(address), { signal: this.#limit(DIAL_LIMIT, limit), force: true });
  }

  /**
   * Who was connected through this relay, and is no more, is called through another one next: it may be that they have left,
   * but also that the relay has failed them, or us. So both sides go another way, whoever has found it out.
   */
  #doubtRelayOf(connection: Connection): void {
    const relay = relayOfConnection(connection);
    if (relay !== undefined) this.#doubts.doubt(connection.remotePeer.toString(), relay, Date.now());
  }

  /** Groups keep to the first connection of a peer: when it closes, the next one has to be shown to them. */
  #joinGroupsAgain(peer: PeerId): void {
    const [next] = this.#connectionsOf(peer.toString());
    if (next === undefined || this.#stopped.signal.aborted) return;
    this.#libp2p.services.identify.identify(next).catch(() => {}); // Then it is dead as well.
  }

  /** Aborts after so many milliseconds, when the caller does, and when all is stopped. */
  #limit(milliseconds: number, signal?: AbortSignal): AbortSignal {
    const signals = [AbortSignal.timeout(milliseconds), this.#stopped.signal];
    const limit = AbortSignal.any(signal === undefined ? signals : [...signals, signal]);
    // A lookup asks many nodes under one limit. That is no leak.
    setMaxListeners(Number.POSITIVE_INFINITY, limit);
    return limit;
  }

  #tell(event: () => void): void {
    if (!this.#stopped.signal.aborted) event();
  }
}

/** @returns undefined for a connection that goes through none */
function relayOfConnection({ remoteAddr, remotePeer }: Connection): string | undefined {
  return relayOfCircuit(remoteAddr.toString(), remotePeer.toString())?.peerId;
}

/** Looks every 100 ms if it is so, for so many milliseconds at most. */
async function waitUntil(isSo: () => boolean, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!isSo() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, LOOK_PAUSE));
}

function withPeer(address: Multiaddr, peer: PeerId): string {
  const text = address.toString();
  return text.includes("/p2p/") ? text : `${text}/p2p/${peer}`;
}

/** A copy in another order, so that not all pages take the same relays. */
function shuffled<T>(values: readonly T[]): T[] {
  const keyed = values.map((value) => ({ value, key: Math.random() }));
  return keyed.sort((one, other) => one.key - other.key).map(({ value }) => value);
}

/** A WebSocket that fails does so with an Event, which says nothing. */
function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("the connection could not be made");
}
