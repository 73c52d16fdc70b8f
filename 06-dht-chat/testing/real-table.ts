// Real nodes of the table for tests and measurements: libp2p's kad-dht with k and alpha of P10.5, and nothing of the chat.
// They listen on 127.0.0.1, on ports that the system chooses. Imported only where the stage's packages are installed.

import { createRequire } from "node:module";
import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { identify } from "@libp2p/identify";
import { kadDHT } from "@libp2p/kad-dht";
import { ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import type { Bytes } from "../bytes.ts";

// libp2p uses two things that Node.js has since version 22 only.
Object.assign(globalThis, { WebSocket: globalThis.WebSocket ?? createRequire(import.meta.url)("ws") });
if (!("withResolvers" in Promise)) {
  Object.assign(Promise, {
    withResolvers<Value>() {
      const functions: { resolve?: (value: Value) => void; reject?: (reason: unknown) => void } = {};
      const promise = new Promise<Value>((resolve, reject) => Object.assign(functions, { resolve, reject }));
      return { promise, ...functions };
    },
  });
}

/** A node of the table. */
export interface RealNode {
  readonly peerId: string;
  /** Whom its table holds, as peer ids: at most `count` of them, the nearest to an id of the table first. */
  known(id: Bytes, count: number): string[];
  /** Joins a network by calling one node of it. */
  join(address: string): Promise<void>;
  /** Looks for the k nodes nearest to a key, by asking others. @returns their peer ids, nearest first; and whom it asked */
  closest(key: Bytes): Promise<{ found: string[]; asked: string[] }>;
  readonly address: string;
  stop(): Promise<void>;
}

/** The part of kad-dht's table that is no part of its published interface. */
interface Table {
  closestPeers(id: Uint8Array, options: { count: number }): { toString(): string }[];
}

/** Starts a node. @param seed of its Ed25519 key, 32 bytes */
export async function startRealNode(seed: Bytes, prefixLength?: number): Promise<RealNode> {
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed("Ed25519", seed),
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0/ws"] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionManager: { inboundConnectionThreshold: Number.POSITIVE_INFINITY },
    connectionGater: { denyDialMultiaddr: () => false },
    services: {
      identify: identify(),
      ping: ping(),
      table: kadDHT({
        protocol: "/p2p-chat/06/kad/1.0.0",
        kBucketSize: 8,
        alpha: 3,
        clientMode: false,
        peerInfoMapper: (peer) => peer,
        initialQuerySelfInterval: 100,
        ...(prefixLength === undefined ? {} : { prefixLength }),
      }),
    },
  });
  const { table } = node.services;
  const { routingTable } = table as unknown as { routingTable: Table };
  return {
    peerId: node.peerId.toString(),
    address: node.getMultiaddrs()[0]?.toString() ?? "",
    known: (id, count) => routingTable.closestPeers(id, { count }).map(String),
    async join(address) {
      await node.dial(multiaddr(address));
    },
    async closest(key) {
      const found: string[] = [];
      const asked: string[] = [];
      for await (const event of table.getClosestPeers(key)) {
        if (event.name === "FINAL_PEER") found.push(event.peer.id.toString());
        if (event.name === "PEER_RESPONSE") asked.push(event.from.toString());
      }
      return { found, asked };
    },
    async stop() {
      await node.stop();
    },
  };
}
