// Finds the IP packet in a captured packet. The header before it depends on the link type of the interface
// (https://www.tcpdump.org/linktypes.html). Pure. It never throws.

import { afterEtherType, ofEtherType, ofLlc } from "./ether-type.ts";
import { CUT_SHORT, type Found, ofFirstByte } from "./ip-start.ts";
import { LINK } from "./link-types.ts";
import { afterLabels } from "./mpls.ts";
import { afterNflog } from "./nflog.ts";
import { afterPppFraming, afterPppoe, afterPppProtocol } from "./ppp.ts";

/** AF_INET is 2 everywhere. AF_INET6 differs between Linux, Windows, OpenBSD and NetBSD, FreeBSD, and macOS. */
const FAMILY_IPV4 = 2;
const FAMILIES_IPV6: readonly number[] = [10, 23, 24, 28, 30];

/** For these ARPHRD_ types, the field "protocol" of Linux cooked captures is no EtherType: netlink, GRE, and radio. */
const NOT_ETHERTYPE: readonly number[] = [770, 778, 801, 802, 803, 824];
/** In Linux cooked captures, this number stands in the place of an EtherType before LLC. */
const COOKED_LLC = 4;

/** The first byte of a frame of Cisco HDLC: to one station, to all. PPP on the same line begins otherwise (RFC 1547). */
const CISCO_ADDRESSES: readonly number[] = [0x0f, 0x8f];

export function findIp(linkType: number, data: Buffer): Found {
  switch (linkType) {
    case LINK.ETHERNET:
      return afterEtherType(data, 12);
    case LINK.NULL:
      return afterFamilyOfHost(data);
    case LINK.LOOP:
      return data.length < 4 ? CUT_SHORT : ofFamily(data.readUInt32BE(0));
    case LINK.RAW_12:
    case LINK.RAW_14:
    case LINK.RAW:
      return ofFirstByte(data, 0, "not IP");
    case LINK.IPV4:
      return { version: 4, start: 0 };
    case LINK.IPV6:
      return { version: 6, start: 0 };
    case LINK.LINUX_SLL:
      return data.length < 16 ? CUT_SHORT : ofCooked(data, data.readUInt16BE(2), data.readUInt16BE(14), 16);
    case LINK.LINUX_SLL2:
      return data.length < 20 ? CUT_SHORT : ofCooked(data, data.readUInt16BE(8), data.readUInt16BE(0), 20);
    case LINK.PPP:
    case LINK.PPP_HDLC:
      return afterSerialLine(data, 0);
    case LINK.PPP_WITH_DIRECTION:
      return afterSerialLine(data, 1);
    case LINK.PPP_PPPD:
      return afterPppProtocol(data, 2); // The direction stands in the place of the address.
    case LINK.PPP_ETHER:
      return afterPppoe(data, 0);
    case LINK.C_HDLC:
      return afterEtherType(data, 2);
    case LINK.C_HDLC_WITH_DIRECTION:
      return afterEtherType(data, 3);
    case LINK.MPLS:
      return afterLabels(data, 0);
    case LINK.NFLOG:
      return afterNflog(data);
    default:
      return "";
  }
}

/** The family is in the byte order of the capturing machine, which is unknown. Only one order gives a valid family. */
function afterFamilyOfHost(data: Buffer): Found {
  if (data.length < 4) return CUT_SHORT;
  const found = ofFamily(data.readUInt32LE(0));
  return typeof found === "object" ? found : ofFamily(data.readUInt32BE(0));
}

function ofFamily(family: number): Found {
  if (family === FAMILY_IPV4) return { version: 4, start: 4 };
  if (FAMILIES_IPV6.includes(family)) return { version: 6, start: 4 };
  return "not IP";
}

function ofCooked(data: Buffer, hardware: number, protocol: number, start: number): Found {
  if (NOT_ETHERTYPE.includes(hardware)) return `ARPHRD ${hardware}`;
  if (protocol === COOKED_LLC) return ofLlc(data, start);
  // Other numbers that are too low for an EtherType are Linux's own (linux/if_ether.h): no length stands here.
  return protocol < 0x0600 ? `protocol ${protocol} of Linux` : ofEtherType(data, protocol, start);
}

/** On a serial line there may be PPP or Cisco HDLC. */
function afterSerialLine(data: Buffer, start: number): Found {
  const isCisco = start < data.length && CISCO_ADDRESSES.includes(data.readUInt8(start));
  return isCisco ? afterEtherType(data, start + 2) : afterPppFraming(data, start);
}
