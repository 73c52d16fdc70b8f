// A pipe of frames over a stream of bytes that says when it is full (P10.6). What it needs of a stream stands here as a
// type, so that this file knows no engine. In both directions only a little is ever held in memory.

import type { Bytes } from "./bytes.ts";
import { encodeFrame, FrameReader } from "./frames.ts";
import type { Pipe } from "./pipe.ts";

/** Bytes that have come: in one piece, or in a list that can be made one. */
interface Chunk {
  subarray(): Uint8Array;
}

/** What a libp2p stream is, as far as a pipe needs it. */
export interface ByteStream {
  /** False: it has taken the bytes, but no more should come before the event `drain`. */
  send(bytes: Uint8Array): boolean;
  /** Whether `drain` has to be waited for. */
  readonly writableNeedsDrain: boolean;
  /** Whether nothing more can be sent. */
  readonly writeStatus: "writable" | "closing" | "closed";
  /** Whether nothing more will come. */
  readonly readableEnded: boolean;
  readonly readStatus: "readable" | "paused" | "closing" | "closed";
  pause(): void;
  resume(): void;
  abort(error: Error): void;
  close(options?: { signal?: AbortSignal }): Promise<void>;
  addEventListener(type: "message", listener: (event: { data: Chunk }) => void): void;
  addEventListener(type: "drain" | "end" | "close", listener: () => void): void;
}

/** While the reader has so many bytes of frames before them, the stream is paused: then the other side stops, too. */
const MOST_UNREAD = 524_288;
/** What a frame counts beside its bytes: many empty ones take memory, too. */
const FRAME_COST = 128;
/** How long the other side may take to accept what was sent before end(), in milliseconds. */
const END_LIMIT = 10_000;

/** @see Pipe */
export class StreamPipe implements Pipe {
  readonly remoteKey: Bytes;
  readonly #stream: ByteStream;
  readonly #cut: () => void;
  readonly #reader = new FrameReader();
  #unread: Bytes[] = [];
  #unreadBytes = 0;
  /** There is nothing left to be paused: what had come is taken as it is. */
  #isLost = false;
  /** Nothing more will come. */
  #hasEnded = false;
  /** Somebody waits for a frame, or for room. */
  #wakeReader = (): void => {};
  #wakeWriters: (() => void)[] = [];

  /**
   * @param remoteKey the Ed25519 key of the other side, which the connection has proved
   * @param cut cuts the connection that carries the stream
   */
  constructor(stream: ByteStream, remoteKey: Bytes, cut: () => void) {
    this.#stream = stream;
    this.#cut = cut;
    this.remoteKey = remoteKey;
    stream.addEventListener("drain", () => this.#wakeAllWriters());
    stream.addEventListener("end", () => this.#finish());
    stream.addEventListener("close", () => {
      // What had come while the stream was paused is still there, and little. Then nothing more comes.
      this.#isLost = true;
      this.#resume();
      this.#finish();
    });
    stream.addEventListener("message", ({ data }) => this.#receive(data.subarray()));
    if (stream.readableEnded) this.#finish();
  }

  async send(frame: Bytes): Promise<void> {
    if (this.#isClosed) throw new Error("the stream to the other side is over");
    if (this.#stream.send(encodeFrame(frame)) && !this.#stream.writableNeedsDrain) return;
    while (this.#stream.writableNeedsDrain && !this.#isClosed) {
      await new Promise<void>((resolve) => this.#wakeWriters.push(resolve));
      // The stream sends the rest of its own buffer first, and may be full again.
      await Promise.resolve();
      await Promise.resolve();
    }
    if (this.#stream.writeStatus === "closed") throw new Error("the stream to the other side is over");
  }

  get frames(): AsyncIterable<Bytes> {
    return { [Symbol.asyncIterator]: () => ({ next: () => this.#nextFrame() }) };
  }

  reset(): void {
    this.#unread = [];
    this.#unreadBytes = 0;
    this.#stream.abort(new Error("the stream was reset"));
    this.#finish();
  }

  giveUp(): void {
    this.reset();
    this.#cut();
  }

  async end(): Promise<void> {
    try {
      await this.#stream.close({ signal: AbortSignal.timeout(END_LIMIT) });
    } catch (error) {
      this.#stream.abort(error instanceof Error ? error : new Error("the stream could not be ended"));
    }
  }

  get #isClosed(): boolean {
    return this.#stream.writeStatus !== "writable";
  }

  async #nextFrame(): Promise<IteratorResult<Bytes>> {
    for (;;) {
      const frame = this.#unread.shift();
      if (frame !== undefined) {
        this.#unreadBytes -= frame.length + FRAME_COST;
        if (this.#unreadBytes < MOST_UNREAD) this.#resume();
        return { done: false, value: frame };
      }
      if (this.#hasEnded) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  #receive(chunk: Uint8Array): void {
    if (this.#hasEnded) return;
    try {
      for (const frame of this.#reader.push(chunk)) {
        this.#unread.push(frame);
        this.#unreadBytes += frame.length + FRAME_COST;
      }
    } catch {
      // A frame that is too long.
      this.#stream.abort(new Error("the other side has sent a frame that is too long"));
      return this.#finish();
    }
    const isTooMuch = this.#unreadBytes >= MOST_UNREAD && !this.#isLost;
    if (isTooMuch && this.#stream.readStatus === "readable") this.#stream.pause();
    this.#wakeReader();
  }

  #resume(): void {
    if (this.#stream.readStatus === "paused") this.#stream.resume();
  }

  #finish(): void {
    this.#hasEnded = true;
    this.#wakeReader();
    this.#wakeAllWriters();
  }

  #wakeAllWriters(): void {
    for (const wake of this.#wakeWriters.splice(0)) wake();
  }
}
