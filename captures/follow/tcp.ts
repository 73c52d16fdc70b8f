// Reads TCP segments (RFC 9293, section 3.1). Pure. It never throws, but returns undefined for invalid segments.

import type { Packet, Segment } from "../read/packet.ts";
import type { Carried } from "./ip.ts";

const HEADER_BYTES = 20;

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

/** The payload of the segment is a view of `carried`. */
export function parseTcp(
  { bytes, start, end, length }: Carried,
  { source, destination }: { source: string; destination: string },
  { number, time }: Pick<Packet, "number" | "time">,
): Segment | undefined {
  if (start + HEADER_BYTES > end) return undefined;
  const headerLength = (bytes.readUInt8(start + 12) >> 4) * 4;
  if (headerLength < HEADER_BYTES || headerLength > length) return undefined;
  const flags = bytes.readUInt8(start + 13);
  return {
    packet: number,
    time,
    source: { address: source, port: bytes.readUInt16BE(start) },
    destination: { address: destination, port: bytes.readUInt16BE(start + 2) },
    sequence: bytes.readUInt32BE(start + 4),
    acknowledgement: bytes.readUInt32BE(start + 8),
    syn: (flags & SYN) !== 0,
    ack: (flags & ACK) !== 0,
    fin: (flags & FIN) !== 0,
    rst: (flags & RST) !== 0,
    payload: bytes.subarray(Math.min(start + headerLength, end), end),
    payloadLength: length - headerLength,
  };
}
