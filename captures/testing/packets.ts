// Packets for tests, made layer by layer. What is not given has a value that every reader takes. Checksums are left 0,
// as captures have them whose network card computes them.

/** Bytes from text, or as they are. */
export type Bytes = string | Buffer;

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

export interface TcpFields {
  sourcePort?: number;
  destinationPort?: number;
  sequence?: number;
  acknowledgement?: number;
  flags?: number;
  /** A multiple of 4 bytes, at most 40. */
  options?: Buffer;
  payload?: Bytes;
}

/** Sequence numbers are taken modulo 2^32. */
export function tcp(fields: TcpFields): Buffer {
  const { options = Buffer.alloc(0), payload = "" } = fields;
  const header = Buffer.alloc(20);
  header.writeUInt16BE(fields.sourcePort ?? 51_000, 0);
  header.writeUInt16BE(fields.destinationPort ?? 10_000, 2);
  header.writeUInt32BE((fields.sequence ?? 0) >>> 0, 4);
  header.writeUInt32BE((fields.acknowledgement ?? 0) >>> 0, 8);
  header.writeUInt8(((20 + options.length) / 4) << 4, 12);
  header.writeUInt8(fields.flags ?? ACK, 13);
  header.writeUInt16BE(65_535, 14);
  return Buffer.concat([header, options, Buffer.from(payload)]);
}

export interface UdpFields {
  sourcePort?: number;
  destinationPort?: number;
  /** The field, if it is not to be the true one. */
  length?: number;
  payload?: Bytes;
}

export function udp(fields: UdpFields = {}): Buffer {
  const payload = Buffer.from(fields.payload ?? "");
  const header = Buffer.alloc(8);
  header.writeUInt16BE(fields.sourcePort ?? 51_000, 0);
  header.writeUInt16BE(fields.destinationPort ?? 54_545, 2);
  header.writeUInt16BE(fields.length ?? 8 + payload.length, 4);
  return Buffer.concat([header, payload]);
}

export interface Ipv4Fields {
  source?: string;
  destination?: string;
  protocol?: number;
  identification?: number;
  /** Of a fragment, in bytes: a multiple of 8. */
  offset?: number;
  more?: boolean;
  /** A multiple of 4 bytes, at most 40. */
  options?: Buffer;
  /** The field, if it is not to be the true one. */
  totalLength?: number;
}

export function ipv4(payload: Buffer, fields: Ipv4Fields = {}): Buffer {
  const { options = Buffer.alloc(0), source = "10.0.0.1", destination = "10.0.0.2" } = fields;
  const header = Buffer.alloc(20);
  header.writeUInt8(0x40 | ((20 + options.length) / 4), 0);
  header.writeUInt16BE(fields.totalLength ?? 20 + options.length + payload.length, 2);
  header.writeUInt16BE(fields.identification ?? 0, 4);
  header.writeUInt16BE((fields.offset ?? 0) / 8 + (fields.more ? 0x2000 : 0), 6);
  header.writeUInt8(64, 8);
  header.writeUInt8(fields.protocol ?? 6, 9);
  Buffer.from(source.split(".").map(Number)).copy(header, 12);
  Buffer.from(destination.split(".").map(Number)).copy(header, 16);
  return Buffer.concat([header, options, payload]);
}

export interface Ipv6Fields {
  /** All 16 bytes in hexadecimal. */
  source?: string;
  destination?: string;
  nextHeader?: number;
  /** The field, if it is not to be the true one. */
  payloadLength?: number;
}

/** @param payload extension headers too */
export function ipv6(payload: Buffer, fields: Ipv6Fields = {}): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(fields.payloadLength ?? payload.length, 4);
  header.writeUInt8(fields.nextHeader ?? 6, 6);
  header.writeUInt8(64, 7);
  Buffer.from(fields.source ?? "20010db8000000000000000000000001", "hex").copy(header, 8);
  Buffer.from(fields.destination ?? "20010db8000000000000000000000002", "hex").copy(header, 24);
  return Buffer.concat([header, payload]);
}

/** An IPv6 fragment header (RFC 8200, section 4.5). */
export function fragmentHeader(
  nextHeader: number,
  identification: number,
  offset: number,
  more: boolean,
): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(nextHeader, 0);
  header.writeUInt16BE(offset | (more ? 1 : 0), 2);
  header.writeUInt32BE(identification, 4);
  return header;
}

/** An IPv6 extension header with options that only pad (RFC 8200, sections 4.2 to 4.6). */
export function paddingHeader(nextHeader: number): Buffer {
  return Buffer.from([nextHeader, 0, 1, 4, 0, 0, 0, 0]);
}

const ETHERTYPE_IPV4 = "0800";
const ETHERTYPE_IPV6 = "86dd";

function etherType(ip: Buffer): string {
  return (ip[0] ?? 0) >> 4 === 6 ? ETHERTYPE_IPV6 : ETHERTYPE_IPV4;
}

