// Reads UDP datagrams (RFC 768). Pure. It never throws, but returns undefined for invalid datagrams.

import type { Cast, Datagram, Packet } from "../read/packet.ts";
import type { Carried } from "./ip.ts";

const HEADER_BYTES = 8;

/** The longest payload of an IP packet that says its own length, in bytes. */
const LONGEST = 65_535;

/** The payload of the datagram is a view of `carried`. */
export function parseUdp(
  { bytes, start, end, length }: Carried,
  { source, destination }: { source: string; destination: string },
  { number, time }: Pick<Packet, "number" | "time">,
  cast: Cast,
): Datagram | undefined {
  if (start + HEADER_BYTES > end) return undefined;
  const claimed = bytes.readUInt16BE(start + 4);
  // In a jumbogram the length is 0, because the true one has no room (RFC 2675, section 4).
  const total = claimed === 0 && length > LONGEST ? length : claimed;
  // IP may carry more than the datagram: then what stands behind it is not its data.
  if (total < HEADER_BYTES || total > length) return undefined;
  return {
    packet: number,
    time,
    source: { address: source, port: bytes.readUInt16BE(start) },
    destination: { address: destination, port: bytes.readUInt16BE(start + 2) },
    cast,
    payload: bytes.subarray(start + HEADER_BYTES, Math.min(end, start + total)),
    payloadLength: total - HEADER_BYTES,
  };
}
