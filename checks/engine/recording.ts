// Everything that passed on the checker's own connections, as packets for Wireshark. What was said is what was really
// sent and received; the headers are made up (captures/record/synthesize.ts does that for recordings without root, too).

import type { Socket } from "node:net";
import { pcapHeader, pcapRecord } from "../../captures/record/pcap-writer.ts";
import type { RecordedEvent, Role, TimedEvent } from "../../captures/record/recorder-log.ts";
import { synthesize } from "../../captures/record/synthesize.ts";

const ETHERNET = 1;
/** Where the ports stand in a packet of Ethernet (14 bytes) and IPv4 (20 bytes). */
const SOURCE_PORT = 34;
const DESTINATION_PORT = 36;
/** Where the data begins: after 20 more bytes of TCP. */
const DATA = 54;

export class Recording {
  readonly events: TimedEvent[] = [];
  #connections = 0;

  /** Takes down a connection that stands from now on. */
  open(socket: Socket, role: Role): RecordedConnection {
    this.#connections += 1;
    const connection = new RecordedConnection(this.events, this.#connections);
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    if (localAddress && localPort && remoteAddress && remotePort) {
      const [local, remote] = [
        { address: localAddress, port: localPort },
        { address: remoteAddress, port: remotePort },
      ];
      connection.record({ event: "opened", role, local, remote });
    }
    return connection;
  }

  /** The number of the last packet with data on the connection of this local port, counted from 1, as Wireshark does. */
  lastPacket(port: number): number | undefined {
    const packets = synthesize([this.events]);
    const index = packets.findLastIndex(
      ({ data }) =>
        data.length > DATA &&
        [SOURCE_PORT, DESTINATION_PORT].some((offset) => data.readUInt16BE(offset) === port),
    );
    return index === -1 ? undefined : index + 1;
  }
}

/** A pcap file of what several recordings hold. */
export function pcapOf(recordings: readonly Recording[]): Buffer {
  const packets = synthesize(recordings.map(({ events }) => events));
  return Buffer.concat([pcapHeader(ETHERNET), ...packets.map(({ time, data }) => pcapRecord(time, data))]);
}

export class RecordedConnection {
  readonly #events: TimedEvent[];
  readonly #connection: number;
  #writes = 0;

  constructor(events: TimedEvent[], connection: number) {
    this.#events = events;
    this.#connection = connection;
  }

  sent(data: Buffer): void {
    this.#writes += 1;
    this.record({ event: "sent", write: this.#writes, data });
  }

  record(event: RecordedEvent): void {
    const time = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
    this.#events.push({ ...event, connection: this.#connection, time });
  }
}
