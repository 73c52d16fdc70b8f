// What nodes and pages have in common on libp2p: protocols, encryption, multiplexing, and the rules for records (P10.4, P10.5).

import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { generateKeyPairFromSeed } from "@libp2p/crypto/keys";
import { type ConnectionEncrypter, NotFoundError, type PrivateKey } from "@libp2p/interface";
import { type KadDHTInit, passthroughMapper, Record as TableRecord } from "@libp2p/kad-dht";
import { BaseDatastore } from "datastore-core";
import { Key } from "interface-datastore";
import { type Bytes, fromUtf8 } from "./bytes.ts";
import { spareWindowUpdates } from "./engine-windows.ts";
import { sendInOnePiece } from "./one-piece.ts";
import { checkRecord, selectRecord } from "./record.ts";
import { RecordTable } from "./record-table.ts";

export const KAD_PROTOCOL = "/p2p-chat/06/kad/1.0.0";
export const CHAT_PROTOCOL = "/p2p-chat/06/chat/1.0.0";
/** A relay speaks these (circuit v2): a page asks on the first, and is told of calls on the second. */
export const HOP_PROTOCOL = "/libp2p/circuit/relay/0.2.0/hop";
export const STOP_PROTOCOL = "/libp2p/circuit/relay/0.2.0/stop";

/** Makes what encrypts a connection, as noise() does. */
export type Encrypter = (components: Parameters<ReturnType<typeof noise>>[0]) => ConnectionEncrypter;

/** k and alpha of P10.5. */
export const BUCKET_SIZE = 8;
const ALPHA = 3;

const STREAMS_OF_A_CONNECTION = 512;
/** How much may wait in a WebSocket to be sent. */
export const MOST_BUFFERED = 1_048_576;

const RECORDS = "/dht/record/";
const PROVIDERS = "/dht/provider/";
const MOST_ENTRIES = 16_384;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/** The libp2p key of an identity. @param seed 32 bytes */
export function privateKeyOf(seed: Bytes): Promise<PrivateKey> {
  return generateKeyPairFromSeed("Ed25519", seed);
}

/**
 * The parts of libp2p that are the same for all.
 * @param maxStreamWindowSize how much of one stream may be under way, in bytes, where the way is long
 */
export function commonSettings(maxStreamWindowSize: number) {
  spareWindowUpdates();
  return {
    // Nothing is said of the browser or the system.
    nodeInfo: { name: "p2p-chat", version: "06", userAgent: "p2p-chat/06" },
    connectionEncrypters: [encryption()],
    streamMuxers: [
      yamux({
        maxInboundStreams: STREAMS_OF_A_CONNECTION,
        maxOutboundStreams: STREAMS_OF_A_CONNECTION,
        streamOptions: { maxStreamWindowSize, maxReadBufferLength: 2 * maxStreamWindowSize },
      }),
    ],
  };
}

/** Noise, whose messages go out in one piece each. */
function encryption(): ReturnType<typeof noise> {
  const makeNoise = noise();
  return (components) => {
    const encrypter = makeNoise(components);
    const [outbound, inbound] = [encrypter.secureOutbound, encrypter.secureInbound];
    encrypter.secureOutbound = (connection, options) =>
      outbound.call(encrypter, sendInOnePiece(connection), options);
    encrypter.secureInbound = (connection, options) =>
      inbound.call(encrypter, sendInOnePiece(connection), options);
    return encrypter;
  };
}

/** The settings of the connection manager that are the same for all. */
export function connectionSettings() {
  // Without resolvers: a browser would ask name servers that libp2p has built in.
  // Addresses are called in the order in which they are given.
  return { resolvers: {}, addressSorter: (): 0 => 0 };
}

