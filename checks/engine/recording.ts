// Records all traffic on the checker's own connections as packets for Wireshark. The data are real, the headers are
// made up (by captures/record/synthesize.ts, which also serves recordings without root).

import type { Socket } from "node:net";
import type { SyntheticPacket } from "../../captures/record/ip-packets.ts";
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
  /** The packets of so many events. */
  #made: { events: number; packets: readonly SyntheticPacket[] } = { events: 0, packets: [] };

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

  /** The packets so far, by time. */
  get packets(): readonly SyntheticPacket[] {
    if (this.#made.events !== this.events.length)
      this.#made = { events: this.events.length, packets: synthesize([this.events]) };
    return this.#made.packets;
  }

  /** The last packet with data so far on the connection with this local port. */
  lastPacket(port: number): SyntheticPacket | undefined {
    return this.packets.findLast(
      ({ data }) =>
        data.length > DATA &&
        [SOURCE_PORT, DESTINATION_PORT].some((offset) => data.readUInt16BE(offset) === port),
    );
  }
}

/** A pcap file with the packets of several recordings, by time. */
export function pcapOf(recordings: readonly Recording[]): Buffer {
  const records = joined(recordings).map(({ time, data }) => pcapRecord(time, data));
  return Buffer.concat([pcapHeader(ETHERNET), ...records]);
}

/** The number of a packet in that file, from 1 as in Wireshark; undefined if it is not in it. */
export function packetNumber(recordings: readonly Recording[], packet: SyntheticPacket): number | undefined {
  const index = joined(recordings).findIndex(
    ({ time, data }) => time === packet.time && data.equals(packet.data),
  );
  return index === -1 ? undefined : index + 1;
}

function joined(recordings: readonly Recording[]): SyntheticPacket[] {
  return recordings.flatMap(({ packets }) => packets).sort((left, right) => Number(left.time - right.time));
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
