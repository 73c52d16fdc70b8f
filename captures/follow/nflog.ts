// Finds the IP packet in what Linux's firewall logs (link type 239, NFLOG): a header, and values with a length and a type,
// of which one is the packet (https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html). Pure. It never throws.

import { uint16 } from "../read/byte-order.ts";
import { CUT_SHORT, type Found } from "./ip-start.ts";

const HEADER_BYTES = 4;
const VALUE_HEADER_BYTES = 4;
const PACKET = 9;
/** There are about twenty types. In the wrong byte order, each is more than this. */
const HIGHEST_TYPE = 255;

const FAMILY_IPV4 = 2;
const FAMILY_IPV6 = 10;

/** Lengths and types are in the byte order of the capturing machine, which is unknown: only one gives valid types. */
export function afterNflog(data: Buffer): Found {
  if (data.length < HEADER_BYTES) return CUT_SHORT;
  const family = data.readUInt8(0);
  if (data.readUInt8(1) !== 0) return "NFLOG of an unknown version";
  if (family !== FAMILY_IPV4 && family !== FAMILY_IPV6) return `NFLOG of family ${family}`;
  const start = packetStart(data, false) ?? packetStart(data, true);
  return start === undefined ? "NFLOG without a packet" : { version: family === FAMILY_IPV4 ? 4 : 6, start };
}

/** Where the packet begins; undefined if there is none, or not in this byte order. */
function packetStart(data: Buffer, bigEndian: boolean): number | undefined {
  let position = HEADER_BYTES;
  while (position + VALUE_HEADER_BYTES <= data.length) {
    const length = uint16(data, position, bigEndian);
    const type = uint16(data, position + 2, bigEndian);
    if (length < VALUE_HEADER_BYTES || type > HIGHEST_TYPE) return undefined;
    if (type === PACKET) return position + VALUE_HEADER_BYTES;
    position += length + (-length & 3); // Padded to 32 bits.
  }
  return undefined;
}