/** @param tags of VLANs from the outermost: EtherType and number, in hexadecimal (`81000005`) */
export function ethernet(ip: Buffer, ...tags: readonly string[]): Buffer {
  const header = `02000000000202000000000 1${tags.join("")}${etherType(ip)}`.replace(" ", "");
  return Buffer.concat([Buffer.from(header, "hex"), ip]);
}

/** The addresses of an Ethernet frame, and a place for what follows them. */
const ADDRESSES = "020000000002020000000001";

/** A frame of IEEE 802.3: a length instead of an EtherType, then what LLC begins with. */
function ieee8023(llc: string, ip: Buffer, ...tags: readonly string[]): Buffer {
  const behind = prefixed(llc, ip);
  return prefixed(`${ADDRESSES}${tags.join("")}${behind.length.toString(16).padStart(4, "0")}`, behind);
}

function pppProtocol(ip: Buffer): string {
  return isIpv6(ip) ? "0057" : "0021";
}

/** A PPPoE session's header, then PPP. */
function pppoe(ip: Buffer): Buffer {
  return prefixed(`11000001${(ip.length + 2).toString(16).padStart(4, "0")}${pppProtocol(ip)}`, ip);
}

/** What Linux's firewall logs: a name that has to be padded, then the packet. */
function nflog(ip: Buffer, bigEndian: boolean): Buffer {
  const value = (type: number, bytes: Buffer): Buffer => {
    const header = Buffer.alloc(4);
    if (bigEndian) header.writeUInt32BE(((4 + bytes.length) << 16) | type);
    else header.writeUInt32LE(((type << 16) | (4 + bytes.length)) >>> 0);
    return Buffer.concat([header, bytes, Buffer.alloc(-bytes.length & 3)]);
  };
  const values = [value(1, Buffer.from("08000100", "hex")), value(10, Buffer.from("log:\0")), value(9, ip)];
  return prefixed(isIpv6(ip) ? "0a000000" : "02000000", Buffer.concat(values));
}

/** What stands before an IP packet in captures of each link type. */
export const LINK_LAYERS: readonly { linkType: number; name: string; frame(ip: Buffer): Buffer }[] = [
  { linkType: 0, name: "BSD loopback", frame: (ip) => prefixed(isIpv6(ip) ? "1e000000" : "02000000", ip) },
  {
    linkType: 0,
    name: "BSD loopback, big-endian",
    frame: (ip) => prefixed(isIpv6(ip) ? "00000018" : "00000002", ip),
  },
  { linkType: 1, name: "Ethernet", frame: (ip) => ethernet(ip) },
  { linkType: 1, name: "Ethernet, VLAN", frame: (ip) => ethernet(ip, "81000005") },
  { linkType: 1, name: "Ethernet, QinQ", frame: (ip) => ethernet(ip, "88a80007", "81000005") },
  { linkType: 1, name: "Ethernet, old QinQ", frame: (ip) => ethernet(ip, "91000007", "81000005") },
  {
    linkType: 1,
    name: "Ethernet, PPPoE",
    frame: (ip) => prefixed(`${ADDRESSES}8864`, pppoe(ip)),
  },
  {
    linkType: 1,
    name: "Ethernet, VLAN, PPPoE",
    frame: (ip) => prefixed(`${ADDRESSES}81000005 8864`, pppoe(ip)),
  },
  {
    linkType: 1,
    name: "Ethernet, MPLS",
    frame: (ip) => prefixed(`${ADDRESSES}8847 00010040 00011140`, ip),
  },
  {
    linkType: 1,
    name: "Ethernet, VLAN, MPLS multicast",
    frame: (ip) => prefixed(`${ADDRESSES}81000005 8848 00011140`, ip),
  },
  {
    linkType: 1,
    name: "802.3, SNAP",
    frame: (ip) => ieee8023(`aaaa03000000${etherType(ip)}`, ip),
  },
  {
    linkType: 1,
    name: "802.3, VLAN behind SNAP",
    frame: (ip) => ieee8023(`aaaa0300000081000005${etherType(ip)}`, ip),
  },
  {
    linkType: 1,
    name: "802.3 behind a VLAN, SNAP",
    frame: (ip) => ieee8023(`aaaa03000000${etherType(ip)}`, ip, "81000005"),
  },
  {
    linkType: 1,
    name: "802.3, SNAP of 802.1H, PPPoE",
    frame: (ip) => ieee8023("aaaa030000f88864", pppoe(ip)),
  },
  { linkType: 9, name: "PPP", frame: (ip) => prefixed(pppProtocol(ip), ip) },
  { linkType: 9, name: "PPP, framed", frame: (ip) => prefixed(`ff03${pppProtocol(ip)}`, ip) },
  { linkType: 9, name: "PPP, protocol in one byte", frame: (ip) => prefixed(pppProtocol(ip).slice(2), ip) },
  { linkType: 9, name: "PPP, MPLS", frame: (ip) => prefixed("ff030281 00011140", ip) },
  { linkType: 12, name: "raw IP", frame: (ip) => ip },
  { linkType: 14, name: "raw IP", frame: (ip) => ip },
  { linkType: 50, name: "PPP on a serial line", frame: (ip) => prefixed(`ff03${pppProtocol(ip)}`, ip) },
  {
    linkType: 50,
    name: "Cisco HDLC on a serial line",
    frame: (ip) => prefixed(`0f00${etherType(ip)}`, ip),
  },
  { linkType: 51, name: "PPPoE", frame: (ip) => pppoe(ip) },
  { linkType: 101, name: "raw IP", frame: (ip) => ip },
  { linkType: 104, name: "Cisco HDLC", frame: (ip) => prefixed(`0f00${etherType(ip)}`, ip) },
  { linkType: 104, name: "Cisco HDLC, MPLS", frame: (ip) => prefixed("8f008847 00011140", ip) },
  {
    linkType: 108,
    name: "OpenBSD loopback",
    frame: (ip) => prefixed(isIpv6(ip) ? "00000018" : "00000002", ip),
  },
  {
    linkType: 113,
    name: "Linux cooked",
    frame: (ip) => prefixed(`000000010006020000000001 0000${etherType(ip)}`, ip),
  },
  {
    linkType: 113,
    name: "Linux cooked, VLAN",
    frame: (ip) => prefixed(`000000010006020000000001 00008100 0005${etherType(ip)}`, ip),
  },
  {
    linkType: 113,
    name: "Linux cooked, LLC and SNAP",
    frame: (ip) => prefixed(`000000010006020000000001 00000004 aaaa03000000${etherType(ip)}`, ip),
  },
  { linkType: 204, name: "PPP with direction", frame: (ip) => prefixed(`01ff03${pppProtocol(ip)}`, ip) },
  { linkType: 205, name: "Cisco HDLC with direction", frame: (ip) => prefixed(`000f00${etherType(ip)}`, ip) },
  { linkType: 219, name: "MPLS", frame: (ip) => prefixed("00011140", ip) },
  { linkType: 239, name: "NFLOG", frame: (ip) => nflog(ip, false) },
  { linkType: 239, name: "NFLOG, big-endian", frame: (ip) => nflog(ip, true) },
  {
    linkType: 276,
    name: "Linux cooked 2",
    frame: (ip) => prefixed(`${etherType(ip)}0000 00000001 0001 00 06 0200000000010000`, ip),
  },
  { linkType: 228, name: "raw IPv4", frame: (ip) => ip },
  { linkType: 229, name: "raw IPv6", frame: (ip) => ip },
];

