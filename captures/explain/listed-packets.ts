// Tells of each packet what it is: its numbers counted from the SYN, what it acknowledges, how its data begin. Pure.

import { isSegment, type Sent } from "../follow/decode.ts";
import type { Datagram, Endpoint, Packet, Segment } from "../read/packet.ts";
import type { CountedNumbers } from "./header-fields.ts";
import { explainPacket } from "./packet-bytes.ts";
import { readable } from "./readable.ts";
import { openToken, plaintextWords, type TeamKey } from "./team-tokens.ts";
import { beginsAsToken, timeOfToken, tokenOf } from "./tokens.ts";

/** A packet, as a list shows it. */
export interface ListedPacket {
  /** Counted from 1. */
  number: number;
  /** In nanoseconds since 1970-01-01, UTC. */
  time: bigint;
  /** Undefined if the packet holds no TCP segment, or too little of it was captured. */
  tcp: ListedSegment | undefined;
  /** Undefined if it holds no UDP datagram. */
  udp: ListedDatagram | undefined;
  /** In a few words; of data, how they begin. Safe to show. */
  what: string;
  /** Whether its data are a line that is encrypted, as far as its beginning tells. */
  isSealed: boolean;
}

export interface ListedSegment {
  source: Endpoint;
  destination: Endpoint;
  /** Those of SYN, FIN, RST and ACK that are set, in this order. */
  flags: string;
  counted: CountedNumbers;
  /** How many bytes of data it has on the wire. */
  bytes: number;
  /** Whether its bytes were sent before, or others have overtaken them. */
  when: "" | "again" | "late";
}

export type ListedDatagram = Pick<Datagram, "source" | "destination" | "cast"> & {
  /** How many bytes of data it has on the wire. */
  bytes: number;
};

/** How many bytes of data a list may show. */
const MOST_SHOWN = 250;

/** How many segments of a direction are remembered until they are acknowledged. */
const MOST_REMEMBERED = 1024;

/** How many holes of a direction are remembered. */
const MOST_HOLES = 64;

/** One direction of a connection. All numbers are absolute, from 0 to 2^32 - 1. */
interface Direction {
  /** From here the sequence numbers are counted: the SYN's own number. Undefined before the first segment. */
  base: number | undefined;
  /** The number after the last byte that was sent. */
  end: number;
  /** What this direction has acknowledged of the other one. */
  acknowledged: number | undefined;
  /** The packets that are not acknowledged yet, by the number after their last byte. */
  waiting: Map<number, number>;
  /** What has not been seen yet of the numbers before `end`. */
  holes: Hole[];
}

/** The numbers from `start` to before `end`. */
interface Hole {
  start: number;
  end: number;
}

/** What is known of a segment from those before it. */
interface Followed {
  when: ListedSegment["when"];
  /** In words. */
  acknowledges: string;
  isAnswerToSyn: boolean;
  /** The directions in which it goes, and from which it would be answered. */
  own: Direction;
  other: Direction;
}

/** Takes the packets of a capture, in order. */
export class PacketLister {
  readonly #directions = new Map<string, Direction>();
  readonly #teamKey: TeamKey | undefined;
  readonly #leavesOut: (packet: Packet, segment: Segment) => boolean;

  /**
   * @param teamKey if given, tokens in datagrams that it opens are told in words
   * @param leavesOut says of which segments it is not told what they are, since somebody tells that later
   */
  constructor(teamKey?: TeamKey, leavesOut: (packet: Packet, segment: Segment) => boolean = () => false) {
    this.#teamKey = teamKey;
    this.#leavesOut = leavesOut;
  }

