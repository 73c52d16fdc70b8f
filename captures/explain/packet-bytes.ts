// Labels every byte of a packet: what is around IP, the headers of IP, TCP and UDP, and the data. Pure. It never
// throws, whatever the bytes are.

import { findIp } from "../follow/link-layer.ts";
import type { Packet } from "../read/packet.ts";
import {
  type CountedNumbers,
  ETHERNET_FIELDS,
  EXTENSION_NAMES,
  etherTypeName,
  type Field,
  IPV4_FIELDS,
  IPV6_FIELDS,
  protocolName,
  tcpFields,
  tcpOption,
  UDP_FIELDS,
} from "./header-fields.ts";
import { dataBytes, datagramBytes, type LabelledBytes } from "./line-bytes.ts";

const LINKTYPE_ETHERNET = 1;
const ETHERNET_BYTES = 14;

const UDP_BYTES = 8;

const IPV4_IN_IP = 4;
const TCP = 6;
const UDP = 17;
const IPV6_IN_IP = 41;
const FRAGMENT_HEADER = 44;

/** A packet, explained. */
export interface ExplainedPacket {
  /** Together, these ranges are the captured bytes of the packet. */
  ranges: LabelledBytes[];
  /** The innermost thing that was recognised, in a few words: "TCP", "UDP", "ARP". */
  kind: string;
}

/** @param counted is named beside the absolute numbers, if it is given */
export function explainPacket(packet: Packet, counted?: CountedNumbers): ExplainedPacket {
  const reader = new LabellingReader(packet.data);
  const found = findIp(packet.linkType, packet.data);
  const start = typeof found === "object" ? found.start : undefined;
  const isEthernet = packet.linkType === LINKTYPE_ETHERNET && packet.data.length >= ETHERNET_BYTES;
  if (isEthernet) reader.fields(ETHERNET_FIELDS);
  const kind =
    start === undefined
      ? labelUnknown(reader, packet, isEthernet)
      : labelInside(reader, packet, start, counted);
  return { ranges: reader.ranges, kind };
}

/** Takes bytes from the front of a packet, a label for each. */
class LabellingReader {
  readonly ranges: LabelledBytes[] = [];
  position = 0;
  readonly #data: Buffer;

  constructor(data: Buffer) {
    this.#data = data;
  }

  /** The bytes that have no label yet. */
  get rest(): Buffer {
    return this.#data.subarray(this.position);
  }

  /** @param length in bytes; if fewer are left, all of them get the label */
  take(length: number, label: string): void {
    const bytes = this.rest.subarray(0, Math.max(0, length));
    if (bytes.length === 0) return;
    const short = bytes.length < length ? " (cut short by the capture)" : "";
    this.ranges.push({ bytes, label: label + short });
    this.position += bytes.length;
  }

  fields(fields: readonly Field[]): void {
    for (const [length, label] of fields) {
      const bytes = this.rest.subarray(0, length);
      this.take(length, bytes.length < length ? "the rest of a header" : label(bytes));
    }
  }

  /** Adds ranges that somebody else has made of the next bytes. */
  add(ranges: readonly LabelledBytes[]): void {
    for (const range of ranges) this.ranges.push(range);
    this.position += ranges.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }
}

function labelUnknown(reader: LabellingReader, { linkType, data }: Packet, isEthernet: boolean): string {
  const kind = isEthernet ? etherTypeName(data.readUInt16BE(12)) : `link type ${linkType}`;
  reader.take(reader.rest.length, isEthernet ? `${kind}: no IP` : `${kind}: not understood`);
  return isEthernet ? kind : `not understood: ${kind}`;
}

/** @param start where IP begins */
function labelInside(
  reader: LabellingReader,
  packet: Packet,
  start: number,
  counted: CountedNumbers | undefined,
): string {
  const around = start - reader.position;
  reader.take(
    around,
    `${reader.position > 0 ? "between Ethernet and IP" : `link type ${packet.linkType}`}: ${around} bytes`,
  );
  // Inside of IP there may be IP again.
  for (;;) {
    const inside = reader.rest[0] === undefined ? undefined : labelIp(reader);
    if (inside === undefined) return "IP, cut short or damaged";
    const { protocol, isFragment, end } = inside;
    if (isFragment) {
      reader.take(end - reader.position, "the data of a fragment: a part of a larger packet");
      labelPadding(reader);
      return `a fragment (${protocolName(protocol)})`;
    }
    if (protocol === IPV4_IN_IP || protocol === IPV6_IN_IP) continue;
    if (protocol === TCP) labelTcp(reader, end, counted);
    else if (protocol === UDP) labelUdp(reader, end);
    else reader.take(end - reader.position, `${protocolName(protocol)}: header and data`);
    labelPadding(reader);
    return protocolName(protocol);
  }
}

