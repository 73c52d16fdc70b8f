// Makes packets that were never on a network: Ethernet, IPv4 or IPv6, with valid checksums, around what TCP or UDP says. Pure.

import { isIPv6 } from "node:net";
import { ipv6Bytes, plainAddress } from "../follow/ip-address-bytes.ts";
import type { Endpoint } from "../read/packet.ts";
import type { Role } from "./recorder-log.ts";

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

/** IP's numbers of what it carries. */
export const TCP = 6;
export const UDP = 17;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const HOP_LIMIT = 64;

/** One end of what is said. */
export interface Station {
  endpoint: Endpoint;
  mac: Buffer;
  /** The identification of its next IPv4 packet. */
  identification: number;
}

export function macBytes(role: Role): Buffer {
  return Buffer.from(SYNTHETIC_MAC[role].replaceAll(":", ""), "hex");
}

export function plain({ address, port }: Endpoint): Endpoint {
  return { address: plainAddress(address), port };
}

export function ethernetPacket(
  source: Station,
  destination: Station,
  protocol: number,
  payload: Buffer,
): Buffer {
  const ipv6 = isIPv6(source.endpoint.address);
  const ethertype = Buffer.alloc(2);
  ethertype.writeUInt16BE(ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
  const packet = (ipv6 ? ipv6Packet : ipv4Packet)(source, destination, protocol, payload);
  return Buffer.concat([destination.mac, source.mac, ethertype, packet]);
}

/** Makes an IPv4 packet (RFC 791, section 3.1). */
function ipv4Packet(source: Station, destination: Station, protocol: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(header.length + payload.length, 2);
  header.writeUInt16BE(source.identification, 4);
  header.writeUInt16BE(0x4000, 6); // This is the flag "don't fragment".
  header.writeUInt8(HOP_LIMIT, 8);
  header.writeUInt8(protocol, 9);
  addressBytes(source).copy(header, 12);
  addressBytes(destination).copy(header, 16);
  header.writeUInt16BE(checksum(header), 10);
  source.identification = (source.identification + 1) & 0xffff;
  return Buffer.concat([header, payload]);
}

/** Makes an IPv6 packet (RFC 8200, section 3). */
function ipv6Packet(source: Station, destination: Station, protocol: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(payload.length, 4);
  header.writeUInt8(protocol, 6);
  header.writeUInt8(HOP_LIMIT, 7);
  return Buffer.concat([header, addressBytes(source), addressBytes(destination), payload]);
}

export function addressBytes({ endpoint: { address } }: Station): Buffer {
  return isIPv6(address) ? ipv6Bytes(address) : Buffer.from(address.split(".").map(Number));
}

/** The Internet checksum (RFC 1071): the complement of the ones' complement sum of all 16-bit words. */
export function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let offset = 0; offset + 1 < bytes.length; offset += 2) sum += bytes.readUInt16BE(offset);
  if (bytes.length % 2 === 1) sum += bytes.readUInt8(bytes.length - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