  /** @param sent the segment or datagram that the packet holds, or completes */
  list(packet: Packet, sent: Sent | undefined): ListedPacket {
    const { number, time } = packet;
    if (sent === undefined) {
      const { what } = otherWords(packet);
      return { number, time, tcp: undefined, udp: undefined, what, isSealed: false };
    }
    const { source, destination, payloadLength: bytes } = sent;
    if (!isSegment(sent)) {
      const udp = { source, destination, cast: sent.cast, bytes };
      return { number, time, tcp: undefined, udp, ...datagramWords(sent, this.#teamKey) };
    }
    const segment = sent;
    const { when, own, other, acknowledges, isAnswerToSyn } = this.#follow(segment);
    const isLeftOut = this.#leavesOut(packet, segment);
    const what = isLeftOut ? "" : words(segment, acknowledges, isAnswerToSyn);
    const flags = (["syn", "fin", "rst", "ack"] as const).filter((flag) => segment[flag]);
    const counted = countFrom(own, other, segment);
    return {
      number,
      time,
      tcp: { source, destination, flags: flags.join(" ").toUpperCase(), counted, bytes, when },
      udp: undefined,
      what: when === "" ? what : `${when}: ${what}`,
      isSealed: isSealed(segment.payload),
    };
  }

  /** Notes what the segment adds to its connection. @returns what that tells of it */
  #follow(segment: Segment): Followed {
    const { source, destination, sequence, syn, ack, fin, acknowledgement, payloadLength } = segment;
    const isNew = syn && !ack && this.#direction(source, destination).base !== sequence;
    if (isNew) this.#forget(source, destination);
    const own = this.#direction(source, destination);
    const other = this.#direction(destination, source);
    const isAnswerToSyn = own.base === undefined && other.base !== undefined;
    if (own.base === undefined) {
      own.base = syn ? sequence : (sequence - 1) >>> 0;
      own.end = own.base;
    }
    if (ack) other.base ??= (acknowledgement - 1) >>> 0;
    const acknowledges = ack ? acknowledged(own, other, acknowledgement) : "";
    // A SYN and a FIN count as one byte each (RFC 9293, section 3.4).
    const length = payloadLength + (syn ? 1 : 0) + (fin ? 1 : 0);
    const end = (sequence + length) >>> 0;
    const isOld = length > 0 && !isAfter(end, own.end);
    const isLate = fillHoles(own, sequence, end) || isAfter(own.base, sequence);
    if (length > 0 && !isOld) {
      if (isAfter(sequence, own.end)) own.holes.push({ start: own.end, end: sequence });
      if (own.holes.length > MOST_HOLES) own.holes.shift();
      own.end = end;
      own.waiting.set(end, segment.packet);
      const [oldest] = own.waiting.keys();
      if (own.waiting.size > MOST_REMEMBERED && oldest !== undefined) own.waiting.delete(oldest);
    }
    const when = isOld ? (isLate ? "late" : "again") : "";
    return { when, acknowledges, isAnswerToSyn, own, other };
  }

  #direction(from: Endpoint, to: Endpoint): Direction {
    const key = directionKey(from, to);
    const known = this.#directions.get(key);
    if (known !== undefined) return known;
    const direction: Direction = {
      base: undefined,
      end: 0,
      acknowledged: undefined,
      waiting: new Map(),
      holes: [],
    };
    this.#directions.set(key, direction);
    return direction;
  }

  #forget(from: Endpoint, to: Endpoint): void {
    this.#directions.delete(directionKey(from, to));
    this.#directions.delete(directionKey(to, from));
  }
}

/** What a packet is that holds neither a segment nor a datagram, and what was recognised in it. */
export function otherWords(packet: Packet): { what: string; kind: string } {
  const { kind } = explainPacket(packet);
  const cut = kind === "TCP" || kind === "UDP" ? ", cut short or damaged" : "";
  return { what: `${kind}${cut}, ${packet.originalLength} bytes`, kind };
}

