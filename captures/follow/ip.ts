// Reads IPv4 (RFC 791) and IPv6 (RFC 8200): the payload of a packet, and whether it is a fragment. Pure. It never
// throws, but returns undefined for invalid packets.

import type { AddressBook } from "./ip-address.ts";

/** The payload of a packet, as far as it was captured. */
export interface Carried {
  bytes: Buffer;
  /** The payload is in `bytes`, from `start` to before `end`. */
  start: number;
  end: number;
  /** The length on the wire, in bytes: at least `end - start`. */
  length: number;
}

export interface IpPacket {
  source: string;
  destination: string;
  /** The protocol of the payload: 6 is TCP (IANA's registry of protocol numbers). */
  protocol: number;
  payload: Carried;
  /** Undefined if the payload is complete, and not one of several fragments. */
  fragment: Fragment | undefined;
}

export interface Fragment {
  /** All fragments of one packet have the same number. */
  identification: number;
  /** The position of this fragment in the payload, in bytes. */
  offset: number;
  /** Whether more fragments follow. */
  more: boolean;
}

const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;

/**
 * @param start where the packet begins in `data`
 * @param wireLength the length of the whole captured packet on the wire, in bytes, including all before `start`
 */
export function parseIpv4(
  data: Buffer,
  start: number,
  wireLength: number,
  addresses: AddressBook,
): IpPacket | undefined {
  if (start + IPV4_HEADER_BYTES > data.length) return undefined;
  const first = data.readUInt8(start);
  const headerLength = (first & 0x0f) * 4;
  const total = lengthOnWire(data.readUInt16BE(start + 2), wireLength - start);
  if (first >> 4 !== 4 || headerLength < IPV4_HEADER_BYTES || total < headerLength) return undefined;
  const flagsAndOffset = data.readUInt16BE(start + 6);
  return {
    source: addresses.ipv4(data, start + 12),
    destination: addresses.ipv4(data, start + 16),
    protocol: data.readUInt8(start + 9),
    payload: carried(data, start + headerLength, total - headerLength),
    // One flag, "more fragments", and 13 bits of offset in units of 8 bytes. The flag "don't fragment" does not matter.
    fragment:
      (flagsAndOffset & 0x3fff) === 0
        ? undefined
        : {
            identification: data.readUInt16BE(start + 4),
            offset: (flagsAndOffset & 0x1fff) * 8,
            more: (flagsAndOffset & 0x2000) !== 0,
          },
  };
}

/** The same for IPv6. The payload begins after the extension headers. */
export function parseIpv6(
  data: Buffer,
  start: number,
  wireLength: number,
  addresses: AddressBook,
): IpPacket | undefined {
  if (start + IPV6_HEADER_BYTES > data.length || data.readUInt8(start) >> 4 !== 6) return undefined;
  const payloadStart = start + IPV6_HEADER_BYTES;
  // The length does not count the header. It is 0 also in a jumbogram (RFC 2675), which fills its frame.
  const length = lengthOnWire(data.readUInt16BE(start + 4), wireLength - payloadStart);
  const inner = passExtensions(data.readUInt8(start + 6), carried(data, payloadStart, length));
  if (inner === undefined) return undefined;
  return {
    source: addresses.ipv6(data, start + 8),
    destination: addresses.ipv6(data, start + 24),
    ...inner,
  };
}

/**
 * A capture shows length 0 if the network card has yet to cut the packet into smaller ones (TCP segmentation offload).
 * Such a packet fills the rest of its frame. Others may be shorter than the frame, because Ethernet pads short frames.
 */
function lengthOnWire(claimed: number, possible: number): number {
  return claimed === 0 ? possible : Math.min(claimed, possible);
}

function carried(bytes: Buffer, start: number, length: number): Carried {
  const end = Math.min(bytes.length, start + length);
  // If the capture ends before the payload begins, the payload is empty.
  return { bytes, start: Math.min(start, end), end, length };
}

/** Extension headers that begin with the number of the next header and their own length (IANA's list). */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HOST_IDENTITY = 139;
const SHIM6 = 140;
const IN_UNITS_OF_8: readonly number[] = [
  HOP_BY_HOP,
  ROUTING,
  DESTINATION_OPTIONS,
  MOBILITY,
  HOST_IDENTITY,
  SHIM6,
];

/**
 * Skips IPv6 extension headers (RFC 8200, section 4) up to the payload, or to a fragment.
 * @param firstHeader the number of the header with which `packet` begins
 * @returns undefined if a header was not captured completely
 */
export function passExtensions(
  firstHeader: number,
  packet: Carried,
): Pick<IpPacket, "protocol" | "payload" | "fragment"> | undefined {
  const { bytes, end } = packet;
  let { start, length } = packet;
  let protocol = firstHeader;
  let fragment: Fragment | undefined;
  while (fragment === undefined) {
    const size = extensionLength(protocol, bytes, start, end);
    if (size === 0) break;
    if (size === undefined || start + size > end) return undefined;
    if (protocol === FRAGMENT) fragment = parseFragment(bytes, start);
    protocol = bytes.readUInt8(start);
    start += size;
    length -= size;
  }
  return { protocol, payload: { bytes, start, end, length }, fragment };
}

/** The length in bytes; 0 if this is no header to skip; undefined if its length was not captured. */
function extensionLength(header: number, bytes: Buffer, start: number, end: number): number | undefined {
  if (header === FRAGMENT) return 8;
  if (header !== AUTHENTICATION && !IN_UNITS_OF_8.includes(header)) return 0;
  if (start + 2 > end) return undefined;
  const units = bytes.readUInt8(start + 1);
  // The authentication header counts words of 4 bytes, without the first two (RFC 4302, section 2.2).
  return header === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
}

/** Reads a fragment header (RFC 8200, section 4.5). Undefined if the fragment is the whole packet (RFC 6946). */
function parseFragment(bytes: Buffer, start: number): Fragment | undefined {
  const offsetAndFlag = bytes.readUInt16BE(start + 2);
  const offset = offsetAndFlag & 0xfff8;
  const more = (offsetAndFlag & 1) !== 0;
  if (offset === 0 && !more) return undefined;
  return { identification: bytes.readUInt32BE(start + 4), offset, more };
}
