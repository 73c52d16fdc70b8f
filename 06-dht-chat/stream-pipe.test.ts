// Pipes over streams of bytes: what is held, what is given, and how they end.

import { expect } from "chai";
import type { Bytes } from "./bytes.ts";
import { concat, uint32 } from "./bytes.ts";
import { encodeFrame } from "./frames.ts";
import { type ByteStream, StreamPipe } from "./stream-pipe.ts";

type Listener = (event: { data: Uint8Array }) => void;

/** A stream as libp2p has them, that a test plays: what comes, when there is room, how it ends. */
class PlayedStream implements ByteStream {
  writableNeedsDrain = false;
  writeStatus: "writable" | "closing" | "closed" = "writable";
  readableEnded = false;
  readStatus: "readable" | "paused" | "closing" | "closed" = "readable";
  sent: Uint8Array[] = [];
  aborted = 0;
  /** What has come while it was paused. */
  #waiting: Uint8Array[] = [];
  readonly #listeners = new Map<string, Listener[]>();

  send(bytes: Uint8Array): boolean {
    this.sent.push(bytes);
    return !this.writableNeedsDrain;
  }

  pause(): void {
    this.readStatus = "paused";
  }

  resume(): void {
    this.readStatus = "readable";
    for (const chunk of this.#waiting.splice(0)) this.comes(chunk);
  }

  abort(): void {
    this.aborted += 1;
    this.ends("close");
  }

  async close(): Promise<void> {
    this.writeStatus = "closed";
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  comes(chunk: Uint8Array): void {
    if (this.readStatus === "paused") this.#waiting.push(chunk);
    else this.#tell("message", chunk);
  }

  drains(): void {
    this.writableNeedsDrain = false;
    this.#tell("drain");
  }

  ends(how: "end" | "close"): void {
    if (how === "close") this.writeStatus = "closed";
    this.#tell(how);
  }

  #tell(type: string, data: Uint8Array = new Uint8Array()): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data });
  }
}

async function all(pipe: StreamPipe): Promise<Bytes[]> {
  const frames: Bytes[] = [];
  for await (const frame of pipe.frames) frames.push(frame);
  return frames;
}

/** Whether it has resolved, once all that needs no time has happened. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  return done;
}

describe("a pipe over a stream", () => {
  const frame = (length: number, fill = 7): Bytes => new Uint8Array(length).fill(fill);
  let stream: PlayedStream;
  let pipe: StreamPipe;
  let wasCut: boolean;

  beforeEach(() => {
    stream = new PlayedStream();
    wasCut = false;
    pipe = new StreamPipe(stream, frame(32, 1), () => {
      wasCut = true;
    });
  });

  it("P10.6 a frame goes out with its length before it, and comes in whatever pieces it comes", async () => {
    await pipe.send(frame(3));
    expect(stream.sent).to.deep.equal([Uint8Array.from([0, 0, 0, 3, 7, 7, 7])]);
    for (const byte of encodeFrame(frame(2))) stream.comes(Uint8Array.from([byte]));
    stream.comes(concat(encodeFrame(frame(0)), encodeFrame(frame(1)), Uint8Array.from([0, 0])));
    stream.ends("end");
    expect(await all(pipe)).to.deep.equal([frame(2), frame(0), frame(1)]);
  });

  it("P10.6 whoever sends waits until there is room, each time anew", async () => {
    for (let time = 0; time < 3; time++) {
      stream.writableNeedsDrain = true;
      const sending = pipe.send(frame(10));
      expect(await isDone(sending), `time ${time}`).to.equal(false);
      stream.drains();
      expect(await isDone(sending), `time ${time}`).to.equal(true);
    }
  });

  it("P10.6 a slow reader pauses the stream, and resumes it; nothing is lost", async () => {
    const sizes = Array.from({ length: 20 }, () => 100_000);
    for (const size of sizes) stream.comes(encodeFrame(frame(size)));
    expect(stream.readStatus).to.equal("paused");
    stream.ends("end");
    expect((await all(pipe)).map(({ length }) => length).slice(0, 6)).to.deep.equal(sizes.slice(0, 6));
    expect(stream.readStatus).to.equal("readable");
  });

  it("P10.6 frames without any bytes pause the stream, too: each takes memory", () => {
    for (let count = 0; count < 10; count++) stream.comes(new Uint8Array(4 * 1000));
    expect(stream.readStatus).to.equal("paused");
  });

  it("P10.6 when the stream is lost, what had come is given, also what waited; then it is over", async () => {
    for (let count = 0; count < 12; count++) stream.comes(encodeFrame(frame(100_000)));
    expect(stream.readStatus).to.equal("paused");
    stream.ends("close");
    expect(await all(pipe)).to.have.length(12);
    const problem = await pipe.send(frame(1)).catch((error: Error) => error.message);
    expect(problem).to.equal("the stream to the other side is over");
  });

  it("P10.6 who waits to send learns that the stream is lost", async () => {
    stream.writableNeedsDrain = true;
    const sending = pipe.send(frame(1)).catch((error: Error) => error.message);
    stream.ends("close");
    expect(await sending).to.equal("the stream to the other side is over");
  });

  it("P10.6 a frame that is too long resets the stream; those that came before are given", async () => {
    stream.comes(encodeFrame(frame(262_144)));
    stream.comes(concat(uint32(262_145), frame(10)));
    expect(stream.aborted).to.equal(1);
    expect((await all(pipe)).map(({ length }) => length)).to.deep.equal([262_144]);
  });

  it("P10.8 a pipe that is given up is reset, and what carries it is cut; a reset alone cuts nothing", () => {
    pipe.reset();
    expect(wasCut).to.equal(false);
    pipe.giveUp();
    expect(stream.aborted).to.equal(2);
    expect(wasCut).to.equal(true);
  });

  it("P10.6 after an own reset nothing more is given, and a reader that waits is told", async () => {
    const reading = all(pipe);
    expect(await isDone(reading)).to.equal(false);
    pipe.reset();
    expect(await reading).to.deep.equal([]);
    const other = new PlayedStream();
    const full = new StreamPipe(other, frame(32), () => {});
    other.comes(encodeFrame(frame(5)));
    full.reset();
    expect(await all(full)).to.deep.equal([]);
    expect(other.aborted).to.equal(1);
  });
});
