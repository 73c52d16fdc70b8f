// The fields of the headers of Ethernet, IPv4, IPv6, TCP and UDP, in order, with a label for each. Pure.

import { formatIpv6 } from "../follow/ip-address.ts";

/** The sequence and acknowledgement numbers of a segment, counted from the SYN of their direction. */
export interface CountedNumbers {
  sequence: number;
  acknowledgement: number | undefined;
}

/** A field of a header: its length in bytes, and a function that makes its label. */
export type Field = readonly [length: number, label: (bytes: Buffer) => string];

export const ETHERNET_FIELDS: readonly Field[] = [
  [6, (bytes) => `Ethernet: to hardware address ${hardware(bytes)}`],
  [6, (bytes) => `Ethernet: from ${hardware(bytes)}`],
  [2, (bytes) => `Ethernet: what follows is ${etherTypeName(bytes.readUInt16BE())}`],
];

/** RFC 791, section 3.1. */
export const IPV4_FIELDS: readonly Field[] = [
  [1, (bytes) => `IP: version 4, a header of ${headerLength(bytes[0] ?? 0)} bytes`],
  [1, serviceWords],
  [2, (bytes) => `IP: ${bytes.readUInt16BE()} bytes from here to the end`],
  [2, () => "IP: identification, for fragments"],
  [2, (bytes) => `IP: ${fragmentWords(bytes.readUInt16BE())}`],
  [1, (bytes) => `IP: time to live, ${bytes[0]} hops`],
  [1, (bytes) => `IP: what follows is ${protocolName(bytes[0] ?? 0)}`],
  [2, () => "IP: checksum of this header"],
  [4, (bytes) => `IP: from address ${[...bytes].join(".")}`],
  [4, (bytes) => `IP: to address ${[...bytes].join(".")}`],
];

/** RFC 8200, section 3. */
export const IPV6_FIELDS: readonly Field[] = [
  [4, () => "IP: version 6, kind of service, and a label for the flow"],
  [2, (bytes) => `IP: ${bytes.readUInt16BE()} bytes after this header`],
  [1, (bytes) => `IP: what follows is ${EXTENSION_NAMES.get(bytes[0] ?? 0) ?? protocolName(bytes[0] ?? 0)}`],
  [1, (bytes) => `IP: hop limit, ${bytes[0]} hops`],
  [16, (bytes) => `IP: from address ${formatIpv6(bytes, 0)}`],
  [16, (bytes) => `IP: to address ${formatIpv6(bytes, 0)}`],
];

/** The fields of TCP (RFC 9293, section 3.1). @param onLoopback where nobody computes checksums */
export function tcpFields(counted: CountedNumbers | undefined, onLoopback: boolean): readonly Field[] {
  const count = (number: number | undefined): string =>
    number === undefined ? "" : ` (since the SYN: ${number})`;
  return [
    [2, (bytes) => `TCP: from port ${bytes.readUInt16BE()}`],
    [2, (bytes) => `TCP: to port ${bytes.readUInt16BE()}`],
    [4, () => `TCP: sequence number, of the first byte of data${count(counted?.sequence)}`],
    [4, () => `TCP: acknowledgement, the next byte it waits for${count(counted?.acknowledgement)}`],
    [1, (bytes) => `TCP: a header of ${headerLength((bytes[0] ?? 0) >> 4)} bytes`],
    [1, (bytes) => `TCP: flags ${flagNames(bytes[0] ?? 0).join(", ")}`],
    [2, () => "TCP: window, how much it can take (scaled)"],
    [2, () => `TCP: checksum${onLoopback ? " (not computed on loopback)" : " of header and data"}`],
    [2, () => "TCP: urgent pointer, not used"],
  ];
}

/** The fields of UDP (RFC 768): so few are left if nothing is promised. */
export const UDP_FIELDS: readonly Field[] = [
  [2, (bytes) => `UDP: from port ${bytes.readUInt16BE()}`],
  [2, (bytes) => `UDP: to port ${bytes.readUInt16BE()}`],
  [2, (bytes) => `UDP: ${bytes.readUInt16BE()} bytes with this header`],
  [2, () => "UDP: checksum of header and data"],
];

