// A node's engine: libp2p as a server of the table and a relay (P10.5). It has no socket of its own: the web server hands
// the relay's WebSockets over.

import { type CircuitRelayService, circuitRelayServer } from "@libp2p/circuit-relay-v2";
import { identify } from "@libp2p/identify";
import { type Connection, type Libp2p, type PeerId, type Stream, setMaxListeners } from "@libp2p/interface";
import { type KadDHT, kadDHT } from "@libp2p/kad-dht";
import { type Ping, ping } from "@libp2p/ping";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { type Bytes, toHex } from "./bytes.ts";
import { systemClock, waitFor } from "./clock.ts";
import { type SocketSource, sharedPort } from "./engine-listener.ts";
import { watchPulses } from "./engine-pulse.ts";
import {
  commonSettings,
  connectionSettings,
  type Encrypter,
  EngineMemory,
  HOP_PROTOCOL,
  KAD_PROTOCOL,
  privateKeyOf,
  tableSettings,
} from "./engine-settings.ts";
import type { PulseLimits } from "./pulse.ts";
import { brake } from "./relay-brake.ts";
import { isHostFull, RELAY_LIMITS, type RelayLimits } from "./relay-limits.ts";

/** What a node is started with. */
export interface NodeOptions {
  /** The seed of its key, 32 bytes. */
  seed: Bytes;
  /** Where it can be reached, without its peer id: `/ip4/127.0.0.1/tcp/8060/ws`, say. */
  addresses: readonly string[];
  sockets: SocketSource;
  /** Addresses of other nodes, with their peer ids, to join the table by. */
  join: readonly string[];
  /** Other limits than P10.5's, for tests. */
  limits?: Partial<RelayLimits>;
  /** Other limits than a node's own for connections that bring nothing, for tests. */
  pulse?: PulseLimits;
  /** In place of noise itself: what a relay sees behind it can be listened to (the attack eavesdropping-relay). */
  encrypter?: Encrypter;
  /** Is given both halves of each circuit when they are joined: a test's relay can fail them. */
  joined?(one: Stream, other: Stream): void;
  /** Tells what the user should know, in a line. */
  note(line: string): void;
}

/** A node that runs. */
export interface EngineNode {
  readonly peerId: string;
  /** Where it can be reached, with its peer id. */
  readonly addresses: readonly string[];
  /** Addresses of other nodes of the table, 16 at most: a page looks for its relays among them. */
  others(): Promise<string[]>;
  /** How many records it holds (for tests, and for who wants to look). */
  readonly recordCount: number;
  /** How many circuits are reserved here. */
  readonly reservationCount: number;
  stop(): Promise<void>;
}

/** A circuit's window in each direction, in bytes: a relay holds that much of each, and little more. */
const MOST_WINDOW = 524_288;

const MOST_CONNECTIONS = 600;
const MOST_PENDING_CONNECTIONS = 100;
const MOST_CONNECTIONS_A_SECOND = 100;
const MOST_OTHERS = 16;
const LONGEST_RESERVATION = 2 * 60 * 60 * 1000;
/** A connection that brings nothing is asked for something, and may take so long: it waits behind what was sent before. */
const PULSE_LIMITS = { quiet: 10_000, doubted: 60_000, dead: 60_000 };
const DIAL_LIMIT = 5000;
/** A node calls its --join addresses after so long, and after growing pauses where nobody answers. All in milliseconds. */
const JOIN_PAUSE = 2000;
const LONGEST_JOIN_PAUSE = 30_000;
/** A node looks itself up after half a second, then after one, two, four … up to a minute. */
const FIRST_LOOKUP = 500;
const LAST_LOOKUP = 60_000;
const LOOKUP_LIMIT = 10_000;

interface Services extends Record<string, unknown> {
  dht: KadDHT;
  ping: Ping;
  relay: CircuitRelayService;
}

/** What we use of the relay's inside: where it joins the two halves of a circuit. */
interface RelayInside {
  handleConnect(request: CircuitRequest, options: object): Promise<void>;
  stopHop(request: object, options: object): Promise<Stream | undefined>;
}

interface CircuitRequest {
  connection: Connection;
  stream: AskingStream;
  /** Whom the page wants to reach: the bytes of their peer id. */
  request: { peer?: { id: Uint8Array } };
}

interface CircuitWatch {
  joined: Joined;
  /** A page asks for a circuit. @returns what is to be called when it is refused, or over */
  asked(pair: string): () => void;
}

type Joined = (one: Stream, other: Stream) => void;

/** The stream on which a page asks for a circuit, with libp2p's messages on top of it. */
interface AskingStream {
  pb(codec: unknown): unknown;
  /** The stream without them. */
  unwrap(): Stream;
}

