// Makes the packets of a TCP connection from its bytes: Ethernet, IPv4 or IPv6, and TCP, with valid sequence numbers
// and checksums. Pure: the same connection always gives the same packets.

import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import type { Endpoint } from "../read/packet.ts";
import {
  addressBytes,
  checksum,
  ethernetPacket,
  macBytes,
  plain,
  type Station,
  type SyntheticPacket,
  TCP,
} from "./ip-packets.ts";
import type { Role } from "./recorder-log.ts";

/** The most data in a segment, in bytes: with an IPv6 header, it just fits into an Ethernet packet of 1,500 bytes. */
export const SEGMENT_BYTES = 1440;

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PSH = 0x08;
const ACK = 0x10;

const WINDOW = 65_535;
const MICROSECOND = 1000n;
/** A receiver acknowledges at least every second segment (RFC 9293, section 3.8.6.3). */
const SEGMENTS_PER_ACKNOWLEDGEMENT = 2;

interface Side extends Station {
  /** The sequence number of the next byte that it sends. */
  next: number;
  /** The last acknowledgement number that it has sent. */
  acknowledged: number;
}

export class SyntheticConnection {
  /** In the order in which they were sent; each at least a microsecond after the one before. */
  readonly packets: SyntheticPacket[] = [];
  readonly #sides: Readonly<Record<Role, Side>>;
  readonly #ipv6: boolean;
  #time = 0n;

  /** Starts with the handshake. @param time of the established connection, in nanoseconds since 1970-01-01, UTC */
  constructor(caller: Endpoint, called: Endpoint, time: bigint) {
    const endpoints = { caller: plain(caller), called: plain(called) };
    this.#ipv6 = isIPv6(endpoints.caller.address);
    // Systems choose the first sequence numbers at random. Ours depend on the connection, so they are always the same.
    const start = createHash("sha256")
      .update(JSON.stringify([endpoints, String(time)]))
      .digest();
    const side = (role: Role, offset: number): Side => ({
      endpoint: endpoints[role],
      mac: macBytes(role),
      next: start.readUInt32BE(offset),
      acknowledged: 0,
      identification: start.readUInt16BE(offset + 4),
    });
    this.#sides = { caller: side("caller", 0), called: side("called", 8) };
    this.#time = time - MICROSECOND;
    this.#add("caller", SYN, time);
    this.#add("called", SYN | ACK, time);
    this.#add("caller", ACK, time);
  }

  /** Sends bytes in as many segments as they need, and the acknowledgements. */
  send(from: Role, bytes: Buffer, time: bigint): void {
    let segments = 0;
    for (let start = 0; start < bytes.length; start += SEGMENT_BYTES) {
      const end = Math.min(start + SEGMENT_BYTES, bytes.length);
      this.#add(from, end === bytes.length ? PSH | ACK : ACK, time, bytes.subarray(start, end));
      segments += 1;
      if (segments % SEGMENTS_PER_ACKNOWLEDGEMENT === 0) this.#acknowledge(other(from), time);
    }
    this.#acknowledge(other(from), time);
  }

  /** Ends one side's half. */
  end(from: Role, time: bigint): void {
    this.#add(from, FIN | ACK, time);
    this.#acknowledge(other(from), time);
  }

  /** Resets the connection. No other call may follow. */
  reset(from: Role, time: bigint): void {
    this.#add(from, RST | ACK, time);
  }

  /** Acknowledges if there is something new. */
  #acknowledge(from: Role, time: bigint): void {
    if (this.#sides[from].acknowledged !== this.#sides[other(from)].next) this.#add(from, ACK, time);
  }

  #add(from: Role, flags: number, time: bigint, payload: Buffer = Buffer.alloc(0)): void {
    const earliest = this.#time + MICROSECOND;
    this.#time = time > earliest ? time - (time % MICROSECOND) : earliest;
    const [source, destination] = [this.#sides[from], this.#sides[other(from)]];
    const segment = tcpSegment(source, destination, flags, payload, this.#ipv6);
    if (flags & ACK) source.acknowledged = destination.next;
    source.next = (source.next + payload.length + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
    this.packets.push({ time: this.#time, data: ethernetPacket(source, destination, TCP, segment) });
  }
}

export function other(role: Role): Role {
  return role === "caller" ? "called" : "caller";
}

/** Makes a segment (RFC 9293, section 3.1) with a valid checksum. */
function tcpSegment(source: Side, destination: Side, flags: number, payload: Buffer, ipv6: boolean): Buffer {
  // The only option is the maximum segment size.
  const options = flags & SYN ? Buffer.from([2, 4, 0, 0]) : Buffer.alloc(0);
  if (flags & SYN) options.writeUInt16BE(ipv6 ? 1440 : 1460, 2);
  const header = Buffer.alloc(20);
  header.writeUInt16BE(source.endpoint.port, 0);
  header.writeUInt16BE(destination.endpoint.port, 2);
  header.writeUInt32BE(source.next, 4);
  header.writeUInt32BE(flags & ACK ? destination.next : 0, 8);
  header.writeUInt8(((header.length + options.length) / 4) << 4, 12);
  header.writeUInt8(flags, 13);
  header.writeUInt16BE(WINDOW, 14);
  const segment = Buffer.concat([header, options, payload]);
  const pseudoHeader = Buffer.alloc(4);
  pseudoHeader.writeUInt16BE(TCP, 0);
  pseudoHeader.writeUInt16BE(segment.length, 2);
  const addresses = [addressBytes(source), addressBytes(destination)];
  segment.writeUInt16BE(checksum(Buffer.concat([...addresses, pseudoHeader, segment])), 16);
  return segment;
}
