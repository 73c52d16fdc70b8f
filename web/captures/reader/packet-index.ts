// What is known of each packet of a capture, in columns of numbers: where its bytes stand, and what cannot be told from
// them alone. What can be told from the bytes is told when somebody looks.

import {
  datagramWords,
  dataWords,
  type ListedPacket,
  otherWords,
} from "../../../captures/explain/listed-packets.ts";
import type { TeamKey } from "../../../captures/explain/team-tokens.ts";
import { Decoder, isSegment, type Sent } from "../../../captures/follow/decode.ts";
import type { Packet } from "../../../captures/read/packet.ts";
import { Column } from "./column.ts";
import type { PacketBytesFile } from "./packet-bytes-file.ts";
import { TextStore } from "./text-store.ts";

const TCP = 1;
const UDP = 2;
const FROM_A = 4;
const SEALED = 8;
const AGAIN = 16;
const LATE = 32;
const SYN = 64;
const FIN = 128;
const RST = 256;
const ACK = 512;
/** Its words were kept: its bytes alone do not give them. */
const KEPT = 1024;

/** What the index knows of a packet. */
export interface IndexedPacket {
  kind: "tcp" | "udp" | "other";
  /** Seconds since the first packet. */
  time: number;
  /** On the wire, in bytes. */
  length: number;
  /** The stream or conversation; -1 if there is none. */
  talk: number;
  isFromA: boolean;
  isSealed: boolean;
  flags: string;
  /** Counted from the SYN. */
  sequence: number;
  /** Undefined if it acknowledges nothing. */
  acknowledgement: number | undefined;
  /** How many bytes of data. */
  bytes: number;
}

const float64 = (): Column => new Column((length) => new Float64Array(length));
const uint32 = (): Column => new Column((length) => new Uint32Array(length));
const uint16 = (): Column => new Column((length) => new Uint16Array(length));

export class PacketIndex {
  readonly #file: PacketBytesFile;
  readonly #offsets = float64();
  readonly #times = float64();
  readonly #captured = uint32();
  readonly #lengths = uint32();
  readonly #linkTypes = uint16();
  readonly #marks = uint16();
  readonly #talks = new Column((length) => new Int32Array(length));
  readonly #sequences = uint32();
  readonly #acknowledgements = uint32();
  readonly #bytes = uint32();
  readonly #texts = new TextStore();
  readonly #textAt = float64();
  readonly #textLengths = uint16();
  #first: bigint | undefined;

  constructor(file: PacketBytesFile) {
    this.#file = file;
  }

  get length(): number {
    return this.#offsets.length;
  }

  /** The time of the first packet, in nanoseconds since 1970. */
  get first(): bigint {
    return this.#first ?? 0n;
  }

