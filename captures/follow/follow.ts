// Joins TCP segments to streams, as Wireshark's "Follow TCP Stream" does. Pure: its only input are segments.

import type { Endpoint, Segment, Stream } from "../read/packet.ts";
import { FollowedDirection } from "./follow-direction.ts";

/** A stream that may still grow. */
interface GrowingStream extends Omit<Stream, "fromA" | "fromB"> {
  fromA: FollowedDirection;
  fromB: FollowedDirection;
}

/**
 * Takes the segments of a capture, in order.
 *
 * Bytes that are in place stay: retransmissions and keep-alives change nothing. Segments that come too early wait. Where
 * those that wait overlap, the bytes of the one that starts earlier count, as on Linux. If the other side acknowledges
 * waiting bytes, the bytes before them were sent but not captured: they become a gap. If the beginning of a direction was
 * not captured, it begins with its first segment.
 */
export class Follower {
  readonly #streams: GrowingStream[] = [];
  /** The newest stream between two endpoints. */
  readonly #current = new Map<string, GrowingStream>();
  #last: GrowingStream | undefined;

  /** @returns the index of its stream */
  add(segment: Segment): number {
    const stream = this.#streamOf(segment);
    stream.lastPacket = segment.packet;
    stream.lastTime = segment.time;
    if (stream.unopened !== undefined) stream.unopened = afterSegment(stream, segment);
    const [own, other] = isFromA(stream, segment)
      ? [stream.fromA, stream.fromB]
      : [stream.fromB, stream.fromA];
    if (segment.ack) other.acknowledged(segment.acknowledgement);
    own.add(segment);
    return stream.index;
  }

  /** All streams, in the order of their first packets. Waiting segments come after gaps. Call it once, at the end. */
  finish(): Stream[] {
    return this.#streams.map(({ fromA, fromB, ...rest }) => ({
      ...rest,
      fromA: fromA.finish(),
      fromB: fromB.finish(),
    }));
  }

  #streamOf(segment: Segment): GrowingStream {
    const known = this.#find(segment);
    if (known !== undefined && !isNewConnection(known, segment)) return known;
    const { source, destination, packet, time } = segment;
    const stream: GrowingStream = {
      index: this.#streams.length,
      a: source,
      b: destination,
      firstPacket: packet,
      lastPacket: packet,
      firstTime: time,
      lastTime: time,
      unopened: segment.syn && !segment.ack ? "unanswered" : undefined,
      fromA: new FollowedDirection(),
      fromB: new FollowedDirection(),
    };
    this.#streams.push(stream);
    this.#current.set(key(source, destination), stream);
    this.#last = stream;
    return stream;
  }

  /** Finds the stream of a segment: most of the time, it is the stream of the segment before. */
  #find(segment: Segment): GrowingStream | undefined {
    const { source, destination } = segment;
    const last = this.#last;
    if (last !== undefined) {
      if (isSame(last.a, source) && isSame(last.b, destination)) return last;
      if (isSame(last.b, source) && isSame(last.a, destination)) return last;
    }
    this.#last = this.#current.get(key(source, destination));
    return this.#last;
  }
}

/**
 * Endpoints may be used again. A SYN with another sequence number than that of the stream begins a new connection. An
 * equal SYN is a retransmission, and an answer (SYN and ACK) begins nothing.
 */
function isNewConnection(stream: GrowingStream, segment: Segment): boolean {
  if (!segment.syn || segment.ack) return false;
  const { initialSequence } = isFromA(stream, segment) ? stream.fromA : stream.fromB;
  return initialSequence !== undefined && initialSequence !== segment.sequence;
}

/** What has come of a SYN: it may be sent again or taken back; a RST of b refuses it, and any other answer accepts it. */
function afterSegment(stream: GrowingStream, segment: Segment): Stream["unopened"] {
  if (!isFromA(stream, segment)) return segment.rst ? "refused" : undefined;
  return segment.rst || (segment.syn && !segment.ack) ? stream.unopened : undefined;
}

function isFromA(stream: GrowingStream, { source, destination }: Segment): boolean {
  return isSame(stream.a, source) && isSame(stream.b, destination);
}

function isSame(left: Endpoint, right: Endpoint): boolean {
  return left.port === right.port && left.address === right.address;
}

/** A key that is the same for both directions. */
function key(from: Endpoint, to: Endpoint): string {
  const isOrdered = from.port < to.port || (from.port === to.port && from.address < to.address);
  const [low, high] = isOrdered ? [from, to] : [to, from];
  return `${low.port} ${low.address} ${high.port} ${high.address}`;
}
