// The link types of captures: the numbers of those that we read, and names (https://www.tcpdump.org/linktypes.html). Pure.

/** Those that we read. Raw IP has three numbers: which one was written depended on the system. */
export const LINK = {
  NULL: 0,
  ETHERNET: 1,
  PPP: 9,
  RAW_12: 12,
  RAW_14: 14,
  PPP_HDLC: 50,
  PPP_ETHER: 51,
  RAW: 101,
  C_HDLC: 104,
  LOOP: 108,
  LINUX_SLL: 113,
  PPP_PPPD: 166,
  PPP_WITH_DIRECTION: 204,
  C_HDLC_WITH_DIRECTION: 205,
  MPLS: 219,
  IPV4: 228,
  IPV6: 229,
  NFLOG: 239,
  LINUX_SLL2: 276,
} as const;

/** What a user may know them by: those that we read, and common ones that we do not. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [LINK.NULL, "BSD loopback"],
  [LINK.ETHERNET, "Ethernet"],
  [LINK.PPP, "PPP"],
  [LINK.RAW_12, "raw IP"],
  [LINK.RAW_14, "raw IP"],
  [LINK.PPP_HDLC, "PPP"],
  [LINK.PPP_ETHER, "PPPoE"],
  [LINK.RAW, "raw IP"],
  [LINK.C_HDLC, "Cisco HDLC"],
  [LINK.LOOP, "OpenBSD loopback"],
  [LINK.LINUX_SLL, "Linux cooked"],
  [LINK.PPP_PPPD, "PPP"],
  [LINK.PPP_WITH_DIRECTION, "PPP"],
  [LINK.C_HDLC_WITH_DIRECTION, "Cisco HDLC"],
  [LINK.MPLS, "MPLS"],
  [LINK.IPV4, "raw IPv4"],
  [LINK.IPV6, "raw IPv6"],
  [LINK.NFLOG, "NFLOG"],
  [LINK.LINUX_SLL2, "Linux cooked 2"],
  [6, "Token Ring"],
  [10, "FDDI"],
  [105, "Wi-Fi, IEEE 802.11"],
  [107, "Frame Relay"],
  [119, "Wi-Fi with a Prism header"],
  [127, "Wi-Fi with a radiotap header"],
  [187, "Bluetooth"],
  [189, "USB"],
  [192, "PPI"],
  [195, "IEEE 802.15.4"],
  [201, "Bluetooth"],
  [220, "USB"],
  [230, "IEEE 802.15.4"],
  [249, "USB"],
  [253, "netlink"],
  [258, "Apple's pktap"],
]);

/** For messages: `link type 105 (Wi-Fi, IEEE 802.11)`. */
export function linkTypeName(linkType: number): string {
  const name = NAMES.get(linkType);
  return `link type ${linkType}${name === undefined ? "" : ` (${name})`}`;
}
