// Which TCP connections a capture holds, and whether it has them whole: from the first SYN to the last acknowledgement.

import type { Endpoint, Segment } from "../read/packet.ts";

export interface Connection {
  /** Who called, and who was called. */
  caller: Endpoint;
  called: Endpoint;
  /** The three segments of the handshake are there. */
  opened: boolean;
  /** Both sides have ended their halves and know of each other's end, or one has reset the connection. */
  closed: boolean;
}

/** What is known of the segments of one side. */
interface Side {
  /** The sequence number behind its SYN, and behind its FIN, once they have come. */
  begun: number | undefined;
  ended: number | undefined;
  beginKnown: boolean;
  endKnown: boolean;
}

interface Tracked extends Connection {
  fromCaller: Side;
  fromCalled: Side;
}

/** Takes segments in the order of the capture. Those of connections whose first SYN is missing count for nothing. */
export class Connections {
  readonly #all: Tracked[] = [];
  /** The newest connection of two endpoints, under both of their orders. */
  readonly #current = new Map<string, Tracked>();

  get all(): readonly Connection[] {
    return this.#all;
  }

  /** Whether there are this many connections, each of them whole. */
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
    if (known?.fromCaller.begun === (sequence + 1) >>> 0) return; // The same SYN once more.
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
