// Records all traffic on the checker's own connections as packets for Wireshark. The data are real, the headers are
// made up (by captures/record/synthesize.ts, which also serves recordings without root).

import type { Socket } from "node:net";
import { pcapHeader, pcapRecord } from "../../captures/record/pcap-writer.ts";
import type { RecordedEvent, Role, TimedEvent } from "../../captures/record/recorder-log.ts";
import { synthesize } from "../../captures/record/synthesize.ts";

const ETHERNET = 1;
/** The position of the ports in a packet: after the headers of Ethernet (14 bytes) and IPv4 (20 bytes). */
const SOURCE_PORT = 34;
const DESTINATION_PORT = 36;
/** The position of the data: after 20 more bytes of TCP. */
const DATA = 54;

export class Recording {
  readonly events: TimedEvent[] = [];
  #connections = 0;

  /** Records an established connection from now on. */
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

  /** The number of the last packet with data on the connection with this local port, counted from 1 as in Wireshark. */
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

/** A pcap file with the packets of several recordings. */
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
