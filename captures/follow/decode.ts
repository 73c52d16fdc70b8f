// Decodes captured packets down to their TCP segments: link layer, IP, TCP.

import type { Packet, Segment } from "../read/packet.ts";
import { type IpPacket, parseIpv4, parseIpv6, passExtensions } from "./ip.ts";
import { AddressBook } from "./ip-address.ts";
import { FragmentStore } from "./ip-fragments.ts";
import { findIp } from "./link-layer.ts";
import { parseTcp } from "./tcp.ts";

const TCP = 6;

/** Decodes the packets of one capture, in order. It keeps fragments until they are complete, up to a few MiB. */
export class Decoder {
  readonly #addresses = new AddressBook();
  readonly #fragments = new FragmentStore();

  /**
   * Returns the TCP segment that this packet holds or, as its last fragment, completes. Undefined if there is none, or
   * if too little of it was captured. Never throws, whatever the bytes are. The payload is a view of the packet's data.
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
    // The fragments may hold extension headers, too.
    return passExtensions(whole.protocol, whole.payload);
  }
}
