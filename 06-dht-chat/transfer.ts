// A file on its way, at either end (P10.9). Pure: contents in, contents out. Reading, storing and hashing is the
// caller's.

import { type Bytes, concat } from "./bytes.ts";
import { type ChunkContent, type Content, MAX_CHUNK_BYTES, type OfferContent } from "./contents.ts";
import type { FileState } from "./store.ts";

/** The largest file: 25 MiB. A larger one is refused before it is read; an empty one too. */
export const MAX_FILE_BYTES = 26_214_400;

/** How many bytes may be sent and not acknowledged: 4 MiB. */
export const WINDOW_BYTES = 4 * 1024 * 1024;

/** How many bytes are stored in one step: fewer steps for a fast sender, and still little to lose. */
export const MAX_PART_BYTES = 1024 * 1024;

/** How many chunks may wait to be stored, so that many tiny ones do not take more memory than a window of long ones. */
const MAX_WAITING_CHUNKS = 4096;

/** A range of a file's bytes. */
export interface Range {
  offset: number;
  length: number;
}

/** P10.9: 1 to 26,214,400 bytes. */
export function isFileSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= MAX_FILE_BYTES;
}

/** The offerer's end. */
export class OutgoingTransfer {
  readonly #offer: OfferContent;
  #state: FileState;
  /** Whether an offer was sent over the session that stands, and its answer is still to come. */
  #awaitsAnswer = false;
  /** Whether chunks may be sent: the offer was accepted over the session that stands. */
  #isFlowing = false;
  /** Where the file is acknowledged up to, and where the next chunk begins. */
  #acknowledged: number;
  #next: number;
  /** Chunks that are sent and not acknowledged: where each begins, and its end. */
  readonly #open = new Map<number, number>();

  /** @param restored what the store has of it, if the page was closed meanwhile */
  constructor(
    offer: OfferContent,
    restored: { state: "offered" | "passing"; done: number } = { state: "offered", done: 0 },
  ) {
    this.#offer = offer;
    this.#state = restored.state;
    this.#acknowledged = restored.done;
    this.#next = restored.done;
  }

  get state(): FileState {
    return this.#state;
  }

  /** How many bytes the other page has acknowledged. */
  get done(): number {
    return this.#acknowledged;
  }

  /**
   * A session is ready, or a path was lost with what was under way on it (P10.10): the same offer is made, the first
   * time and after each loss. The answer says where to go on.
   * @returns undefined if it is over
   */
  offer(): OfferContent | undefined {
    this.lost();
    this.#awaitsAnswer = this.#isAlive;
    return this.#isAlive ? this.#offer : undefined;
  }

  /** The session is lost: nothing is sent until the offer is made again and accepted. */
  lost(): void {
    this.#awaitsAnswer = false;
    this.#isFlowing = false;
    this.#open.clear();
  }

  /**
   * The next chunk to read and send; undefined if the window is full, or nothing is to be sent now.
   * It counts as sent from here on.
   */
  takeNext(): Range | undefined {
    if (!this.#isFlowing) return undefined;
    const offset = this.#next;
    const room = this.#acknowledged + WINDOW_BYTES - offset;
    const length = Math.min(MAX_CHUNK_BYTES, this.#offer.size - offset, room);
    if (length <= 0) return undefined;
    this.#open.set(offset, offset + length);
    this.#next = offset + length;
    return { offset, length };
  }

  /** An answer of the other side. What does not fit is passed over. @returns whether anything has changed */
  receive(content: Content): boolean {
    if (!("file" in content) || content.file !== this.#offer.file || !this.#isAlive) return false;
    switch (content.type) {
      case "accept":
        return this.#accepted(content.offset);
      case "refuse":
        return this.#awaitsAnswer && this.#end("refused");
      case "chunk-ack":
        return this.#chunkAcknowledged(content.offset);
      case "done":
        return this.#state === "passing" && this.#whole();
      case "cancel":
        // When all of it is there, only a wrong SHA-256 or a full disk is left as a reason.
        return this.#end(this.#acknowledged === this.#offer.size ? "dropped" : "cancelled");
      default:
        return false;
    }
  }

  /** Our user does not want it any more. @returns what to say; undefined if it is over */
  cancel(): Content | undefined {
    return this.#end("cancelled") ? { type: "cancel", file: this.#offer.file } : undefined;
  }

  /** The bytes cannot be read any more. @returns what to say; undefined if it is over */
  fail(): Content | undefined {
    return this.#end("dropped") ? { type: "cancel", file: this.#offer.file } : undefined;
  }

  get #isAlive(): boolean {
    return this.#state === "offered" || this.#state === "passing";
  }

  /** Only one answer to each offer counts: with more of them, the window could be passed by. */
  #accepted(offset: number): boolean {
    if (!this.#awaitsAnswer || offset > this.#offer.size) return false;
    this.#awaitsAnswer = false;
    this.#isFlowing = true;
    this.#state = "passing";
    this.#acknowledged = offset;
    this.#next = offset;
    return true;
  }

  /** The receiver stores in order, so an acknowledgement counts for all chunks before it. */
  #chunkAcknowledged(offset: number): boolean {
    const end = this.#open.get(offset);
    if (end === undefined) return false;
    for (const start of this.#open.keys()) if (start <= offset) this.#open.delete(start);
    this.#acknowledged = end;
    return true;
  }

  #whole(): boolean {
    this.#acknowledged = this.#offer.size;
    return this.#end("done");
  }

  #end(state: FileState): boolean {
    if (!this.#isAlive) return false;
    this.lost();
    this.#state = state;
    return true;
  }
}

/** Bytes to be stored in one step, and what is to be said when they are. */
export interface Part {
  offset: number;
  bytes: Bytes;
  acknowledgements: Content[];
}

/** The receiver's end, from when our user accepted it. */
export class IncomingTransfer {
  readonly #file: number;
  readonly #size: number;
  /** Up to where it is stored; and up to where it has come, or is being stored, without a gap. */
  #stored: number;
  #taken: number;
  /** Chunks that came, where each begins: what follows one another is stored together. */
  readonly #chunks = new Map<number, Bytes>();

