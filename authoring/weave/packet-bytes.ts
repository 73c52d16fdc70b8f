// Labels every byte of a packet: the headers of Ethernet, IPv4 and TCP, and the data. Pure.
//
// It reads only packets of the course's own captures. Others are an error.

import type { Packet } from "../../captures/read/packet.ts";
import type { LabelledBytes } from "./labelled-bytes.ts";
import { lineBytes } from "./line-bytes.ts";
import { MarkerError } from "./weave-error.ts";

const ETHERNET = 1;
const LINE_FEED = 0x0a;

/** A field of a header: its length in bytes, and a function that makes its label. */
type Field = [length: number, label: (bytes: Buffer) => string];

const ETHERNET_FIELDS: readonly Field[] = [
  [6, (bytes) => `Ethernet: to hardware address ${hardware(bytes)}`],
  [6, (bytes) => `Ethernet: from ${hardware(bytes)}`],
  [2, () => "Ethernet: what follows is IPv4"],
];

const IPV4_FIELDS: readonly Field[] = [
  [1, (bytes) => `IP: version 4, a header of ${headerLength(bytes[0] ?? 0)} bytes`],
  [1, () => "IP: kind of service (nothing special)"],
  [2, (bytes) => `IP: ${bytes.readUInt16BE()} bytes from here to the end`],
  [2, () => "IP: identification, for fragments"],
  [2, (bytes) => `IP: ${fragmentWords(bytes.readUInt16BE())}`],
  [1, (bytes) => `IP: time to live, ${bytes[0]} hops`],
  [1, () => "IP: what follows is TCP"],
  [2, () => "IP: checksum of this header"],
  [4, (bytes) => `IP: from address ${[...bytes].join(".")}`],
  [4, (bytes) => `IP: to address ${[...bytes].join(".")}`],
];

const TCP_FIELDS: readonly Field[] = [
  [2, (bytes) => `TCP: from port ${bytes.readUInt16BE()}`],
  [2, (bytes) => `TCP: to port ${bytes.readUInt16BE()}`],
  [4, () => "TCP: sequence number, of the first byte of data"],
  [4, () => "TCP: acknowledgement, the next byte it waits for"],
  [1, (bytes) => `TCP: a header of ${headerLength((bytes[0] ?? 0) >> 4)} bytes`],
  [1, (bytes) => `TCP: flags ${flagNames(bytes[0] ?? 0).join(", ")}`],
  [2, () => "TCP: window, how much it can take (scaled)"],
  [2, () => "TCP: checksum (not computed on loopback)"],
  [2, () => "TCP: urgent pointer, not used"],
];

/** @throws MarkerError if the packet is not a complete TCP packet in IPv4 and Ethernet */
export function packetBytes(packet: Packet): LabelledBytes[] {
  const { linkType, data, number } = packet;
  if (linkType !== ETHERNET || data.length < 54 || data.readUInt16BE(12) !== 0x0800 || data[23] !== 6)
    throw new MarkerError(`packet ${number} is not TCP in IPv4 in Ethernet`);
  const tcpStart = 14 + headerLength(data[14] ?? 0);
  const dataStart = tcpStart + headerLength((data[tcpStart + 12] ?? 0) >> 4);
  return [
    ...header(data.subarray(0, 14), ETHERNET_FIELDS, ""),
    ...header(data.subarray(14, tcpStart), IPV4_FIELDS, "IP: options"),
    ...header(data.subarray(tcpStart, dataStart), TCP_FIELDS, "TCP: options, among them a time stamp"),
    ...dataBytes(data.subarray(dataStart)),
  ];
}

/** Labels the data of a segment, line by line. */
export function dataBytes(data: Buffer): LabelledBytes[] {
  const ranges: LabelledBytes[] = [];
  let start = 0;
  while (start < data.length) {
    const lineFeed = data.indexOf(LINE_FEED, start);
    const end = lineFeed === -1 ? data.length : lineFeed + 1;
    ranges.push(...lineBytes(data.subarray(start, end)));
    start = end;
  }
  return ranges;
}

function header(bytes: Buffer, fields: readonly Field[], rest: string): LabelledBytes[] {
  const ranges: LabelledBytes[] = [];
  let position = 0;
  for (const [length, label] of fields) {
    const field = bytes.subarray(position, position + length);
    ranges.push({ bytes: field, label: label(field) });
    position += length;
  }
  if (position < bytes.length) ranges.push({ bytes: bytes.subarray(position), label: rest });
  return ranges;
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

function fragmentWords(flagsAndOffset: number): string {
  return (flagsAndOffset & 0x3fff) !== 0
    ? "a fragment of a larger packet"
    : (flagsAndOffset & 0x4000) !== 0
      ? "not a fragment, and may not become one"
      : "not a fragment";
}

const FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"] as const;

function flagNames(flags: number): string[] {
  return FLAGS.filter((_, bit) => (flags & (1 << bit)) !== 0);
}
