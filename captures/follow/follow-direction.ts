// Puts the segments of one direction of a TCP stream in order. Pure.

import type { Segment } from "../read/packet.ts";
import { PieceLog } from "./piece-log.ts";
import { cutFront, type PlacedBytes, WaitingBytes } from "./placed-bytes.ts";

export class FollowedDirection {
  /** The sequence number of its SYN. If the SYN was not captured, it is computed from the first segment. */
  initialSequence: number | undefined;
  readonly #pieces = new PieceLog();
  /** The next sequence number. */
  #expected: number | undefined;
  /** Segments that came too early. Undefined until the first one comes, because in most streams none does. */
  #waiting: WaitingBytes | undefined;

  add(segment: Segment): void {
    const { syn, payload, payloadLength, packet, time } = segment;
    // A SYN counts as one byte before the first (RFC 9293, section 3.4).
    this.initialSequence ??= syn ? segment.sequence : (segment.sequence - 1) >>> 0;
    const sequence = syn ? (segment.sequence + 1) >>> 0 : segment.sequence;
    // As long as no bytes have come, the newest SYN counts: the earlier one got no answer.
    if (this.#expected === undefined || (syn && this.#isEmpty())) this.#expected = sequence;
    if (payloadLength === 0) return;
    const start = this.#place(sequence);
    const end = start + payloadLength;
    if (end <= this.#position) return; // All its bytes are in place already.
    const placed = cutFront({ start, end, bytes: payload, packet, time }, this.#position);
    if (placed.start === this.#position) {
      // What comes in order counts whole, also where something else waits for the same places.
      this.#append(placed);
      if (this.#waiting !== undefined) this.#appendWaiting();
    } else {
      this.#waiting ??= new WaitingBytes();
      this.#waiting.add(placed);
    }
  }

  /** The other side has all bytes before this sequence number. If some are not here, the capture has missed them. */
  acknowledged(acknowledgement: number): void {
    this.initialSequence ??= (acknowledgement - 1) >>> 0;
    for (let first = this.#waiting?.first; first !== undefined; first = this.#waiting?.first) {
      if (this.#place(acknowledgement) <= first.start) return;
      this.#appendGap(first.start - this.#position, first.packet, first.time);
      this.#appendWaiting();
    }
  }

  /** All pieces in order. Segments that still wait come after gaps. */
  finish(): PieceLog {
    for (let first = this.#waiting?.first; first !== undefined; first = this.#waiting?.first) {
      this.#appendGap(first.start - this.#position, first.packet, first.time);
      this.#appendWaiting();
    }
    return this.#pieces;
  }

  /** How many bytes are in place, including missing ones. */
  get #position(): number {
    return this.#pieces.length;
  }

  #isEmpty(): boolean {
    return this.#pieces.length === 0 && this.#waiting?.first === undefined;
  }

  /** The position of a sequence number. Numbers wrap at 2^32, so this is the nearest possible position. */
  #place(sequence: number): number {
    return this.#position + ((sequence - (this.#expected ?? sequence)) | 0);
  }

  #appendWaiting(): void {
    while ((this.#waiting?.first?.start ?? Number.POSITIVE_INFINITY) <= this.#position) {
      const placed = this.#waiting?.take();
      if (placed !== undefined && placed.end > this.#position) this.#append(cutFront(placed, this.#position));
    }
  }

  #append({ start, end, bytes, packet, time }: PlacedBytes): void {
    if (bytes.length > 0) {
      this.#pieces.addBytes(bytes, packet, time);
      this.#advance(bytes.length);
    }
    this.#appendGap(end - start - bytes.length, packet, time);
  }

  #appendGap(length: number, packet: number, time: bigint): void {
    if (length === 0) return;
    this.#pieces.addGap(length, packet, time);
    this.#advance(length);
  }

  #advance(length: number): void {
    this.#expected = ((this.#expected ?? 0) + length) >>> 0;
  }
}
