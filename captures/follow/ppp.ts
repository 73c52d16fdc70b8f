// Finds the IP packet in PPP (RFC 1661, RFC 1662) and in PPPoE (RFC 2516). Pure. It never throws.

import { CUT_SHORT, type Found, hexadecimal } from "./ip-start.ts";
import { afterLabels } from "./mpls.ts";

/** What a frame begins with in which address and control are not left out. */
const ADDRESS = 0xff;
const CONTROL = 0x03;

const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
const PPP_MPLS: readonly number[] = [0x0281, 0x0283];
/** From this number on, PPP's protocols are about PPP itself: they set up links, and carry no packets. */
const FIRST_CONTROL_PROTOCOL = 0x8000;

const PPPOE_HEADER_BYTES = 6;

/** A PPP frame, with or without address and control. */
export function afterPppFraming(data: Buffer, start: number): Found {
  if (start + 2 > data.length) return CUT_SHORT;
  const isFramed = data.readUInt8(start) === ADDRESS && data.readUInt8(start + 1) === CONTROL;
  return afterPppProtocol(data, isFramed ? start + 2 : start);
}

/** A number has two bytes. If the first would be 0, it may be left out; then the only one is odd (RFC 1661, section 2). */
export function afterPppProtocol(data: Buffer, start: number): Found {
  if (start + 2 > data.length) return CUT_SHORT;
  const first = data.readUInt8(start);
  const isShort = (first & 1) === 1;
  const protocol = isShort ? first : data.readUInt16BE(start);
  const next = start + (isShort ? 1 : 2);
  if (protocol === PPP_IPV4) return { version: 4, start: next };
  if (protocol === PPP_IPV6) return { version: 6, start: next };
  if (PPP_MPLS.includes(protocol)) return afterLabels(data, next);
  return protocol >= FIRST_CONTROL_PROTOCOL ? undefined : `PPP protocol ${hexadecimal(protocol)}`;
}

/** A PPPoE session: a header with a version, a code, a session and a length, then PPP without address and control. */
export function afterPppoe(data: Buffer, start: number): Found {
  return afterPppProtocol(data, start + PPPOE_HEADER_BYTES);
}
