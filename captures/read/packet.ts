// The types that all readers of captures share: packets, segments, streams, and one error for all damaged files.

/** A packet from a capture. */
export interface Packet {
  /** Its number in the file, counted from 1 as in Wireshark. */
  number: number;
  /** The time of the capture, in nanoseconds since 1970-01-01, UTC. It fits into 64 bits with a sign. */
  time: bigint;
  /** The link type of its interface: 1 is Ethernet, 113 Linux cooked (the LINKTYPE_ registry of tcpdump.org). */
  linkType: number;
  /** The captured bytes. */
  data: Buffer;
  /** The length on the wire, in bytes. It exceeds the length of `data` if the capture cut the packet short. */
  originalLength: number;
  /** Where `data` stand in the file, in bytes; of a gzipped file, in what it unpacks to. Undefined if it is in no file. */
  offset?: number;
}

/**
 * Packets that stood together in memory. Their data are views of that memory, which is used again for the next batch:
 * copy what you keep.
 */
export type Batch = readonly Packet[];

/** The file is no capture, or is damaged. The message tells the user what is wrong and where. */
export class CaptureError extends Error {
  /** The position of the damage in the file, in bytes. */
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(`${problem} at byte ${offset}`);
    this.offset = offset;
  }
}

export interface ReadOptions {
  /** If given, this is called instead of throwing the error, and reading ends with the packets before the damage. */
  onDamage?: (damage: CaptureError) => void;
}

/** One end of a TCP connection, or where a UDP datagram comes from or goes to. */
export interface Endpoint {
  /** An IPv4 address, or an IPv6 address in the form of RFC 5952 without brackets. */
  address: string;
  port: number;
}

/** A TCP segment. */
export interface Segment {
  /** The number of the packet that held the segment; of several fragments, the one that arrived last. */
  packet: number;
  /** In nanoseconds since 1970-01-01, UTC. */
  time: bigint;
  source: Endpoint;
  destination: Endpoint;
  /** The sequence number of the first byte, 0 to 2^32 - 1. */
  sequence: number;
  /** The acknowledgement number. It has a meaning only if `ack` is set. */
  acknowledgement: number;
  syn: boolean;
  ack: boolean;
  fin: boolean;
  rst: boolean;
  /** The captured bytes of data. */
  payload: Buffer;
  /** How many bytes of data the segment had on the wire: more than `payload` if the capture cut it short. */
  payloadLength: number;
}

/** To how many a datagram goes: to one host, to those that have joined a group, or to all of a network. */
export type Cast = "one" | "multicast" | "broadcast";

/** A UDP datagram. */
export interface Datagram {
  /** The number of the packet that held the datagram; of several fragments, the one that arrived last. */
  packet: number;
  /** In nanoseconds since 1970-01-01, UTC. */
  time: bigint;
  source: Endpoint;
  destination: Endpoint;
  cast: Cast;
  /** The captured bytes of data. */
  payload: Buffer;
  /** How many bytes of data it had on the wire: more than `payload` if the capture cut it short. */
  payloadLength: number;
}

/** The next piece of one direction of a stream: bytes, or a gap where the capture misses bytes. */
export type Piece =
  | { kind: "data"; bytes: Buffer; packet: number; time: bigint }
  /** `position` counts all bytes of this direction before the gap, including missing ones. */
  | { kind: "gap"; position: number; length: number; packet: number; time: bigint };

/** One TCP connection with both directions. */
export interface Stream {
  /** Counted from 0, in the order of first packets. */
  index: number;
  /** The sender of the first packet. */
  a: Endpoint;
  b: Endpoint;
  firstPacket: number;
  lastPacket: number;
  /** In nanoseconds since 1970-01-01, UTC. */
  firstTime: bigint;
  lastTime: bigint;
  /**
   * What came of a's SYN if no connection came of it: b has refused it with a RST, or has not answered in the capture.
   * Undefined if there was a connection, or if its beginning was not captured.
   */
  unopened?: "refused" | "unanswered" | undefined;
  /** What each side has sent, in order. */
  fromA: Iterable<Piece>;
  fromB: Iterable<Piece>;
}
