// Joins UDP datagrams to conversations: those between the same two ends. Pure: its only input are datagrams.

import type { Cast, Datagram, Endpoint } from "../read/packet.ts";
import { PieceLog } from "./piece-log.ts";

/** All datagrams between two ends. Where the second one is a group, or all of a network, nobody answers from there. */
export interface UdpConversation {
  /** Counted from 0, in the order of first packets. */
  index: number;
  /** The sender of the first datagram. */
  a: Endpoint;
  b: Endpoint;
  /** To how many the first datagram went. */
  cast: Cast;
  firstPacket: number;
  lastPacket: number;
  /** In nanoseconds since 1970-01-01, UTC. */
  firstTime: bigint;
  lastTime: bigint;
  /** How many datagrams each side has sent. */
  countFromA: number;
  countFromB: number;
  /** How many bytes of data the longest of them had on the wire. */
  longest: number;
  /** All datagrams, in order. */
  datagrams(): IterableIterator<Datagram>;
}

interface Growing extends Omit<UdpConversation, "datagrams"> {
  fromA: PieceLog;
  fromB: PieceLog;
}

/** Takes the datagrams of a capture, in order, and keeps copies of their data. */
export class Conversations {
  readonly #all: Growing[] = [];
  readonly #byEnds = new Map<string, Growing>();

  /** @returns the index of its conversation */
  add(datagram: Datagram): number {
    const { source, destination, packet, time, payload, payloadLength } = datagram;
    const conversation =
      this.#byEnds.get(key(source, destination)) ??
      this.#byEnds.get(key(destination, source)) ??
      this.#begin(datagram);
    const isFromA = conversation.a.address === source.address && conversation.a.port === source.port;
    if (isFromA) conversation.countFromA += 1;
    else conversation.countFromB += 1;
    conversation.lastPacket = packet;
    conversation.lastTime = time;
    conversation.longest = Math.max(conversation.longest, payloadLength);
    const log = isFromA ? conversation.fromA : conversation.fromB;
    log.addBytes(payload, packet, time);
    if (payloadLength > payload.length) log.addGap(payloadLength - payload.length, packet, time);
    return conversation.index;
  }

  /** All conversations, in the order of their first packets. */
  finish(): UdpConversation[] {
    return this.#all.map(({ fromA, fromB, ...rest }) => ({
      ...rest,
      datagrams: () => inOrder({ ...rest, fromA, fromB }),
    }));
  }

  #begin({ source, destination, cast, packet, time }: Datagram): Growing {
    const conversation: Growing = {
      index: this.#all.length,
      a: source,
      b: destination,
      cast,
      firstPacket: packet,
      lastPacket: packet,
      firstTime: time,
      lastTime: time,
      countFromA: 0,
      countFromB: 0,
      longest: 0,
      fromA: new PieceLog(),
      fromB: new PieceLog(),
    };
    this.#all.push(conversation);
    this.#byEnds.set(key(source, destination), conversation);
    return conversation;
  }
}

/** The datagrams of both directions, by the numbers of their packets. */
function* inOrder({ a, b, cast, fromA, fromB }: Growing): Generator<Datagram> {
  const left = datagramsOf(fromA, { source: a, destination: b, cast });
  const right = datagramsOf(fromB, { source: b, destination: a, cast: "one" });
  let [one, other] = [left.next(), right.next()];
  while (!one.done || !other.done) {
    if (!one.done && (other.done || one.value.packet <= other.value.packet)) {
      yield one.value;
      one = left.next();
    } else if (!other.done) {
      yield other.value;
      other = right.next();
    }
  }
}

/** Of each datagram the log has its bytes, and behind them a gap if the capture has cut it short. */
function* datagramsOf(
  log: PieceLog,
  ends: Pick<Datagram, "source" | "destination" | "cast">,
): Generator<Datagram> {
  let datagram: Datagram | undefined;
  for (const piece of log) {
    if (piece.kind === "gap") {
      if (datagram !== undefined) datagram.payloadLength += piece.length;
      continue;
    }
    if (datagram !== undefined) yield datagram;
    const { bytes, packet, time } = piece;
    datagram = { ...ends, packet, time, payload: bytes, payloadLength: bytes.length };
  }
  if (datagram !== undefined) yield datagram;
}

function key(from: Endpoint, to: Endpoint): string {
  return `${from.port} ${from.address} ${to.port} ${to.address}`;
}
