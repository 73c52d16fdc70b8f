// Makes the packets of a TCP connection from its bytes: Ethernet, IPv4 or IPv6, and TCP, with valid sequence numbers
// and checksums. Pure: the same connection always gives the same packets.

import { createHash } from "node:crypto";
import { isIPv6 } from "node:net";
import { ipv6Bytes, plainAddress } from "../follow/ip-address-bytes.ts";
import type { Endpoint } from "../read/packet.ts";
import type { Role } from "./recorder-log.ts";

/** The most data in a segment, in bytes: with an IPv6 header, it just fits into an Ethernet packet of 1,500 bytes. */
export const SEGMENT_BYTES = 1440;

/**
 * The MAC addresses show that the packets are made up: they spell SYNTH. Only the first byte does not: it marks an
 * address that no manufacturer has assigned.
 */
export const SYNTHETIC_MAC: Readonly<Record<Role, string>> = {
  caller: "02:53:59:4e:54:48",
  called: "06:53:59:4e:54:48",
};

export const SYNTHETIC_NOTE = `The packets are synthetic: what was said is what the programs said, but Ethernet, IP and TCP headers are made up (MAC addresses ${SYNTHETIC_MAC.caller} and ${SYNTHETIC_MAC.called}).`;

export interface SyntheticPacket {
  /** In nanoseconds since 1970-01-01, UTC, but always whole microseconds. */
  time: bigint;
  data: Buffer;
}

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PSH = 0x08;
const ACK = 0x10;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const TCP = 6;
const WINDOW = 65_535;
const HOP_LIMIT = 64;
const MICROSECOND = 1000n;
/** A receiver acknowledges at least every second segment (RFC 9293, section 3.8.6.3). */
const SEGMENTS_PER_ACKNOWLEDGEMENT = 2;

interface Side {
  endpoint: Endpoint;
  mac: Buffer;
  /** The sequence number of the next byte that it sends. */
  next: number;
  /** The last acknowledgement number that it has sent. */
  acknowledged: number;
  /** The identification of its next IPv4 packet. */
  identification: number;
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
      mac: Buffer.from(SYNTHETIC_MAC[role].replaceAll(":", ""), "hex"),
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
    const packet = this.#ipv6
      ? ipv6Packet(source, destination, segment)
      : ipv4Packet(source, destination, segment);
    const ethertype = Buffer.alloc(2);
    ethertype.writeUInt16BE(this.#ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
    this.packets.push({
      time: this.#time,
      data: Buffer.concat([destination.mac, source.mac, ethertype, packet]),
    });
  }
}

export function other(role: Role): Role {
  return role === "caller" ? "called" : "caller";
}

function plain({ address, port }: Endpoint): Endpoint {
  return { address: plainAddress(address), port };
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

/** Makes an IPv4 packet (RFC 791, section 3.1). */
function ipv4Packet(source: Side, destination: Side, segment: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(header.length + segment.length, 2);
  header.writeUInt16BE(source.identification, 4);
  header.writeUInt16BE(0x4000, 6); // This is the flag "don't fragment".
  header.writeUInt8(HOP_LIMIT, 8);
  header.writeUInt8(TCP, 9);
  addressBytes(source).copy(header, 12);
  addressBytes(destination).copy(header, 16);
  header.writeUInt16BE(checksum(header), 10);
  source.identification = (source.identification + 1) & 0xffff;
  return Buffer.concat([header, segment]);
}

/** Makes an IPv6 packet (RFC 8200, section 3). */
function ipv6Packet(source: Side, destination: Side, segment: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(segment.length, 4);
  header.writeUInt8(TCP, 6);
  header.writeUInt8(HOP_LIMIT, 7);
  return Buffer.concat([header, addressBytes(source), addressBytes(destination), segment]);
}

function addressBytes({ endpoint: { address } }: Side): Buffer {
  return isIPv6(address) ? ipv6Bytes(address) : Buffer.from(address.split(".").map(Number));
}

/** The Internet checksum (RFC 1071): the complement of the ones' complement sum of all 16-bit words. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let offset = 0; offset + 1 < bytes.length; offset += 2) sum += bytes.readUInt16BE(offset);
  if (bytes.length % 2 === 1) sum += bytes.readUInt8(bytes.length - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