function labelPadding(reader: LabellingReader): void {
  reader.take(reader.rest.length, "behind the IP packet: what fills up a short frame");
}

interface InsideIp {
  protocol: number;
  isFragment: boolean;
  /** The position at which the IP packet ends. */
  end: number;
}

/** @returns undefined if this is no whole header of IP */
function labelIp(reader: LabellingReader): InsideIp | undefined {
  const { rest } = reader;
  const version = (rest[0] ?? 0) >> 4;
  if (version === 4 && rest.length >= 20) return labelIpv4(reader);
  if (version === 6 && rest.length >= 40) return labelIpv6(reader);
  reader.take(rest.length, "no whole header of IP");
  return undefined;
}

function labelIpv4(reader: LabellingReader): InsideIp | undefined {
  const { rest, position } = reader;
  const headerLength = ((rest[0] ?? 0) & 0x0f) * 4;
  const total = rest.readUInt16BE(2) || rest.length;
  reader.fields(IPV4_FIELDS);
  reader.take(headerLength - 20, "IP: options");
  const isFragment = (rest.readUInt16BE(6) & 0x3fff) !== 0;
  return { protocol: rest.readUInt8(9), isFragment, end: position + total };
}

function labelIpv6(reader: LabellingReader): InsideIp {
  const { rest, position } = reader;
  const end = position + 40 + (rest.readUInt16BE(4) || rest.length - 40);
  reader.fields(IPV6_FIELDS);
  let protocol = rest.readUInt8(6);
  for (;;) {
    const name = EXTENSION_NAMES.get(protocol);
    const [next, units = 0] = reader.rest;
    if (name === undefined || next === undefined) return { protocol, isFragment: false, end };
    const isFragment = protocol === FRAGMENT_HEADER && !isWhole(reader.rest);
    reader.take(
      protocol === FRAGMENT_HEADER ? 8 : lengthOf(protocol, units),
      `IP: extension header, ${name}`,
    );
    protocol = next;
    if (isFragment) return { protocol, isFragment, end };
  }
}

const AUTHENTICATION = 51;

/** The length of an extension header, in bytes (RFC 8200, section 4; RFC 4302, section 2.2). */
function lengthOf(header: number, units: number): number {
  return header === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
}

/** Whether a fragment header says that its packet is not in pieces (RFC 6946). */
function isWhole(header: Buffer): boolean {
  return header.length >= 4 && (header.readUInt16BE(2) & 0xfff9) === 0;
}

/** @param end the position at which the IP packet ends */
function labelTcp(reader: LabellingReader, end: number, counted: CountedNumbers | undefined): void {
  const { rest, position } = reader;
  const headerLength = ((rest[12] ?? 0) >> 4) * 4;
  if (rest.length < 20 || headerLength < 20 || position + headerLength > end) {
    reader.take(end - position, "TCP: no whole header");
    return;
  }
  const onLoopback = isOnLoopback(reader.ranges);
  reader.fields(tcpFields(counted, onLoopback));
  const optionsEnd = position + headerLength;
  while (reader.position < optionsEnd && reader.rest.length > 0) {
    const { length, label } = tcpOption(reader.rest.subarray(0, optionsEnd - reader.position));
    reader.take(length, label);
  }
  reader.add(dataBytes(reader.rest.subarray(0, Math.max(0, end - reader.position))));
}

/** @param end the position at which the IP packet ends */
function labelUdp(reader: LabellingReader, end: number): void {
  const { rest, position } = reader;
  const length = rest.length < UDP_BYTES ? 0 : rest.readUInt16BE(4) || end - position;
  if (length < UDP_BYTES || position + length > end) {
    reader.take(end - position, "UDP: no whole header");
    return;
  }
  reader.fields(UDP_FIELDS);
  const data = reader.rest.subarray(0, length - UDP_BYTES);
  if (data.length === length - UDP_BYTES) reader.add(datagramBytes(data));
  else reader.take(length - UDP_BYTES, "data");
  reader.take(end - reader.position, "UDP: behind the datagram, not counted in its length");
}

/** Both hardware addresses are 0 where a packet never leaves the machine. */
function isOnLoopback([to, from]: readonly LabelledBytes[]): boolean {
  return [to, from].every((range) => range?.bytes.length === 6 && range.bytes.every((byte) => byte === 0));
}