/** Starts a node's engine. It calls the `join` addresses until the table knows somebody, and comes back before that. */
export async function startEngineNode(options: NodeOptions): Promise<EngineNode> {
  const memory = new EngineMemory();
  const limits = { ...RELAY_LIMITS, ...options.limits };
  const gate = new RelayGate(limits, (one, other) => {
    brake(one, other);
    options.joined?.(one, other);
  });
  const libp2p = await createLibp2p<Services>({
    ...commonSettings(MOST_WINDOW),
    ...(options.encrypter === undefined ? {} : { connectionEncrypters: [options.encrypter] }),
    privateKey: await privateKeyOf(options.seed),
    datastore: memory,
    addresses: { listen: [...options.addresses.slice(0, 1)], announce: [...options.addresses] },
    transports: [sharedPort(options.sockets, options.addresses)],
    connectionGater: {
      denyInboundRelayReservation: (peer) => gate.deniesReservation(peer),
      denyOutboundRelayedConnection: (asking, asked) => gate.deniesCircuit(asking, asked),
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
      dht: kadDHT(tableSettings(false)),
      relay: circuitRelayServer({
        maxInboundHopStreams: limits.circuitsOfAPage,
        maxOutboundStopStreams: limits.circuitsOfAPage,
        // Chats and files take as long as they take: no limit of libp2p's for a circuit's bytes or time.
        reservations: {
          maxReservations: limits.reservations,
          applyDefaultLimit: false,
          reservationTtl: LONGEST_RESERVATION,
        },
      }),
    },
  });
  gate.watch(libp2p);
  const pulses = watchPulses({
    connections: () => libp2p.getConnections(),
    limits: options.pulse ?? PULSE_LIMITS,
  });
  const stops = [keepJoined(libp2p, options), keepAcquainted(libp2p), pulses.stop];
  return {
    peerId: libp2p.peerId.toString(),
    addresses: options.addresses.map((address) => `${address}/p2p/${libp2p.peerId}`),
    others: () => othersOf(libp2p),
    get recordCount() {
      return memory.records.size;
    },
    get reservationCount() {
      return libp2p.services.relay.reservations.size;
    },
    stop: async () => {
      for (const stop of stops) stop();
      await libp2p.stop();
    },
  };
}

/** Who may reserve and use circuits (P10.5), and how fast a circuit's bytes are taken. */
class RelayGate {
  readonly #limits: RelayLimits;
  readonly #joined: Joined;
  /** How many circuits of each pair of pages there are, with those that are being made. */
  readonly #pairs = new Map<string, number>();
  #libp2p: Libp2p<Services> | undefined;

  /** @param joined is called with both halves of each circuit */
  constructor(limits: RelayLimits, joined: Joined) {
    this.#limits = limits;
    this.#joined = joined;
  }

  watch(libp2p: Libp2p<Services>): void {
    this.#libp2p = libp2p;
    // libp2p would keep the place of who has gone for two hours.
    libp2p.addEventListener("peer:disconnect", ({ detail }) =>
      libp2p.services.relay.reservations.delete(detail),
    );
    watchCircuits(libp2p.services.relay as unknown as RelayInside, {
      joined: this.#joined,
      asked: (pair) => this.#count(pair),
    });
  }

