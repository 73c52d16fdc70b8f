// Finds the IP packet in a captured packet. The header before it depends on the link type of the interface
// (https://www.tcpdump.org/linktypes.html). Pure. It never throws, but returns undefined if there is no IP packet.

/** Where an IP packet begins, and its version as the link layer gives it. */
export interface IpStart {
  version: 4 | 6;
  /** The position in the captured packet, in bytes. */
  start: number;
}

const LINKTYPE_NULL = 0;
const LINKTYPE_ETHERNET = 1;
const LINKTYPE_RAW = 101;
const LINKTYPE_LOOP = 108;
const LINKTYPE_LINUX_SLL = 113;
const LINKTYPE_IPV4 = 228;
const LINKTYPE_IPV6 = 229;
const LINKTYPE_LINUX_SLL2 = 276;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
/** Tags of VLANs: IEEE 802.1Q, 802.1ad ("QinQ"), and the tag for QinQ before it was standardised. */
const VLAN_TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100];

/** AF_INET is 2 everywhere. AF_INET6 differs between Linux, Windows, OpenBSD and NetBSD, FreeBSD, and macOS. */
const FAMILY_IPV4 = 2;
const FAMILIES_IPV6: readonly number[] = [10, 23, 24, 28, 30];

/** For these ARPHRD_ types, the field "protocol" of Linux cooked captures is no EtherType: netlink, GRE, and radio. */
const NOT_ETHERTYPE: readonly number[] = [770, 778, 801, 802, 803, 824];

export function findIp(linkType: number, data: Buffer): IpStart | undefined {
  switch (linkType) {
    case LINKTYPE_ETHERNET:
      return data.length < 14 ? undefined : afterEtherType(data, 12);
    case LINKTYPE_NULL:
      return afterFamilyOfHost(data);
    case LINKTYPE_LOOP:
      return data.length < 4 ? undefined : ofFamily(data.readUInt32BE(0), 4);
    case LINKTYPE_RAW:
      return ofFirstByte(data);
    case LINKTYPE_LINUX_SLL:
      return data.length < 16 || NOT_ETHERTYPE.includes(data.readUInt16BE(2))
        ? undefined
        : afterEtherType(data, 14);
    case LINKTYPE_LINUX_SLL2:
      return data.length < 20 || NOT_ETHERTYPE.includes(data.readUInt16BE(8))
        ? undefined
        : ofEtherType(data, data.readUInt16BE(0), 20);
    case LINKTYPE_IPV4:
      return { version: 4, start: 0 };
    case LINKTYPE_IPV6:
      return { version: 6, start: 0 };
    default:
      return undefined;
  }
}

/** @param position the position of an EtherType; the packet follows it */
function afterEtherType(data: Buffer, position: number): IpStart | undefined {
  return ofEtherType(data, data.readUInt16BE(position), position + 2);
}

/** A VLAN tag holds two bytes about the VLAN and another EtherType, which may mean a tag again. */
function ofEtherType(data: Buffer, firstType: number, firstStart: number): IpStart | undefined {
  let etherType = firstType;
  let start = firstStart;
  while (VLAN_TAGS.includes(etherType)) {
    if (start + 4 > data.length) return undefined;
    etherType = data.readUInt16BE(start + 2);
    start += 4;
  }
  if (etherType === ETHERTYPE_IPV4) return { version: 4, start };
  if (etherType === ETHERTYPE_IPV6) return { version: 6, start };
  return undefined;
}

/** The family is in the byte order of the capturing machine, which is unknown. Only one order gives a valid family. */
function afterFamilyOfHost(data: Buffer): IpStart | undefined {
  if (data.length < 4) return undefined;
  return ofFamily(data.readUInt32LE(0), 4) ?? ofFamily(data.readUInt32BE(0), 4);
}

function ofFamily(family: number, start: number): IpStart | undefined {
  if (family === FAMILY_IPV4) return { version: 4, start };
  if (FAMILIES_IPV6.includes(family)) return { version: 6, start };
  return undefined;
}

/** There is no header: the version is in the upper half of IP's first byte. */
function ofFirstByte(data: Buffer): IpStart | undefined {
  const version = (data[0] ?? 0) >> 4;
  return version === 4 || version === 6 ? { version, start: 0 } : undefined;
}
