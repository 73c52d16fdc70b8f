// Talks to the nodes of the table in libp2p's own messages, written byte by byte, as an attacker could (P10.4).

import "../node-polyfills.ts";
import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { circuitRelayTransport } from "@libp2p/circuit-relay-v2";
import { identify } from "@libp2p/identify";
import { peerIdFromString } from "@libp2p/peer-id";
import { ping } from "@libp2p/ping";
import { webSockets } from "@libp2p/websockets";
import { multiaddr } from "@multiformats/multiaddr";
import { createLibp2p, type Libp2p } from "libp2p";
import { type Bytes, concat, toHex, toUtf8 } from "../bytes.ts";

const PUT_VALUE = 0;
const GET_VALUE = 1;
const FIND_NODE = 4;

// Circuit relay v2: its protocols, and the numbers of its messages.
const HOP = "/libp2p/circuit/relay/0.2.0/hop";
const STOP = "/libp2p/circuit/relay/0.2.0/stop";
const RESERVE = 0;
const CONNECT = 1;
const STOP_STATUS = 1;
const STATUS_OK = 100;
const HOP_STATUS = 5;

/** A libp2p that speaks to nodes and has no rules of its own. */
export class RawClient {
  readonly #libp2p: Libp2p;

  private constructor(libp2p: Libp2p) {
    this.#libp2p = libp2p;
  }

  /** @param hasCircuits whether it can be called, and call, through relays as pages do */
  static async start(hasCircuits = false): Promise<RawClient> {
    return new RawClient(
      await createLibp2p({
        transports: [webSockets(), ...(hasCircuits ? [circuitRelayTransport()] : [])],
        ...(hasCircuits ? { services: { identify: identify(), ping: ping() } } : {}),
        connectionGater: { denyDialMultiaddr: () => false },
        connectionEncrypters: [noise()],
        streamMuxers: [yamux()],
        connectionMonitor: { enabled: false },
      }),
    );
  }

  /** Puts a value into one node. @returns how the stream ended: "stored" if the node has answered, or "reset" */
  async put(node: string, key: string, value: Uint8Array): Promise<"stored" | "reset"> {
    const record = concat(field(1, toUtf8(key)), field(2, value), field(5, toUtf8(new Date().toISOString())));
    const answer = await this.#ask(
      node,
      concat(number(1, PUT_VALUE), field(2, toUtf8(key)), field(3, record)),
    );
    return answer === undefined ? "reset" : "stored";
  }

  /** Asks one node for a value. @returns its whole answer: an own record would stand in it as it was put */
  async get(node: string, key: string): Promise<Bytes | undefined> {
    return await this.#ask(node, concat(number(1, GET_VALUE), field(2, toUtf8(key))));
  }

  /** Asks one node which others are nearest to a key. @returns its whole answer, with their peer ids in it */
  async closest(node: string, key: Uint8Array): Promise<Bytes | undefined> {
    return await this.#ask(node, concat(number(1, FIND_NODE), field(2, key)));
  }

  /** Whether a node or a page speaks a protocol. */
  async speaks(address: string, protocol: string): Promise<boolean> {
    const connection = await this.#libp2p.dial(multiaddr(address));
    try {
      const stream = await connection.newStream(protocol, { runOnLimitedConnection: true });
      stream.abort(new Error("done"));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === "UnsupportedProtocolError") return false;
      throw error;
    }
  }

  /** Asks a relay for a place. @returns whether it has one */
  async reserve(relay: string): Promise<boolean> {
    const stream = await this.#libp2p.dialProtocol(multiaddr(relay), HOP);
    const asked = number(1, RESERVE);
    stream.send(concat(varint(asked.length), asked));
    const { value } = await stream[Symbol.asyncIterator]().next();
    return toHex(value?.subarray().slice() ?? new Uint8Array()).includes(
      toHex(number(HOP_STATUS, STATUS_OK)),
    );
  }

  /** Reserves a place at a relay, takes each circuit, and then reads nothing of it. @returns its own peer id */
  async reserveAndStayDeaf(relay: string): Promise<string> {
    await this.#libp2p.handle(STOP, (stream) => {
      const answered = concat(number(1, STOP_STATUS), number(4, STATUS_OK));
      stream.send(concat(varint(answered.length), answered));
      stream.pause();
    });
    const stream = await this.#libp2p.dialProtocol(multiaddr(relay), HOP);
    const asked = number(1, RESERVE);
    stream.send(concat(varint(asked.length), asked));
    await stream[Symbol.asyncIterator]().next();
    return this.#libp2p.peerId.toString();
  }

  /**
   * Asks a relay for a circuit to a peer, and sends zeros as fast as it can.
   * @returns a function that says how many bytes have not left yet
   */
  async flood(relay: string, peerId: string, length: number): Promise<() => number> {
    const stream = await this.#libp2p.dialProtocol(multiaddr(relay), HOP);
    const peer = field(1, peerIdFromString(peerId).toMultihash().bytes);
    const asked = concat(number(1, CONNECT), field(2, peer));
    stream.send(concat(varint(asked.length), asked));
    await stream[Symbol.asyncIterator]().next();
    stream.send(new Uint8Array(length));
    return () => stream.writeBufferLength;
  }

  /**
   * Asks a relay for many circuits to a peer, and says nothing on them: there each waits for the handshake.
   * @returns how many the relay has made
   */
  async besiege(relay: string, peerId: string, count: number): Promise<number> {
    const peer = field(1, peerIdFromString(peerId).toMultihash().bytes);
    const asked = concat(number(1, CONNECT), field(2, peer));
    const made = number(HOP_STATUS, STATUS_OK);
    const answers = await Promise.all(
      Array.from({ length: count }, async () => {
        try {
          const stream = await this.#libp2p.dialProtocol(multiaddr(relay), HOP);
          stream.send(concat(varint(asked.length), asked));
          const { value } = await stream[Symbol.asyncIterator]().next();
          return toHex(value?.subarray().slice() ?? new Uint8Array());
        } catch {
          return "the relay has reset it";
        }
      }),
    );
    return answers.filter((answer) => answer.includes(toHex(made))).length;
  }

  stop(): Promise<void> | void {
    return this.#libp2p.stop();
  }

  /** @returns undefined if the node resets the stream, or ends it without an answer */
  async #ask(node: string, message: Bytes): Promise<Bytes | undefined> {
    const stream = await this.#libp2p.dialProtocol(multiaddr(node), "/p2p-chat/06/kad/1.0.0");
    stream.send(concat(varint(message.length), message));
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of stream) {
        chunks.push(chunk.subarray());
        if (isWhole(concat(...chunks))) break;
      }
    } catch {
      return undefined;
    } finally {
      stream.abort(new Error("done"));
    }
    return chunks.length === 0 ? undefined : concat(...chunks);
  }
}

/** Whether the length at the beginning and so many bytes are there. */
function isWhole(bytes: Bytes): boolean {
  let [length, at] = [0, 0];
  for (; ((bytes[at] ?? 0) & 0x80) !== 0; at++) length |= ((bytes[at] ?? 0) & 0x7f) << (7 * at);
  length |= (bytes[at] ?? 0) << (7 * at);
  return bytes.length > at + length;
}

function varint(value: number): Bytes {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** A protobuf field of bytes. */
function field(id: number, bytes: Uint8Array): Bytes {
  return concat(varint((id << 3) | 2), varint(bytes.length), bytes);
}

/** A protobuf field of a number. */
function number(id: number, value: number): Bytes {
  return concat(varint(id << 3), varint(value));
}
