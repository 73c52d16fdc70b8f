// Two ends of a pipe in memory, for tests: cut, held back or altered as the test says, or as it draws.

import type { Bytes } from "../bytes.ts";
import type { Pipe } from "../pipe.ts";

/** Which end: the initiator's is 0. */
export type End = 0 | 1;

/** What a test does to a pipe. */
export interface PipeFaults {
  /** The pipe is lost when so many frames have been sent by both ends together; the last of them still arrives. */
  readonly cutAfter?: number;
  /** Whether a reset or a loss also takes what the other end has not read yet, as some engines do. */
  readonly isHarsh?: boolean;
  /** So many frames are on their way at most; then `send` waits. 16 unless told. */
  readonly room?: number;
  /** What arrives in place of a frame: nothing, it, another, several. `index` counts the frames of that end from 0. */
  readonly alter?: (from: End, index: number, frame: Bytes) => readonly Bytes[];
}

/** One end. */
export class TestPipe implements Pipe {
  readonly remoteKey: Bytes;
  readonly frames: AsyncIterable<Bytes>;
  /** Every frame that this end has sent, before any fault. */
  readonly sent: Bytes[] = [];
  /** Whether this end has called reset. */
  wasReset = false;
  /** Whether this end has given up what carries the pipe. */
  wasGivenUp = false;
  readonly #pair: PipePair;
  readonly #end: End;

  constructor(pair: PipePair, end: End, remoteKey: Bytes) {
    this.#pair = pair;
    this.#end = end;
    this.remoteKey = remoteKey;
    this.frames = pair.lanes[end === 0 ? 1 : 0].read();
  }

  send(frame: Bytes): Promise<void> {
    return this.#pair.send(this.#end, frame, this.sent);
  }

  reset(): void {
    this.wasReset = true;
    this.#pair.reset(this.#end);
  }

  giveUp(): void {
    this.wasGivenUp = true;
    this.reset();
  }

  async end(): Promise<void> {
    this.#pair.lanes[this.#end].end();
  }
}

/** Frames in one direction. */
class Lane {
  readonly #room: number;
  #queue: Bytes[] = [];
  #isOver = false;
  /** So many frames may still pass: a test that holds a lane lets them go one by one. */
  #allowed = Number.POSITIVE_INFINITY;
  #waiting: (() => void)[] = [];

  constructor(room: number) {
    this.#room = room;
  }

  async send(frames: readonly Bytes[]): Promise<void> {
    if (this.#isOver) throw new Error("the pipe is over");
    this.#queue.push(...frames);
    this.#wake();
    while (!this.#isOver && this.#queue.length >= this.#room) await this.#change();
  }

  async *read(): AsyncGenerator<Bytes, void> {
    for (;;) {
      const frame = this.#allowed > 0 ? this.#queue.shift() : undefined;
      if (frame !== undefined) {
        this.#allowed -= 1;
        this.#wake();
        yield frame;
      } else if (this.#isOver && this.#queue.length === 0) return;
      else await this.#change();
    }
  }

  hold(): void {
    this.#allowed = 0;
  }

  allow(count: number): void {
    this.#allowed += count;
    this.#wake();
  }

  /** What is on its way is still given. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** What is on its way is lost. */
  drop(): void {
    this.#queue = [];
    this.end();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Both ends, and what a test does to them. */
export class PipePair {
  /** What end 0 sends, and what end 1 sends. */
  readonly lanes: readonly [Lane, Lane];
  readonly ends: readonly [TestPipe, TestPipe];
  readonly #faults: PipeFaults;
  readonly #sent: [number, number] = [0, 0];

  /** @param keys the public keys of end 0 and of end 1 */
  constructor(keys: readonly [Bytes, Bytes], faults: PipeFaults = {}) {
    this.#faults = faults;
    const { room = 16 } = faults;
    this.lanes = [new Lane(room), new Lane(room)];
    this.ends = [new TestPipe(this, 0, keys[1]), new TestPipe(this, 1, keys[0])];
  }

  /** Lets nothing through that this end sends, until `release`. */
  hold(end: End): void {
    this.lanes[end].hold();
  }

  /** Lets so many frames through that this end has sent or will send; all of them unless told. */
  release(end: End, count = Number.POSITIVE_INFINITY): void {
    this.lanes[end].allow(count);
  }

  /** The connection is lost. */
  cut(): void {
    for (const lane of this.lanes) this.#faults.isHarsh === true ? lane.drop() : lane.end();
  }

  /** @internal */
  async send(end: End, frame: Bytes, sent: Bytes[]): Promise<void> {
    const { alter, cutAfter = Number.POSITIVE_INFINITY } = this.#faults;
    if (this.#total() >= cutAfter) {
      this.cut();
      throw new Error("the pipe is lost");
    }
    sent.push(frame.slice());
    const index = this.#sent[end];
    this.#sent[end] += 1;
    const arriving = alter?.(end, index, frame) ?? [frame.slice()];
    const room = this.lanes[end].send(arriving);
    if (this.#total() >= cutAfter) this.cut();
    await room;
  }

  /** @internal */
  reset(end: End): void {
    // Who resets reads nothing more; whether the other end does depends on the engine.
    this.lanes[end === 0 ? 1 : 0].drop();
    this.#faults.isHarsh === true ? this.lanes[end].drop() : this.lanes[end].end();
  }

  #total(): number {
    return this.#sent[0] + this.#sent[1];
  }
}

/** Two ends of a pipe. @param keys the public keys that the engine has proved: of end 0, and of end 1 */
export function pipePair(keys: readonly [Bytes, Bytes], faults: PipeFaults = {}): PipePair {
  return new PipePair(keys, faults);
}

/** Faults drawn at random. @param random from 0 to 1, such as Math.random @param frames the pipe is cut within so many */
export function drawPipeFaults(random: () => number, frames: number): PipeFaults {
  return {
    cutAfter: Math.floor(random() * frames),
    isHarsh: random() < 0.5,
    room: 1 + Math.floor(random() * 16),
  };
}