  /**
   * Adds the next packet.
   * @param offset of its bytes in the file
   * @param talk the index of its stream or conversation
   */
  add(
    packet: Packet,
    sent: Sent | undefined,
    listed: ListedPacket,
    talk: { index: number; isFromA: boolean } | undefined,
    offset: number,
  ): void {
    this.#first ??= packet.time;
    const { tcp, udp } = listed;
    const isTold = sent === undefined || isToldLater(packet, sent);
    this.#offsets.push(offset);
    this.#times.push(Number(packet.time - this.#first) / 1e9);
    this.#captured.push(packet.data.length);
    this.#lengths.push(packet.originalLength);
    this.#linkTypes.push(packet.linkType);
    this.#talks.push(talk?.index ?? -1);
    this.#sequences.push(tcp?.counted.sequence ?? 0);
    this.#acknowledgements.push(tcp?.counted.acknowledgement ?? 0);
    this.#bytes.push((tcp ?? udp)?.bytes ?? 0);
    this.#marks.push(
      (tcp === undefined ? 0 : TCP) |
        (udp === undefined ? 0 : UDP) |
        (talk?.isFromA ? FROM_A : 0) |
        (listed.isSealed ? SEALED : 0) |
        (tcp?.when === "again" ? AGAIN : 0) |
        (tcp?.when === "late" ? LATE : 0) |
        (sent === undefined || !isSegment(sent) ? 0 : flagsOf(sent)) |
        (isTold ? 0 : KEPT),
    );
    const text = isTold ? { at: 0, length: 0 } : this.#texts.add(listed.what);
    this.#textAt.push(text.at);
    this.#textLengths.push(text.length);
  }

  // Of the packet with this index, counted from 0.

  kind(index: number): "tcp" | "udp" | "other" {
    return this.#has(index, TCP) ? "tcp" : this.#has(index, UDP) ? "udp" : "other";
  }

  /** The stream or conversation; -1 if there is none. */
  talk(index: number): number {
    return this.#talks.at(index);
  }

  isFromA(index: number): boolean {
    return this.#has(index, FROM_A);
  }

  isSealed(index: number): boolean {
    return this.#has(index, SEALED);
  }

  /** How many bytes of data it has. */
  bytes(index: number): number {
    return this.#bytes.at(index);
  }

  /** All that the index knows of it. */
  at(index: number): IndexedPacket {
    return {
      kind: this.kind(index),
      time: this.#times.at(index),
      length: this.#lengths.at(index),
      talk: this.talk(index),
      isFromA: this.isFromA(index),
      isSealed: this.isSealed(index),
      flags: FLAG_NAMES.flatMap(([flag, name]) => (this.#has(index, flag) ? [name] : [])).join(" "),
      sequence: this.#sequences.at(index),
      acknowledgement: this.#has(index, ACK) ? this.#acknowledgements.at(index) : undefined,
      bytes: this.bytes(index),
    };
  }

  #has(index: number, mark: number): boolean {
    return (this.#marks.at(index) & mark) !== 0;
  }

  /** The packet with its bytes, as a view that stays until the next packet is read. */
  packet(index: number): Packet {
    return {
      number: index + 1,
      time: 0n,
      linkType: this.#linkTypes.at(index),
      data: this.#file.read(this.#offsets.at(index), this.#captured.at(index)),
      originalLength: this.#lengths.at(index),
    };
  }

  /** What a packet is, and its protocol. @param teamKey if given, a token in a datagram that it opens is told in words */
  words(index: number, packet: Packet, teamKey: TeamKey | undefined): { what: string; protocol: string } {
    const marks = this.#marks.at(index);
    const when = (marks & AGAIN) !== 0 ? "again: " : (marks & LATE) !== 0 ? "late: " : "";
    const protocol = (marks & TCP) !== 0 ? "TCP" : (marks & UDP) !== 0 ? "UDP" : undefined;
    if (protocol === undefined) {
      const { what, kind } = otherWords(packet);
      return { what, protocol: kind };
    }
    if ((marks & KEPT) !== 0)
      return { what: this.#texts.read(this.#textAt.at(index), this.#textLengths.at(index)), protocol };
    const sent = sentIn(packet);
    if (sent === undefined) return { what: "", protocol };
    const what = isSegment(sent) ? when + dataWords(sent.payload) : datagramWords(sent, teamKey).what;
    return { what, protocol };
  }
}

/** What a packet holds, if it is whole. */
export function sentIn(packet: Packet): Sent | undefined {
  return new Decoder().decodeSent(packet);
}

/** Whether what a packet is can be told from its bytes alone: it is how its data begin. */
export function isToldLater(packet: Packet, sent: Sent): boolean {
  if (sent.payload.length === 0 || (isSegment(sent) && sent.rst)) return false;
  return isViewOf(sent.payload, packet.data);
}

/** Whether bytes stand in the packet itself: those of fragments do not. */
function isViewOf(bytes: Buffer, data: Buffer): boolean {
  const start = bytes.byteOffset - data.byteOffset;
  return bytes.buffer === data.buffer && start >= 0 && start + bytes.length <= data.length;
}

const FLAG_NAMES = [
  [SYN, "SYN"],
  [FIN, "FIN"],
  [RST, "RST"],
  [ACK, "ACK"],
] as const;

function flagsOf(flags: { syn: boolean; fin: boolean; rst: boolean; ack: boolean }): number {
  return (flags.syn ? SYN : 0) | (flags.fin ? FIN : 0) | (flags.rst ? RST : 0) | (flags.ack ? ACK : 0);
}
