// One direction of a TCP stream: puts its segments in place. Pure.

import type { ByteStore } from "../read/byte-store.ts";
import type { Piece, Segment } from "../read/packet.ts";
import { cutFront, type PlacedBytes, WaitingBytes } from "./placed-bytes.ts";

export class FollowedDirection {
  /** The sequence number of its SYN; if that was not captured, what it must have been by the first segment seen. */
  initialSequence: number | undefined;
  readonly #pieces: Piece[] = [];
  /** How many bytes are in place, missing ones counted too; and the sequence number of the next one. */
  #position = 0;
  #expected: number | undefined;
  /** What came too early; undefined as long as nothing did, as in nearly every stream. */
  #waiting: WaitingBytes | undefined;
  readonly #store: ByteStore;

  /** @param store for the bytes of all streams: most are small */
  constructor(store: ByteStore) {
    this.#store = store;
  }

  add(segment: Segment): void {
    const { syn, payload, payloadLength, packet, time } = segment;
    // A SYN counts as a byte before the first (RFC 9293, section 3.4).
    this.initialSequence ??= syn ? segment.sequence : (segment.sequence - 1) >>> 0;
    const sequence = syn ? (segment.sequence + 1) >>> 0 : segment.sequence;
    // Before there are any bytes, the newest SYN counts: the one before it got no answer.
    if (this.#expected === undefined || (syn && this.#isEmpty())) this.#expected = sequence;
    if (payloadLength === 0) return;
    const start = this.#place(sequence);
    const end = start + payloadLength;
    if (end <= this.#position) return; // Seen before.
    const placed = cutFront({ start, end, bytes: payload, packet, time }, this.#position);
    if (placed.start === this.#position && this.#waiting?.first === undefined) {
      this.#append(placed);
    } else {
      this.#waiting ??= new WaitingBytes();
      this.#waiting.add(placed);
      this.#appendWaiting();
    }
  }

  /** The other side has all bytes before this sequence number. So those before what waits are missing only in the capture. */
  acknowledged(acknowledgement: number): void {
    this.initialSequence ??= (acknowledgement - 1) >>> 0;
    for (let first = this.#waiting?.first; first !== undefined; first = this.#waiting?.first) {
      if (this.#place(acknowledgement) <= first.start) return;
      this.#appendGap(first.start - this.#position, first.packet, first.time);
      this.#appendWaiting();
    }
  }

  /** All pieces in order, what still waits put behind gaps. */
  finish(): Piece[] {
    for (let first = this.#waiting?.first; first !== undefined; first = this.#waiting?.first) {
      this.#appendGap(first.start - this.#position, first.packet, first.time);
      this.#appendWaiting();
    }
    return this.#pieces;
  }

  #isEmpty(): boolean {
    return this.#pieces.length === 0 && this.#waiting?.first === undefined;
  }

  /** The place of a sequence number. They are counted modulo 2^32, so it is the nearest place that can be meant. */
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
      this.#pieces.push({ kind: "data", bytes: this.#store.keep(bytes), packet, time });
      this.#advance(bytes.length);
    }
    this.#appendGap(end - start - bytes.length, packet, time);
  }

  #appendGap(length: number, packet: number, time: bigint): void {
    if (length === 0) return;
    const last = this.#pieces.at(-1);
    if (last?.kind === "gap") last.length += length;
    else this.#pieces.push({ kind: "gap", position: this.#position, length, packet, time });
    this.#advance(length);
  }

  #advance(length: number): void {
    this.#position += length;
    this.#expected = ((this.#expected ?? 0) + length) >>> 0;
  }
}