/** The first of some TCP options (RFC 9293, section 3.2): its length in bytes, and its label. */
export function tcpOption(bytes: Buffer): { length: number; label: string } {
  const [kind = 0, length = 0] = bytes;
  if (kind === 0) return { length: bytes.length, label: "TCP: end of the options" };
  if (kind === 1) return { length: 1, label: "TCP: option, fills up" };
  const isWhole = length >= 2 && length <= bytes.length;
  if (!isWhole) return { length: bytes.length, label: "TCP: options that cannot be right" };
  return { length, label: `TCP: option, ${optionWords(kind, bytes.subarray(2, length))}` };
}

function optionWords(kind: number, value: Buffer): string {
  if (kind === 2 && value.length === 2) return `takes segments of up to ${value.readUInt16BE()} bytes`;
  if (kind === 3 && value.length === 1) return `windows count times 2^${value[0]}`;
  if (kind === 4) return "may acknowledge selectively";
  if (kind === 5) return "bytes that came too early (SACK)";
  if (kind === 8) return "time stamps, own and the other's";
  return `kind ${kind}`;
}

/** The names of IPv6 extension headers, by their number (IANA's list). */
export const EXTENSION_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "options for every hop"],
  [43, "routing"],
  [44, "fragment"],
  [51, "authentication"],
  [60, "options for the destination"],
  [135, "mobility"],
  [139, "host identity"],
  [140, "shim6"],
]);

const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [1, "ICMP"],
  [2, "IGMP"],
  [4, "IPv4"],
  [6, "TCP"],
  [17, "UDP"],
  [41, "IPv6"],
  [47, "GRE"],
  [50, "ESP"],
  [58, "ICMPv6"],
  [132, "SCTP"],
]);

/** The name of what an IP packet carries, by its number (IANA's list). */
export function protocolName(protocol: number): string {
  return PROTOCOL_NAMES.get(protocol) ?? `IP protocol ${protocol}`;
}

const ETHER_TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0x0800, "IPv4"],
  [0x0806, "ARP"],
  [0x8100, "a VLAN tag"],
  [0x86dd, "IPv6"],
  [0x8863, "PPPoE"],
  [0x8864, "PPPoE"],
  [0x8847, "MPLS"],
  [0x88a8, "a VLAN tag"],
  [0x88cc, "LLDP"],
]);

/** The name of what an Ethernet frame carries. Numbers of up to 1500 are a length (IEEE 802.3). */
export function etherTypeName(type: number): string {
  if (type <= 1500) return "a frame of IEEE 802.3";
  return ETHER_TYPE_NAMES.get(type) ?? `Ethernet type 0x${type.toString(16).padStart(4, "0")}`;
}

/** The length of a header in bytes. The lower four bits count words of four bytes. */
function headerLength(bits: number): number {
  return (bits & 0x0f) * 4;
}

function hardware(bytes: Buffer): string {
  return bytes.every((byte) => byte === 0)
    ? "0 (loopback has none)"
    : bytes.toString("hex").replace(/..(?=.)/g, "$&:");
}

function serviceWords(bytes: Buffer): string {
  return `IP: kind of service (${bytes[0] === 0 ? "the usual" : `0x${bytes.toString("hex")}`})`;
}

function fragmentWords(flagsAndOffset: number): string {
  return (flagsAndOffset & 0x3fff) !== 0
    ? `a fragment of a larger packet, from its byte ${(flagsAndOffset & 0x1fff) * 8} on`
    : (flagsAndOffset & 0x4000) !== 0
      ? "not a fragment, and may not become one"
      : "not a fragment";
}

const FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"] as const;

function flagNames(flags: number): string[] {
  return FLAGS.filter((_, bit) => (flags & (1 << bit)) !== 0);
}
