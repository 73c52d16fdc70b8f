// Unpacks a gzipped file bit by bit. It takes what comes from zlib before it gives more to it, so that little is in memory,
// and so that nothing is lost of what stands before a damage.

import { createGunzip, type Gunzip } from "node:zlib";
import { CaptureError } from "./packet.ts";

/**
 * How many packed bytes zlib gets at once. If it finds a damage in them, it gives nothing of what they hold, also of what
 * stands before the damage: so these are few.
 */
const PACKED_AT_ONCE = 4096;

/** How many bytes zlib gives at once, at most. */
const UNPACKED_AT_ONCE = 262_144;

/** How much a packed file may hold, in bytes: 1 GiB. A small file can be made that unpacks to a thousand times its size. */
export const MOST_UNPACKED = 2 ** 30;

export class Unpacked {
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: UNPACKED_AT_ONCE });
  readonly #nextPacked: () => Promise<Buffer | undefined>;
  readonly #limit: number;
  /** What was read from the packed file and not yet given to zlib. */
  #packed: Buffer = Buffer.alloc(0);
  /** What was unpacked and not yet read. */
  #chunk: Buffer = Buffer.alloc(0);
  /** How many bytes were unpacked. */
  #length = 0;
  /** Whether zlib works on what it was given. */
  #isWorking = false;
  #hasEnded = false;
  #problem: Error | undefined;
  /** Tells whoever waits that something of these has changed. */
  #changed: () => void = () => {};

  /**
   * @param nextPacked the next bytes of the packed file, which must stay as they are until it is called again; undefined at
   * the end
   */
  constructor(nextPacked: () => Promise<Buffer | undefined>, limit = MOST_UNPACKED) {
    this.#nextPacked = nextPacked;
    this.#limit = limit;
    this.#gunzip.on("readable", () => this.#changed());
    this.#gunzip.on("end", () => {
      this.#hasEnded = true;
      this.#changed();
    });
    this.#gunzip.on("error", (error) => {
      this.#problem = error;
      this.#changed();
    });
  }

  /**
   * Reads into `memory`, from `start` on.
   * @returns how many bytes; 0 at the end
   * @throws CaptureError if the file is cut off, damaged, or holds too much
   */
  async read(memory: Buffer, start: number): Promise<number> {
    if (this.#chunk.length === 0) this.#chunk = (await this.#nextChunk()) ?? this.#chunk;
    const count = this.#chunk.copy(memory, start);
    this.#chunk = this.#chunk.subarray(count);
    return count;
  }

  close(): void {
    this.#gunzip.destroy();
  }

  async #nextChunk(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk: Buffer | null = this.#gunzip.read();
      if (chunk !== null) return this.#counted(chunk);
      if (this.#problem !== undefined) throw this.#damage(this.#problem);
      if (this.#hasEnded) return undefined;
      const change = new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      if (!this.#isWorking) await this.#feed();
      await change;
    }
  }

  async #feed(): Promise<void> {
    this.#isWorking = true;
    if (this.#packed.length === 0) {
      const packed = await this.#nextPacked();
      if (packed === undefined) {
        this.#gunzip.end();
        return;
      }
      this.#packed = packed;
    }
    const part = this.#packed.subarray(0, PACKED_AT_ONCE);
    this.#packed = this.#packed.subarray(part.length);
    this.#gunzip.write(part, () => {
      this.#isWorking = false;
      this.#changed();
    });
  }

  #counted(chunk: Buffer): Buffer {
    this.#length += chunk.length;
    if (this.#length <= this.#limit) return chunk;
    const limit = `${this.#limit / 2 ** 20} MiB`;
    throw new CaptureError(`the gzipped file holds more than ${limit} (unpack it with gunzip),`, this.#limit);
  }

  #damage(error: Error): CaptureError {
    const isCutOff = "code" in error && error.code === "Z_BUF_ERROR";
    const what = isCutOff
      ? "the gzipped file is cut off: it ends"
      : `the gzipped file is damaged (${error.message})`;
    return new CaptureError(what, this.#length);
  }
}
