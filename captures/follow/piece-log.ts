// Keeps the pieces of one direction of a stream: their bytes one behind the other in large blocks, and a short note about
// each. An object with a view for each piece would need several times the memory of a line of a chat. Pure.

import type { Piece } from "../read/packet.ts";
import { Blocks } from "./blocks.ts";

type Gap = Extract<Piece, { kind: "gap" }>;

/** The size of a note, and the positions in it: the number of the packet, its time, and the length of the piece. */
const NOTE_BYTES = 24;
const PACKET = 0;
const TIME = 8;
/** The length of a gap is negative. So notes tell gaps and bytes apart. */
const LENGTH = 16;

/** The note that is being written. */
const newNote = new DataView(new ArrayBuffer(NOTE_BYTES));
const bytesOfNewNote = new Uint8Array(newNote.buffer);

export class PieceLog implements Iterable<Piece> {
  readonly #bytes = new Blocks();
  readonly #notes = new Blocks();
  /** How many bytes all pieces have, with those that are missing. */
  #length = 0;
  /** The last piece if it is a gap: it may become longer. */
  #gap: Gap | undefined;

  get length(): number {
    return this.#length;
  }

  /**
   * Adds a copy of bytes: in a stream at least one, but a datagram may be empty.
   * @param time in nanoseconds since 1970-01-01, UTC; it must fit into 64 bits with a sign
   */
  addBytes(bytes: Buffer, packet: number, time: bigint): void {
    if (this.#gap !== undefined) {
      this.#addNote(-this.#gap.length, this.#gap.packet, this.#gap.time);
      this.#gap = undefined;
    }
    this.#bytes.append(bytes);
    this.#addNote(bytes.length, packet, time);
    this.#length += bytes.length;
  }

  /** Adds a gap of so many bytes. Gaps that follow each other become one. */
  addGap(length: number, packet: number, time: bigint): void {
    this.#gap ??= { kind: "gap", position: this.#length, length: 0, packet, time };
    this.#gap.length += length;
    this.#length += length;
  }

  /** The pieces in order. Their bytes are views of the blocks. */
  *[Symbol.iterator](): Generator<Piece> {
    let position = 0;
    const blocks = this.#bytes.all.values();
    let block: Buffer = Buffer.alloc(0);
    let start = 0; // The position in that block.
    for (const part of this.#notes.all) {
      const notes = new DataView(part.buffer, part.byteOffset, part.length);
      for (let note = 0; note < part.length; note += NOTE_BYTES) {
        const packet = notes.getFloat64(note + PACKET);
        const time = notes.getBigInt64(note + TIME);
        const length = notes.getFloat64(note + LENGTH);
        if (length < 0) {
          yield { kind: "gap", position, length: -length, packet, time };
        } else {
          if (start === block.length) {
            block = blocks.next().value ?? block;
            start = 0;
          }
          yield { kind: "data", bytes: block.subarray(start, start + length), packet, time };
          start += length;
        }
        position += Math.abs(length);
      }
    }
    if (this.#gap !== undefined) yield { ...this.#gap };
  }

  #addNote(length: number, packet: number, time: bigint): void {
    newNote.setFloat64(PACKET, packet);
    newNote.setBigInt64(TIME, time);
    newNote.setFloat64(LENGTH, length);
    this.#notes.append(bytesOfNewNote);
  }
}