/** The table's rules. */
export function tableSettings(isClient: boolean): KadDHTInit {
  return {
    protocol: KAD_PROTOCOL,
    clientMode: isClient,
    kBucketSize: BUCKET_SIZE,
    alpha: ALPHA,
    // The engine makes a bucket for each value of so many first bits. With its own 6, all nodes that share these with us
    // compete for 8 places, and from some 500 nodes on, lookups miss the nearest (the simulator shows it).
    prefixLength: 16,
    // Addresses of one's own machine and network are what we have.
    peerInfoMapper: passthroughMapper,
    validators: { u: validateRecord, pk: refuseRecord },
    selectors: { u: (_key, values) => selectRecord(values.map((value) => value.slice())) },
    // The engine waits for its first node by itself.
    allowQueryWithZeroPeers: true,
    initialQuerySelfInterval: 200,
  };
}

async function validateRecord(key: Uint8Array, value: Uint8Array): Promise<void> {
  const checked = await checkRecord(fromUtf8(key) ?? "", value.slice(), Date.now());
  if ("refused" in checked) throw new Error(`a record was refused: ${checked.refused}`);
}

function refuseRecord(): never {
  throw new Error("only records under /u/ are taken");
}

/**
 * What the engine keeps, in memory. Records stand in a table that refuses worse ones (P10.4); of everything else the
 * entries that were written last.
 */
export class EngineMemory extends BaseDatastore {
  readonly records = new RecordTable();
  readonly #entries = new Map<string, Uint8Array>();

  override async put(key: Key, bytes: Uint8Array): Promise<Key> {
    const name = key.toString();
    if (name.startsWith(PROVIDERS)) throw new Error("this table holds records only, no providers");
    if (name.startsWith(RECORDS)) await this.#putRecord(bytes);
    else this.#putEntry(name, bytes);
    return key;
  }

  override get(key: Key): Uint8Array {
    const name = key.toString();
    const bytes = name.startsWith(RECORDS) ? this.#getRecord(name) : this.#entries.get(name);
    if (bytes === undefined) throw new NotFoundError(`there is no ${name}`);
    return bytes;
  }

  override has(key: Key): boolean {
    const name = key.toString();
    return name.startsWith(RECORDS) ? this.#getRecord(name) !== undefined : this.#entries.has(name);
  }

  override delete(key: Key): void {
    this.#entries.delete(key.toString());
  }

  override async *_all() {
    for (const [name, value] of this.#entries) yield { key: new Key(name), value };
  }

  override async *_allKeys() {
    for (const name of this.#entries.keys()) yield new Key(name);
  }

  async #putRecord(bytes: Uint8Array): Promise<void> {
    const { key, value } = TableRecord.deserialize(bytes);
    const refused = await this.records.put(fromUtf8(key) ?? "", value.slice(), Date.now());
    if (refused !== undefined) throw new Error(`a record was refused: ${refused}`);
  }

  #getRecord(name: string): Uint8Array | undefined {
    const key = recordKeyOf(name);
    const held = key === undefined ? undefined : this.records.get(key, Date.now());
    if (key === undefined || held === undefined) return undefined;
    const record = new TableRecord(new TextEncoder().encode(key), held.value, new Date(held.received));
    return record.serialize().subarray();
  }

  #putEntry(name: string, bytes: Uint8Array): void {
    this.#entries.delete(name);
    this.#entries.set(name, bytes);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MOST_ENTRIES && oldest !== undefined) this.#entries.delete(oldest);
  }
}

/** The key in the table that a name in the engine's memory stands for: it is written there in base 32 (RFC 4648). */
function recordKeyOf(name: string): string | undefined {
  const digits = [...name.slice(RECORDS.length)].map((digit) => BASE32.indexOf(digit));
  const bytes = new Uint8Array(Math.floor((digits.length * 5) / 8));
  for (const [index, digit] of digits.entries())
    for (let bit = 0; bit < 5; bit++) {
      const at = 5 * index + bit;
      if ((digit & (16 >> bit)) !== 0) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (128 >> (at & 7));
    }
  return fromUtf8(bytes);
}
