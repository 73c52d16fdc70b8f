// What every reader of captures gives: packets, and one kind of error for all that can be wrong with a file.

/** A packet as the capture holds it. */
export interface Packet {
  /** Its place in the file, from 1, as Wireshark counts. */
  number: number;
  /** When it was captured: nanoseconds since 1970-01-01, UTC. */
  time: bigint;
  /** The link type of its interface: 1 is Ethernet, 113 Linux cooked, and so on (the LINKTYPE_ registry of tcpdump.org). */
  linkType: number;
  /** The bytes captured: a copy of their own, which keeps nothing else alive. */
  data: Buffer;
  /** Its length on the wire, in bytes. More than `data` has, if the capture cut it short. */
  originalLength: number;
}

/** The file is no capture, or is damaged. The message is for the user: what is wrong, and where. */
export class CaptureError extends Error {
  /** Where the damage is: bytes from the beginning of the file. */
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(`${problem} at byte ${offset}`);
    this.offset = offset;
  }
}

export interface ReadOptions {
  /** With it, a damaged file gives the packets before the damage, and the damage is told here instead of thrown. */
  onDamage?: (damage: CaptureError) => void;
}

/** One end of a TCP connection. */
export interface Endpoint {
  /** An IPv4 or IPv6 address, the latter in the form of RFC 5952, without brackets. */
  address: string;
  port: number;
}

/** The TCP segment in a packet. */
export interface Segment {
  /** The number of the packet that carried it (of several fragments, the last to arrive). */
  packet: number;
  /** Nanoseconds since 1970-01-01, UTC. */
  time: bigint;
  source: Endpoint;
  destination: Endpoint;
  /** The sequence number of its first byte, 0 to 2^32 - 1. */
  sequence: number;
  /** The acknowledgement number; meaningful if `ack` is set. */
  acknowledgement: number;
  syn: boolean;
  ack: boolean;
  fin: boolean;
  rst: boolean;
  /** The bytes of data captured. */
  payload: Buffer;
  /** How many bytes of data it had on the wire: more than `payload` has, if the capture cut it short. */
  payloadLength: number;
}

/** What stands next in one direction of a stream: bytes, or the place where bytes are missing. */
export type Piece =
  | { kind: "data"; bytes: Buffer; packet: number; time: bigint }
  /** `position` counts all bytes of this direction before it, missing ones too. */
  | { kind: "gap"; position: number; length: number; packet: number; time: bigint };

/** One TCP connection, both directions put together. */
export interface Stream {
  /** From 0, in the order of first packets. */
  index: number;
  /** The sender of the first packet. */
  a: Endpoint;
  b: Endpoint;
  firstPacket: number;
  lastPacket: number;
  /** Nanoseconds since 1970-01-01, UTC. */
  firstTime: bigint;
  lastTime: bigint;
  fromA: Piece[];
  fromB: Piece[];
}
