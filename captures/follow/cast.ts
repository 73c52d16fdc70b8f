// Tells to how many hosts a packet goes: to one, to a group, or to all of a network. Pure.

import type { Cast, Packet } from "../read/packet.ts";
import { LINK } from "./link-types.ts";

/** Linux writes the kind of a received packet into cooked captures: 1 is broadcast (linux/if_packet.h). */
const COOKED_BROADCAST = 1;

/**
 * The address of a group says what it is (RFC 5771; RFC 4291, section 2.7). The broadcast address of a network looks like
 * any other one to who does not know the network's size: so the link layer is asked, too.
 * @param destination an IP address, as text
 */
export function castOf(destination: string, packet: Pick<Packet, "linkType" | "data">): Cast {
  if (destination.includes(":")) return destination.startsWith("ff") ? "multicast" : "one";
  const first = Number(destination.slice(0, destination.indexOf(".")));
  if (first >= 224 && first <= 239) return "multicast";
  // On the loopback interface there is no link layer to ask. Its network is 127.0.0.0/8.
  if (destination === "255.255.255.255" || destination === "127.255.255.255") return "broadcast";
  return isBroadcast(packet) ? "broadcast" : "one";
}

/** Whether the link layer sends the packet to all stations. */
function isBroadcast({ linkType, data }: Pick<Packet, "linkType" | "data">): boolean {
  switch (linkType) {
    case LINK.ETHERNET:
      return data.length >= 6 && data.readUIntBE(0, 6) === 0xffffffffffff;
    case LINK.LINUX_SLL:
      return data.length >= 2 && data.readUInt16BE(0) === COOKED_BROADCAST;
    case LINK.LINUX_SLL2:
      return data.length >= 11 && data.readUInt8(10) === COOKED_BROADCAST;
    default:
      return false;
  }
}