/** What a datagram is; also used where conversations are shown. Safe to show. */
export function datagramWords(
  { payload, payloadLength }: Pick<Datagram, "payload" | "payloadLength">,
  teamKey: TeamKey | undefined,
): { what: string; isSealed: boolean } {
  if (payloadLength === 0) return { what: "an empty datagram", isSealed: false };
  if (payload.length === 0) return { what: "data, not captured", isSealed: false };
  const token = tokenOf(payload);
  if (token === undefined) return { what: dataWords(payload), isSealed: beginsAsToken(payload) };
  const opened = teamKey === undefined ? undefined : openToken(payload, teamKey);
  if (opened !== undefined) return { what: plaintextWords(opened), isSealed: false };
  const why = teamKey === undefined ? "" : ", not of this team's key";
  const what = `token of ${timeOfToken(token.seconds)}${why}: ${payload.toString("latin1", 0, MOST_SHOWN)}`;
  return { what, isSealed: true };
}

/** How sealed data begin: with "{", "<" or "g". */
const SEALED_BEGINNINGS = new Set([0x7b, 0x3c, 0x67]);

/** As far as the beginning of data tells: a line of stage 03 or 04, or a frame of stage 05. */
function isSealed(data: Buffer): boolean {
  if (!SEALED_BEGINNINGS.has(data[0] ?? 0)) return false;
  const beginning = data.toString("latin1", 0, 200);
  if (/^\{"type":"(?:xored|sealed)"/.test(beginning)) return true;
  return /^<[^>\n]*> @ <[^>\n]*>\r?\ngAAAAA/.test(beginning) || beginsAsToken(data.subarray(0, MOST_SHOWN));
}

function countFrom(
  own: Direction,
  other: Direction,
  { sequence, ack, acknowledgement }: Segment,
): CountedNumbers {
  const from = (base: number | undefined, number: number): number => (number - (base ?? number)) >>> 0;
  return {
    sequence: from(own.base, sequence),
    acknowledgement: ack ? from(other.base, acknowledgement) : undefined,
  };
}

function directionKey(from: Endpoint, to: Endpoint): string {
  return `${from.address} ${from.port} ${to.address} ${to.port}`;
}

/** Sequence numbers begin again at 0 after 2^32 - 1, so "after" means: in the half before which the other one stands. */
function isAfter(number: number, other: number): boolean {
  return ((number - other) | 0) > 0;
}

/** Takes the numbers from `start` to before `end` out of the holes. @returns whether any of them were in one */
function fillHoles(direction: Direction, start: number, end: number): boolean {
  if (direction.holes.length === 0) return false;
  let isFilling = false;
  direction.holes = direction.holes.flatMap((hole) => {
    if (!isAfter(hole.end, start) || !isAfter(end, hole.start)) return [hole];
    isFilling = true;
    const before = isAfter(start, hole.start) ? [{ start: hole.start, end: start }] : [];
    const behind = isAfter(hole.end, end) ? [{ start: end, end: hole.end }] : [];
    return [...before, ...behind];
  });
  return isFilling;
}

/** Notes an acknowledgement. @returns what it acknowledges */
function acknowledged(own: Direction, other: Direction, number: number): string {
  const isNew = own.acknowledged === undefined || isAfter(number, own.acknowledged);
  if (!isNew) return "ACK of nothing new";
  own.acknowledged = number;
  const packet = other.waiting.get(number);
  for (const end of other.waiting.keys()) {
    if (isAfter(end, number)) break;
    other.waiting.delete(end);
  }
  return packet === undefined
    ? `ACK up to byte ${(number - (other.base ?? number) - 1) >>> 0}`
    : `ACK of packet ${packet}`;
}

function words(segment: Segment, acknowledges: string, isAnswerToSyn: boolean): string {
  const { syn, ack, fin, rst, payload, payloadLength } = segment;
  if (rst) return isAnswerToSyn ? "refuses to connect" : "breaks it off";
  if (payloadLength > 0) return payload.length === 0 ? "data, not captured" : dataWords(payload);
  if (syn) return ack ? "agrees to connect" : "asks to connect";
  if (fin) return "sends no more";
  return acknowledges;
}

/** How data begin: as text, with each LF shown as \n and each CR as \r. Safe to show. */
export function dataWords(data: Buffer): string {
  const text = data.toString("latin1", 0, MOST_SHOWN).replace(/\n/g, "\\n").replace(/\r/g, "\\r");
  return readable(Buffer.from(text, "latin1"));
}