  /** @param done how many bytes are stored already */
  constructor({ file, size }: Pick<OfferContent, "file" | "size">, done: number) {
    this.#file = file;
    this.#size = size;
    this.#stored = done;
    this.#taken = done;
  }

  /** How many bytes are stored. */
  get done(): number {
    return this.#stored;
  }

  /** Whether all of it is stored. Its SHA-256 is still to be compared. */
  get isWhole(): boolean {
    return this.#stored === this.#size;
  }

  /** Answers an offer: goes on where the part ends. */
  accept(): Content {
    this.#chunks.clear();
    return { type: "accept", file: this.#file, offset: this.#stored };
  }

  /**
   * Takes a chunk. One that came before is acknowledged again: its acknowledgement was lost with a path.
   * @returns what to say at once; "nonsense" if an honest sender cannot have sent it: then the file is dropped
   */
  receive({ offset, bytes }: ChunkContent): Content | undefined | "nonsense" {
    const end = offset + bytes.length;
    if (bytes.length === 0 || bytes.length > MAX_CHUNK_BYTES) return "nonsense";
    if (end > this.#size || end > this.#stored + WINDOW_BYTES) return "nonsense";
    if (end <= this.#stored) return this.#acknowledgement(offset);
    if (!this.#chunks.has(offset) && this.#chunks.size >= MAX_WAITING_CHUNKS) return "nonsense";
    this.#chunks.set(offset, bytes);
    return undefined;
  }

  /** What can be stored now: chunks that follow one another, at most MAX_PART_BYTES. One part at a time: then call `stored`. */
  takePart(): Part | undefined {
    const pieces: Bytes[] = [];
    const acknowledgements: Content[] = [];
    const start = this.#taken;
    for (let piece = this.#takeChunk(); piece !== undefined; piece = this.#takeChunk()) {
      pieces.push(piece.bytes);
      acknowledgements.push(this.#acknowledgement(piece.offset));
      this.#taken += piece.bytes.length;
      if (this.#taken - start > MAX_PART_BYTES - MAX_CHUNK_BYTES) break;
    }
    if (pieces.length === 0) return undefined;
    return { offset: start, bytes: concat(...pieces), acknowledgements };
  }

  /** The part is stored: its acknowledgements may be sent. */
  stored({ offset, bytes }: Part): void {
    this.#stored = offset + bytes.length;
  }

  /** The chunk that goes on where the file ends so far, without what came before. */
  #takeChunk(): { offset: number; bytes: Bytes } | undefined {
    const next = this.#chunks.get(this.#taken);
    if (next !== undefined) {
      this.#chunks.delete(this.#taken);
      return { offset: this.#taken, bytes: next };
    }
    for (const [offset, bytes] of this.#chunks) {
      if (offset > this.#taken) continue;
      this.#chunks.delete(offset);
      const missing = bytes.slice(this.#taken - offset);
      if (missing.length > 0) return { offset, bytes: missing };
    }
    return undefined;
  }

  #acknowledgement(offset: number): Content {
    return { type: "chunk-ack", file: this.#file, offset };
  }
}