  deniesReservation(peer: PeerId): boolean {
    const { reservations } = this.#libp2p?.services.relay ?? {};
    const [connection] = this.#connections(peer);
    if (reservations === undefined || connection === undefined) return true;
    if (reservations.has(peer)) return false;
    const others = [...reservations.values()].map(({ addr }) => addr.toString());
    return isHostFull(connection.remoteAddr.toString(), others, this.#limits);
  }

  deniesCircuit(asking: PeerId, asked: PeerId): boolean {
    const { circuits, circuitsOfAPage, circuitsOfAPair } = this.#limits;
    // The circuit that is asked for is one of them.
    return (
      this.#connections().flatMap(hopStreams).length > circuits ||
      this.#connections(asking).flatMap(hopStreams).length > circuitsOfAPage ||
      (this.#pairs.get(pairOf(asking, asked.toMultihash().bytes)) ?? 0) > circuitsOfAPair
    );
  }

  /** Counts one more circuit of this pair. @returns what ends it */
  #count(pair: string): () => void {
    this.#pairs.set(pair, (this.#pairs.get(pair) ?? 0) + 1);
    return () => {
      const left = (this.#pairs.get(pair) ?? 1) - 1;
      if (left > 0) this.#pairs.set(pair, left);
      else this.#pairs.delete(pair);
    };
  }

  #connections(peer?: PeerId): Connection[] {
    return this.#libp2p?.getConnections(peer) ?? [];
  }
}

/** Tells of each circuit. Both calls of one request are given the same options. */
function watchCircuits(relay: RelayInside, { joined, asked }: CircuitWatch): void {
  const otherHalves = new WeakMap<object, Stream>();
  const handleConnect = relay.handleConnect.bind(relay);
  const stopHop = relay.stopHop.bind(relay);
  relay.stopHop = async (request, options) => {
    const stream = await stopHop(request, options);
    if (stream !== undefined) otherHalves.set(options, stream);
    return stream;
  };
  relay.handleConnect = async (request, options) => {
    const { connection, stream: asking } = request;
    const end = asked(pairOf(connection.remotePeer, request.request.peer?.id ?? new Uint8Array()));
    let isJoined = false;
    const unwrap = (): Stream => {
      const stream = asking.unwrap();
      const other = otherHalves.get(options);
      if (other === undefined) return stream;
      isJoined = true;
      stream.addEventListener("close", end);
      joined(stream, other);
      return stream;
    };
    try {
      await handleConnect({ ...request, stream: { pb: (codec) => asking.pb(codec), unwrap } }, options);
    } finally {
      if (!isJoined) end();
    }
  };
}

/** @param asked the bytes of a peer id */
function pairOf(asking: PeerId, asked: Uint8Array): string {
  return `${asking} ${toHex(asked)}`;
}

function hopStreams({ streams }: Connection): Stream[] {
  return streams.filter(({ protocol, direction }) => protocol === HOP_PROTOCOL && direction === "inbound");
}

/** Looks itself up, often at first: so nodes that have started together get to know each other. @returns a function that ends it */
function keepAcquainted(libp2p: Libp2p<Services>): () => void {
  let pause = FIRST_LOOKUP;
  let timer: NodeJS.Timeout;
  const lookUp = async (): Promise<void> => {
    try {
      const signal = AbortSignal.timeout(LOOKUP_LIMIT);
      setMaxListeners(Number.POSITIVE_INFINITY, signal); // It asks many nodes under one limit.
      for await (const _ of libp2p.services.dht.getClosestPeers(libp2p.peerId.toMultihash().bytes, {
        signal,
      }));
    } catch {
      // Some have not answered. Others have.
    }
    pause = Math.min(LAST_LOOKUP, 2 * pause);
    timer = setTimeout(lookUp, pause);
  };
  timer = setTimeout(lookUp, pause);
  return () => clearTimeout(timer);
}

/** Calls the nodes to join by, and again whenever they are lost. @returns a function that ends it */
function keepJoined(libp2p: Libp2p<Services>, { join, note }: NodeOptions): () => void {
  const stopped = new AbortController();
  setMaxListeners(Number.POSITIVE_INFINITY, stopped.signal); // Each address waits for it.
  for (const address of join) void keepOneJoined(libp2p, address, note, stopped.signal);
  return () => stopped.abort();
}

/** Each try of a node that is connected already does nothing. Never rejects; never resolves once it is stopped in a pause. */
async function keepOneJoined(
  libp2p: Libp2p<Services>,
  address: string,
  note: (line: string) => void,
  stopped: AbortSignal,
): Promise<void> {
  let problem: string | undefined;
  let pause = JOIN_PAUSE;
  while (!stopped.aborted) {
    try {
      await libp2p.dial(multiaddr(address), {
        signal: AbortSignal.any([stopped, AbortSignal.timeout(DIAL_LIMIT)]),
      });
      if (problem !== undefined) note(`joined the network at ${address}`);
      problem = undefined;
      pause = JOIN_PAUSE;
    } catch (error) {
      if (stopped.aborted) return;
      const was = problem;
      problem = joinProblem(address, error);
      if (problem !== was) note(problem);
      pause = Math.min(2 * pause, LONGEST_JOIN_PAUSE);
    }
    await waitFor(systemClock, pause, stopped);
  }
}

/** Somebody may answer there, with another key. */
function joinProblem(address: string, error: unknown): string {
  return error instanceof Error && error.name === "EncryptionFailedError"
    ? `another node answers at ${address} (--join): perhaps it was started again without --data; ask for its new address`
    : `cannot reach ${address} (--join); trying on`;
}

/** Who is connected now comes first: the others may have gone. */
async function othersOf(libp2p: Libp2p<Services>): Promise<string[]> {
  const peers = await libp2p.peerStore.all({
    filters: [({ protocols }) => protocols.includes(KAD_PROTOCOL)],
  });
  const isFar = ({ id }: { id: PeerId }): number => (libp2p.getConnections(id).length === 0 ? 1 : 0);
  const near = peers.sort((one, other) => isFar(one) - isFar(other));
  return near.slice(0, MOST_OTHERS).flatMap(({ id, addresses: [address] }) => {
    const text = address?.multiaddr.toString();
    if (text === undefined) return [];
    return [text.includes("/p2p/") ? text : `${text}/p2p/${id}`];
  });
}
