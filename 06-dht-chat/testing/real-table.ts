// Real nodes of the table for tests and measurements: libp2p's kad-dht with the engine's own settings of it, and nothing of
// the chat. They listen on 127.0.0.1, on ports that the system chooses. Imported only where the packages are installed.

import "../node-polyfills.ts";
import { identify } from "@libp2p/identify";
import { kadDHT, type SingleKadDHT } from "@libp2p/kad-dht";
import { ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import type { Bytes } from "../bytes.ts";
import { commonSettings, connectionSettings, privateKeyOf, tableSettings } from "../engine-settings.ts";

const STREAM_WINDOW = 262_144;
/** A busy machine is slow: libp2p's own limits would end calls between nodes that are well. In milliseconds. */
const LIMIT = 60_000;
const PATIENT = { minTimeout: LIMIT, maxTimeout: LIMIT };
/** How often the table is looked at, in milliseconds. */
const LOOK = 20;
/** So many calls may come in at once: all other nodes', when one starts. */
const CALLS = 200;

/** A node of the table. */
export interface RealNode {
  readonly peerId: string;
  /** Where it listens; empty for a client. */
  readonly address: string;
  readonly k: number;
  readonly alpha: number;
  /** Joins a network by calling one node of it, and waits until the table holds it. @throws Error if that takes too long */
  join(address: string): Promise<void>;
  /** Whom its table holds, as peer ids: at most `count` of them, the nearest to an id of the table first. */
  known(id: Bytes, count: number): string[];
  /** Looks for the k nodes nearest to a key, by asking others. */
  closest(key: Bytes): Promise<RealLookup>;
  stop(): Promise<void>;
}

/** What a lookup has found, as peer ids, the nearest first, and what it has cost. */
export interface RealLookup {
  readonly found: readonly string[];
  /** Who has answered. */
  readonly answered: readonly string[];
  /** How many nodes have told of each other on the way to the nearest: 1 if it was known before. */
  readonly hops: number;
}

/** The part of kad-dht's table that is no part of its published interface. */
interface Table {
  closestPeers(id: Uint8Array, options: { count: number }): { toString(): string }[];
}

/**
 * Starts a node.
 * @param seed of its Ed25519 key, 32 bytes
 * @param isClient asks others, and is asked by nobody, as a page
 */
export async function startRealNode(seed: Bytes, isClient = false): Promise<RealNode> {
  const node = await createLibp2p({
    ...commonSettings(STREAM_WINDOW),
    privateKey: await privateKeyOf(seed),
    addresses: { listen: isClient ? [] : ["/ip4/127.0.0.1/tcp/0/ws"] },
    transports: [webSockets()],
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: {
      ...connectionSettings(),
      inboundConnectionThreshold: CALLS,
      maxIncomingPendingConnections: CALLS,
      dialTimeout: LIMIT,
      addressDialTimeout: LIMIT,
      inboundUpgradeTimeout: LIMIT,
    },
    connectionMonitor: { enabled: false },
    services: {
      identify: identify({ timeout: LIMIT }),
      ping: ping({ timeout: LIMIT }),
      table: kadDHT({
        ...tableSettings(isClient),
        pingNewContactTimeout: PATIENT,
        pingOldContactTimeout: PATIENT,
        networkDialTimeout: PATIENT,
      }),
    },
  });
  const { table } = node.services;
  const { routingTable } = table as unknown as { routingTable: Table };
  return {
    peerId: node.peerId.toString(),
    address: node.getMultiaddrs()[0]?.toString() ?? "",
    k: table.k,
    alpha: table.a,
    known: (id, count) => routingTable.closestPeers(id, { count }).map(String),
    async join(address) {
      const signal = AbortSignal.timeout(LIMIT);
      await node.dial(multiaddr(address), { signal });
      // A node is held once it has said what it speaks, and has answered a ping.
      while ((table as SingleKadDHT).routingTable.size === 0) {
        signal.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, LOOK));
      }
    },
    async closest(key) {
      const found: string[] = [];
      const hops = new Map<string, number>();
      const answered: string[] = [];
      for await (const event of table.getClosestPeers(key)) {
        if (event.name === "FINAL_PEER") found.push(event.peer.id.toString());
        if (event.name !== "PEER_RESPONSE") continue;
        const from = event.from.toString();
        const own = hops.get(from) ?? 1;
        hops.set(from, own);
        answered.push(from);
        for (const { id } of event.closer) if (!hops.has(id.toString())) hops.set(id.toString(), own + 1);
      }
      return { found, answered, hops: hops.get(found[0] ?? "") ?? 0 };
    },
    async stop() {
      await node.stop();
    },
  };
}
