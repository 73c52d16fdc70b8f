// Puts TCP segments together to streams, as Wireshark's "Follow TCP Stream" does. Pure: it sees nothing but segments.

import { ByteStore } from "../read/byte-store.ts";
import type { Endpoint, Segment, Stream } from "../read/packet.ts";
import { FollowedDirection } from "./follow-direction.ts";

/** A stream that may still grow. */
interface GrowingStream extends Omit<Stream, "fromA" | "fromB"> {
  fromA: FollowedDirection;
  fromB: FollowedDirection;
}

/**
 * Takes the segments of a capture in its order.
 *
 * What holds a place first keeps it: retransmissions, keep-alives and overlaps add nothing. What comes too early waits.
 * If the other side acknowledges what waits, then the bytes before it did pass but were not captured: they become a gap.
 * A direction whose beginning was not captured begins with its first segment.
 */
export class Follower {
  readonly #streams: GrowingStream[] = [];
  /** The newest stream between two endpoints. */
  readonly #current = new Map<string, GrowingStream>();
  #last: GrowingStream | undefined;
  readonly #store = new ByteStore();

  add(segment: Segment): void {
    const stream = this.#streamOf(segment);
    stream.lastPacket = segment.packet;
    stream.lastTime = segment.time;
    const [own, other] = isFromA(stream, segment)
      ? [stream.fromA, stream.fromB]
      : [stream.fromB, stream.fromA];
    if (segment.ack) other.acknowledged(segment.acknowledgement);
    own.add(segment);
  }

  /** All streams, in the order of their first packets. What still waits stands behind a gap. Call it once, at the end. */
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
      fromA: new FollowedDirection(this.#store),
      fromB: new FollowedDirection(this.#store),
    };
    this.#streams.push(stream);
    this.#current.set(key(source, destination), stream);
    this.#last = stream;
    return stream;
  }

  /** Segments of a stream come in runs, so the last one's stream is mostly the next one's too. */
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
 * Ports are used again: a SYN with another sequence number than the stream began with begins a new one. The same SYN
 * once more is a retransmission; and an answer to a SYN (SYN and ACK) begins nothing.
 */
function isNewConnection(stream: GrowingStream, segment: Segment): boolean {
  if (!segment.syn || segment.ack) return false;
  const { initialSequence } = isFromA(stream, segment) ? stream.fromA : stream.fromB;
  return initialSequence !== undefined && initialSequence !== segment.sequence;
}

function isFromA(stream: GrowingStream, { source, destination }: Segment): boolean {
  return isSame(stream.a, source) && isSame(stream.b, destination);
}

function isSame(left: Endpoint, right: Endpoint): boolean {
  return left.port === right.port && left.address === right.address;
}

/** The same in both directions. */
function key(from: Endpoint, to: Endpoint): string {
  const isOrdered = from.port < to.port || (from.port === to.port && from.address < to.address);
  const [low, high] = isOrdered ? [from, to] : [to, from];
  return `${low.port} ${low.address} ${high.port} ${high.address}`;
}
