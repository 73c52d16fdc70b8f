// From a captured packet to the TCP segment in it: link layer, IP, and TCP, one within the other.

import type { Packet, Segment } from "../read/packet.ts";
import { type IpPacket, parseIpv4, parseIpv6, passExtensions } from "./ip.ts";
import { AddressBook } from "./ip-address.ts";
import { FragmentStore } from "./ip-fragments.ts";
import { findIp } from "./link-layer.ts";
import { parseTcp } from "./tcp.ts";

const TCP = 6;

/** Decodes the packets of one capture, in its order. It remembers fragments, up to some MiB of them. */
export class Decoder {
  readonly #addresses = new AddressBook();
  readonly #fragments = new FragmentStore();

  /**
   * The TCP segment in this packet, or the one whose last fragment it is. Undefined: there is none, or not enough of it
   * was captured. Never throws, whatever the bytes. The segment's payload is a view of the packet's data.
   */
  decode(packet: Packet): Segment | undefined {
    const { linkType, data, originalLength } = packet;
    const found = findIp(linkType, data);
    if (found === undefined) return undefined;
    const parse = found.version === 4 ? parseIpv4 : parseIpv6;
    const ip = parse(data, found.start, Math.max(originalLength, data.length), this.#addresses);
    if (ip === undefined) return undefined;
    const whole = ip.fragment === undefined ? ip : this.#complete(ip, found.version, packet);
    if (whole?.protocol !== TCP) return undefined;
    return parseTcp(whole.payload, ip, packet);
  }

  #complete(
    ip: IpPacket,
    version: 4 | 6,
    { number, time }: Packet,
  ): Pick<IpPacket, "protocol" | "payload"> | undefined {
    const whole = this.#fragments.add(ip, number, time);
    if (whole === undefined || version === 4) return whole;
    // Extension headers may stand in the fragments too.
    return passExtensions(whole.protocol, whole.payload);
  }
}
