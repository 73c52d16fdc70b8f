// Finds the TCP connections in a capture, and says whether each is complete, from its first SYN to its last ACK.

import type { Endpoint, Segment } from "../read/packet.ts";

export interface Connection {
  /** The side that has connected. The next member is the side that has accepted. */
  caller: Endpoint;
  called: Endpoint;
  /** Whether all three segments of the handshake were captured. */
  opened: boolean;
  /** Whether both FINs were captured and acknowledged, or one side has reset the connection. */
  closed: boolean;
}

/** What the segments of one side have shown. */
interface Side {
  /** The sequence number after its SYN. The next member: after its FIN. */
  begun: number | undefined;
  ended: number | undefined;
  beginKnown: boolean;
  endKnown: boolean;
}

interface Tracked extends Connection {
  fromCaller: Side;
  fromCalled: Side;
}

/** Takes the segments of a capture, in order. A connection whose first SYN is missing is ignored. */
export class Connections {
  readonly #all: Tracked[] = [];
  /** The newest connection of two endpoints. Each is stored under both orders of its endpoints. */
  readonly #current = new Map<string, Tracked>();

  get all(): readonly Connection[] {
    return this.#all;
  }

  /** Whether there are exactly this many connections, and all of them are complete. */
  areWhole(count: number): boolean {
    return this.#all.length === count && this.#all.every(({ opened, closed }) => opened && closed);
  }

  add(segment: Segment): void {
    const { source, destination, syn, ack, fin, rst, sequence, acknowledgement, payloadLength } = segment;
    if (syn && !ack) this.#open(segment);
    const connection = this.#current.get(key(source, destination));
    if (connection === undefined) return;
    const [own, other] =
      key(connection.caller, connection.called) === key(source, destination)
        ? [connection.fromCaller, connection.fromCalled]
        : [connection.fromCalled, connection.fromCaller];
    if (syn) own.begun = (sequence + 1) >>> 0;
    if (fin) own.ended = (sequence + payloadLength + 1) >>> 0;
    if (ack && acknowledgement === other.begun) other.beginKnown = true;
    if (ack && acknowledgement === other.ended) other.endKnown = true;
    const { fromCaller, fromCalled } = connection;
    connection.opened = fromCaller.beginKnown && fromCalled.beginKnown;
    connection.closed ||= rst || (fromCaller.endKnown && fromCalled.endKnown);
  }

  #open({ source, destination, sequence }: Segment): void {
    const known = this.#current.get(key(source, destination));
    if (known?.fromCaller.begun === (sequence + 1) >>> 0) return; // This is a retransmission of the SYN.
    const side = (): Side => ({ begun: undefined, ended: undefined, beginKnown: false, endKnown: false });
    const connection: Tracked = {
      caller: source,
      called: destination,
      opened: false,
      closed: false,
      fromCaller: side(),
      fromCalled: side(),
    };
    this.#all.push(connection);
    this.#current.set(key(source, destination), connection);
    this.#current.set(key(destination, source), connection);
  }
}

function key(from: Endpoint, to: Endpoint): string {
  return `${from.address} ${from.port} ${to.address} ${to.port}`;
}
