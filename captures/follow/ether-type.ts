// Finds the IP packet behind an EtherType: over tags of VLANs, MPLS, PPPoE, and 802.3 with LLC and SNAP. Pure. It never
// throws.

import { CUT_SHORT, type Found, hexadecimal } from "./ip-start.ts";
import { afterLabels } from "./mpls.ts";
import { afterPppoe } from "./ppp.ts";

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const MPLS: readonly number[] = [0x8847, 0x8848];
const PPPOE_SESSION = 0x8864;
/** Tags of VLANs: IEEE 802.1Q, 802.1ad ("QinQ"), and the tag for QinQ before it was standardised. */
const VLAN_TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100];
/** They hold no packets: ARP, RARP (in Cisco HDLC: SLARP), PPPoE's discovery, LLDP. */
const WITHOUT_PACKETS: readonly number[] = [0x0806, 0x8035, 0x8863, 0x88cc];

/** In IEEE 802.3, the field holds a length of at most so many bytes. No EtherType is so low. */
const LONGEST_802_3 = 1500;

/** The service access points of LLC (IEEE 802.2) for IP and for SNAP, and the control field of frames with data. */
const SAP_IP = 0x06;
const SAP_SNAP = 0xaa;
const UNNUMBERED_INFORMATION = 0x03;
const LLC_BYTES = 3;
const SNAP_BYTES = 5;
/** With these organisations, the number behind them is an EtherType (RFC 1042; IEEE 802.1H). */
const ETHERTYPE_FOLLOWS: readonly number[] = [0x000000, 0x0000f8];

/** @param position the position of an EtherType, or of a length; the packet follows it */
export function afterEtherType(data: Buffer, position: number): Found {
  return position + 2 > data.length
    ? CUT_SHORT
    : ofEtherType(data, data.readUInt16BE(position), position + 2);
}

/** @param start where that begins of which the EtherType, or the length, is known */
export function ofEtherType(data: Buffer, firstType: number, firstStart: number): Found {
  let etherType = firstType;
  let start = firstStart;
  for (;;) {
    if (etherType === IPV4) return { version: 4, start };
    if (etherType === IPV6) return { version: 6, start };
    if (VLAN_TAGS.includes(etherType)) {
      // A tag holds two bytes about the VLAN and another EtherType, which may mean a tag again.
      if (start + 4 > data.length) return CUT_SHORT;
      etherType = data.readUInt16BE(start + 2);
      start += 4;
    } else if (etherType <= LONGEST_802_3) {
      const found = afterLlc(data, start);
      if (typeof found !== "number") return found;
      etherType = found;
      start += LLC_BYTES + SNAP_BYTES;
    } else {
      return ofOtherType(data, etherType, start);
    }
  }
}

/** Linux cooked captures have LLC behind a number of their own. */
export function ofLlc(data: Buffer, start: number): Found {
  return ofEtherType(data, 0, start);
}

function ofOtherType(data: Buffer, etherType: number, start: number): Found {
  if (MPLS.includes(etherType)) return afterLabels(data, start);
  if (etherType === PPPOE_SESSION) return afterPppoe(data, start);
  return WITHOUT_PACKETS.includes(etherType) ? undefined : `EtherType ${hexadecimal(etherType)}`;
}

/** @returns the EtherType, if LLC is followed by SNAP with one; it stands at the end of both headers */
function afterLlc(data: Buffer, start: number): Found | number {
  if (start + LLC_BYTES > data.length) return CUT_SHORT;
  const destination = data.readUInt8(start);
  const isData = data.readUInt8(start + 2) === UNNUMBERED_INFORMATION;
  if (destination === SAP_IP && isData) return { version: 4, start: start + LLC_BYTES };
  if (destination !== SAP_SNAP || !isData) return `LLC ${hexadecimal(destination, 2)}`;
  if (start + LLC_BYTES + SNAP_BYTES > data.length) return CUT_SHORT;
  const organisation = data.readUIntBE(start + LLC_BYTES, 3);
  const type = data.readUInt16BE(start + LLC_BYTES + 3);
  // A length cannot stand here. Were it taken for one, LLC would follow LLC.
  if (ETHERTYPE_FOLLOWS.includes(organisation) && type > LONGEST_802_3) return type;
  return `SNAP ${hexadecimal(organisation, 6)} ${hexadecimal(type)}`;
}
