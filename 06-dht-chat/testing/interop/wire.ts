// Frames over a stream (P10.6): a 32-bit length and that many bytes.

import type { Stream } from "@libp2p/interface";

export const MOST_FRAME = 262_144;

/** How a stream is over: the other side has reset it, or has ended it in order. */
export type Over = "reset" | "ended";

export class Wire {
  /** The Ed25519 key that the engine has proved, 32 bytes. */
  readonly remoteKey: Buffer;
  readonly #stream: Stream;
  readonly #frames: Buffer[] = [];
  #bytes = Buffer.alloc(0);
  #over: Over | undefined;
  /** Those who wait for any change. */
  readonly #waiting = new Set<() => void>();

  constructor(stream: Stream, remoteKey: Buffer) {
    this.#stream = stream;
    this.remoteKey = remoteKey;
    stream.addEventListener("message", ({ data }) => this.#take(Buffer.from(data.subarray())));
    stream.addEventListener("remoteCloseWrite", () => this.#end("ended"));
    stream.addEventListener("close", ({ error }) => this.#end(error === undefined ? "ended" : "reset"));
  }

  send(frame: Uint8Array): void {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.length);
    this.sendRaw(Buffer.concat([length, frame]));
  }

  /** Sends bytes without a length before them. What cannot be sent any more is lost, as on any network. */
  sendRaw(bytes: Uint8Array): void {
    if (this.#stream.status === "open") this.#stream.send(bytes);
  }

  /** Waits until the stream takes more. */
  async drained(): Promise<void> {
    if (this.#stream.status === "open" && this.#stream.writableNeedsDrain) await this.#stream.onDrain();
  }

  /**
   * The next frame, or how the stream is over.
   * @throws Error if neither comes within `limit` ms
   */
  async next(limit = 60_000): Promise<Buffer | Over> {
    const end = Date.now() + limit;
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) return frame;
      if (this.#over !== undefined) return this.#over;
      if (Date.now() >= end) throw new Error(`no frame came within ${limit} ms`);
      await this.#change(end - Date.now());
    }
  }

  /** Waits until the other side has reset the stream, also one that it has ended before. Frames are left out. */
  async wasReset(limit = 30_000): Promise<void> {
    const end = Date.now() + limit;
    while (this.#over !== "reset") {
      if (Date.now() >= end) throw new Error(`the stream was not reset within ${limit} ms`);
      await this.#change(end - Date.now());
    }
  }

  reset(): void {
    this.#stream.abort(new Error("reset by the test's page"));
  }

  #change(limit: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, limit);
      this.#waiting.add(wake);
    });
  }

  #changed(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #take(data: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, data]);
    while (this.#bytes.length >= 4) {
      const size = this.#bytes.readUInt32BE(0);
      if (size > MOST_FRAME) return this.reset();
      if (this.#bytes.length < 4 + size) break;
      this.#frames.push(this.#bytes.subarray(4, 4 + size));
      this.#bytes = this.#bytes.subarray(4 + size);
    }
    this.#changed();
  }

  #end(over: Over): void {
    this.#over = this.#over === "reset" ? "reset" : over;
    this.#changed();
  }
}
