// Decodes captured packets down to their TCP segments and UDP datagrams: link layer, IP (also in IP), TCP, UDP.

import type { Datagram, Packet, Segment } from "../read/packet.ts";
import { castOf } from "./cast.ts";
import { type IpPacket, parseIpv4, parseIpv6, passExtensions } from "./ip.ts";
import { AddressBook } from "./ip-address.ts";
import { FragmentStore } from "./ip-fragments.ts";
import { BROKEN_IP, BROKEN_TCP, BROKEN_UDP, type IpStart } from "./ip-start.ts";
import { findIp } from "./link-layer.ts";
import { NotUnderstood } from "./not-understood.ts";
import { parseTcp } from "./tcp.ts";
import { parseUdp } from "./udp.ts";

/** IANA's registry of protocol numbers. */
const TCP = 6;
const UDP = 17;
const IPV4_IN_IP = 4;
const IPV6_IN_IP = 41;

/** Protocols that may carry TCP or UDP in a form that we do not read. */
const CARRIERS: ReadonlyMap<number, string> = new Map([
  [47, "GRE"],
  [50, "ESP"],
  [97, "EtherIP"],
  [108, "IPComp"],
  [115, "L2TP"],
  [137, "MPLS in IP"],
]);

/** What programs send each other: a part of a TCP stream, or a UDP datagram. */
export type Sent = Segment | Datagram;

export function isSegment(sent: Sent): sent is Segment {
  return "sequence" in sent;
}

/** Decodes the packets of one capture, in order. It keeps fragments until they are complete, up to a few MiB. */
export class Decoder {
  readonly #addresses = new AddressBook();
  readonly #fragments = new FragmentStore();
  readonly #notUnderstood = new NotUnderstood();

  /** The same as `decodeSent`, but only segments: undefined for a UDP datagram, too. */
  decode(packet: Packet): Segment | undefined {
    const sent = this.decodeSent(packet);
    return sent !== undefined && isSegment(sent) ? sent : undefined;
  }

  /**
   * Returns the TCP segment or the UDP datagram that this packet holds or, as its last fragment, completes. Undefined if
   * there is none, or if too little of it was captured. Never throws, whatever the bytes are. The payload is a view of
   * the packet's data.
   */
  decodeSent(packet: Packet): Sent | undefined {
    const found = findIp(packet.linkType, packet.data);
    const decoded = typeof found === "object" ? this.#decodeIp(packet, found) : found;
    if (typeof decoded !== "string") return decoded;
    this.#notUnderstood.add(packet.linkType, decoded);
    return undefined;
  }

  /** How many of the packets may hold TCP or UDP, but could not be read: by their link type, and what stands in them. */
  get notUnderstood(): ReadonlyMap<string, number> {
    return this.#notUnderstood.counts;
  }

  /** @returns a text that names what the packet holds, if we cannot read that */
  #decodeIp(packet: Packet, outermost: IpStart): Sent | string | undefined {
    const { data, originalLength } = packet;
    let { version, start } = outermost;
    let bytes = data;
    let wireLength = Math.max(originalLength, data.length);
    for (;;) {
      const parse = version === 4 ? parseIpv4 : parseIpv6;
      const ip = parse(bytes, start, wireLength, this.#addresses);
      if (ip === undefined) return BROKEN_IP;
      const whole = ip.fragment === undefined ? ip : this.#complete(ip, version, packet);
      if (whole === undefined) return undefined;
      const { protocol, payload } = whole;
      if (protocol === TCP) return parseTcp(payload, ip, packet) ?? BROKEN_TCP;
      if (protocol === UDP)
        return parseUdp(payload, ip, packet, castOf(ip.destination, packet)) ?? BROKEN_UDP;
      if (protocol !== IPV4_IN_IP && protocol !== IPV6_IN_IP) return CARRIERS.get(protocol);
      // What the payload holds is an IP packet again, and always shorter: so this ends.
      version = protocol === IPV4_IN_IP ? 4 : 6;
      bytes = payload.bytes.subarray(0, payload.end);
      start = payload.start;
      wireLength = payload.start + payload.length;
    }
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