export function isIpv6(ip: Buffer): boolean {
  return (ip[0] ?? 0) >> 4 === 6;
}

function prefixed(hexadecimal: string, ip: Buffer): Buffer {
  return Buffer.concat([Buffer.from(hexadecimal.replaceAll(" ", ""), "hex"), ip]);
}

/**
 * Both directions of a TCP connection, segment by segment: it keeps count of sequence numbers, and gives the segments to
 * whoever asked for them, to be put into packets.
 */
export class TestConnection {
  /** The next sequence number of each side. */
  readonly next: { a: number; b: number };
  readonly #emit: (from: "a" | "b", segment: Buffer) => void;
  readonly #ports: { a: number; b: number };

  constructor(
    emit: (from: "a" | "b", segment: Buffer) => void,
    { a = 1000, b = 5000, portA = 51_000, portB = 10_000 } = {},
  ) {
    this.#emit = emit;
    this.next = { a, b };
    this.#ports = { a: portA, b: portB };
  }

  handshake(): this {
    this.#send("a", SYN, "", 1, 0);
    this.#send("b", SYN | ACK, "", 1);
    return this.acknowledge("a");
  }

  /** Sends the next bytes. */
  data(from: "a" | "b", payload: Bytes): this {
    this.#send(from, PSH | ACK, payload, Buffer.byteLength(payload));
    return this;
  }

  /** Counts bytes as sent whose segment is not in the capture. */
  lose(from: "a" | "b", length: number): this {
    this.next[from] += length;
    return this;
  }

  /** Sends any bytes of the direction, at a place relative to the next one: -5 is 5 bytes before it. */
  at(from: "a" | "b", offset: number, payload: Bytes, flags = PSH | ACK): this {
    const now = this.next[from];
    this.next[from] += offset;
    this.#send(from, flags, payload, 0);
    this.next[from] = now;
    return this;
  }

  acknowledge(from: "a" | "b"): this {
    this.#send(from, ACK, "", 0);
    return this;
  }

  finish(): this {
    this.#send("a", FIN | ACK, "", 1);
    this.#send("b", FIN | ACK, "", 1);
    return this.acknowledge("a");
  }

  #send(from: "a" | "b", flags: number, payload: Bytes, count: number, acknowledgement?: number): void {
    const to = from === "a" ? "b" : "a";
    const segment = tcp({
      sourcePort: this.#ports[from],
      destinationPort: this.#ports[to],
      sequence: this.next[from],
      acknowledgement: acknowledgement ?? this.next[to],
      flags,
      payload,
    });
    this.next[from] += count;
    this.#emit(from, segment);
  }
}
