// Makes a packet of a UDP datagram: Ethernet, IPv4 or IPv6, and UDP, with valid checksums. Pure.

import type { Endpoint } from "../read/packet.ts";
import {
  addressBytes,
  checksum,
  ethernetPacket,
  macBytes,
  plain,
  type Station,
  type SyntheticPacket,
  UDP,
} from "./ip-packets.ts";

const HEADER_BYTES = 8;

/** @param time in nanoseconds since 1970-01-01, UTC */
export function datagramPacket(from: Endpoint, to: Endpoint, data: Buffer, time: bigint): SyntheticPacket {
  const source: Station = { endpoint: plain(from), mac: macBytes("caller"), identification: 0 };
  const destination: Station = { endpoint: plain(to), mac: macBytes("called"), identification: 0 };
  const datagram = udpDatagram(source, destination, data);
  return { time: time - (time % 1000n), data: ethernetPacket(source, destination, UDP, datagram) };
}

/** Makes a datagram (RFC 768) with a valid checksum; of 0 it says 0xffff, since 0 means that there is none. */
function udpDatagram(source: Station, destination: Station, data: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(source.endpoint.port, 0);
  header.writeUInt16BE(destination.endpoint.port, 2);
  header.writeUInt16BE(HEADER_BYTES + data.length, 4);
  const datagram = Buffer.concat([header, data]);
  const pseudoHeader = Buffer.alloc(4);
  pseudoHeader.writeUInt16BE(UDP, 0);
  pseudoHeader.writeUInt16BE(datagram.length, 2);
  const addresses = [addressBytes(source), addressBytes(destination)];
  datagram.writeUInt16BE(checksum(Buffer.concat([...addresses, pseudoHeader, datagram])) || 0xffff, 6);
  return datagram;
}
