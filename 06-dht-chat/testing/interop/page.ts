// A page's place in the network (P10.5), with libp2p alone: a client of the table, one circuit, chat streams, gossipsub.

import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { circuitRelayTransport } from "@libp2p/circuit-relay-v2";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { type GossipSub, gossipsub } from "@libp2p/gossipsub";
import { type Identify, identify } from "@libp2p/identify";
import type { Connection, Libp2p, Stream } from "@libp2p/interface";
import { type KadDHT, kadDHT, passthroughMapper } from "@libp2p/kad-dht";
import { type Ping, ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p } from "libp2p";
import { WebSocket } from "ws";
import type { Person } from "./person.ts";
import { bestRecord, type FoundRecord, makeRecord, readRecord } from "./record.ts";
import { putMessage } from "./table.ts";
import { Wire } from "./wire.ts";

const CHAT = "/p2p-chat/06/chat/1.0.0";
const TABLE = "/p2p-chat/06/kad/1.0.0";
const ASCII = new TextEncoder();
const TEXT = new TextDecoder();

interface Services extends Record<string, unknown> {
  identify: Identify;
  ping: Ping;
  dht: KadDHT;
  groups: GossipSub;
}

export interface PageEvents {
  called?(wire: Wire): void;
  group?(topic: string, message: Uint8Array): void;
}

export class Page {
  readonly person: Person;
  readonly #libp2p: Libp2p<Services>;
  readonly #node: string;

  /** @param node the address that a node prints in its second line */
  static async start(person: Person, node: string, events: PageEvents = {}): Promise<Page> {
    fillInForNode20();
    const libp2p = await createLibp2p<Services>({
      privateKey: await generateKeyPairFromSeed("Ed25519", person.seed),
      addresses: { listen: [`${node}/p2p-circuit`] },
      transports: [webSockets(), circuitRelayTransport()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionMonitor: { abortConnectionOnPingFailure: false },
      services: {
        identify: identify({ runOnLimitedConnection: true }),
        ping: ping(),
        dht: kadDHT({
          protocol: TABLE,
          kBucketSize: 8,
          alpha: 3,
          clientMode: true,
          peerInfoMapper: passthroughMapper,
          validators: { u: checkValue },
          selectors: { u: (key, values) => Math.max(0, bestRecord(TEXT.decode(key), values)) },
        }),
        groups: gossipsub({ allowPublishToZeroTopicPeers: true, runOnLimitedConnection: true }),
      },
    });
    await libp2p.handle(CHAT, (stream, connection) => events.called?.(wireOf(stream, connection)), {
      runOnLimitedConnection: true,
    });
    libp2p.services.groups.addEventListener("message", ({ detail }) =>
      events.group?.(detail.topic, detail.data),
    );
    return new Page(person, libp2p, node);
  }

  private constructor(person: Person, libp2p: Libp2p<Services>, node: string) {
    this.person = person;
    this.#libp2p = libp2p;
    this.#node = node;
  }

  /** Where others can call us. */
  get addresses(): string[] {
    return [`${this.#node}/p2p-circuit/p2p/${this.person.peerId}`];
  }

  /** Puts our record into the table. @returns how many nodes have stored it */
  async publish(changes: object = {}): Promise<number> {
    const key = ASCII.encode(`/u/${this.person.id}`);
    const value = makeRecord(this.person, this.addresses, changes);
    let stored = 0;
    for await (const event of this.#libp2p.services.dht.put(key, value)) {
      if (event.name !== "PEER_RESPONSE" || event.messageName !== "PUT_VALUE") continue;
      if (event.record !== undefined) stored++;
    }
    return stored;
  }

  async find(id: string): Promise<FoundRecord | undefined> {
    const key = `/u/${id}`;
    const values: Uint8Array[] = [];
    for await (const event of this.#libp2p.services.dht.get(ASCII.encode(key))) {
      if (event.name === "VALUE") values.push(event.value);
    }
    const best = values[bestRecord(key, values)];
    return best === undefined ? undefined : readRecord(key, best);
  }

  /** Opens a chat stream to an id, by its record. */
  async call(id: string): Promise<Wire> {
    const record = await this.find(id);
    if (record === undefined) throw new Error(`the table has no record of ${id}`);
    const options = { runOnLimitedConnection: true };
    const connection = await this.#libp2p.dial(record.addresses.map((address) => multiaddr(address)));
    return wireOf(await connection.newStream(CHAT, options), connection);
  }

  /**
   * Puts any bytes under any key at our node, unchecked, as libp2p's own client would not.
   * @returns how the node took it
   */
  async putUnchecked(key: string, value: Buffer): Promise<"stored" | "reset" | "ended"> {
    const connection = await this.#libp2p.dial(multiaddr(this.#node));
    const stream = await connection.newStream(TABLE);
    return new Promise((resolve) => {
      stream.addEventListener("message", () => {
        resolve("stored");
        stream.abort(new Error("enough was heard"));
      });
      stream.addEventListener("close", ({ error }) => resolve(error === undefined ? "ended" : "reset"));
      stream.send(putMessage(key, value));
    });
  }

  subscribe(topic: string): void {
    this.#libp2p.services.groups.subscribe(topic);
  }

  /** Those who are connected to us and have subscribed to a topic. */
  subscribers(topic: string): string[] {
    return this.#libp2p.services.groups.getSubscribers(topic).map(String);
  }

  async saySomething(topic: string, message: Uint8Array): Promise<void> {
    await this.#libp2p.services.groups.publish(topic, message);
  }

  async stop(): Promise<void> {
    await this.#libp2p.stop();
  }
}

function wireOf(stream: Stream, { remotePeer }: Connection): Wire {
  if (remotePeer.type !== "Ed25519") throw new Error(`a peer with a key of the kind ${remotePeer.type}`);
  return new Wire(stream, Buffer.from(remotePeer.publicKey.raw));
}

function checkValue(key: Uint8Array, value: Uint8Array): void {
  if (readRecord(TEXT.decode(key), value) === undefined) throw new Error("a record that is not valid");
}

/** libp2p needs two things that Node.js 20 lacks. */
export function fillInForNode20(): void {
  globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;
  const promise = Promise as unknown as { withResolvers?: unknown };
  promise.withResolvers ??= () => {
    let settle = {};
    const made = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    return { promise: made, ...settle };
  };
}
