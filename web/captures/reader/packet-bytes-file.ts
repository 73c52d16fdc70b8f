// Where the bytes of packets are read again when somebody looks at them: in the capture itself, or, if that is gzipped, in
// a file of ours, since nobody can begin in the middle of what gzip has packed.

import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { CallError } from "../../shared/fields.ts";

/** How much is read at once: most who look at a packet look at the next one, too. */
const READ_AT_ONCE = 1_048_576;
const WRITE_AT_ONCE = 1_048_576;

export class PacketBytesFile {
  readonly #capture: number;
  /** The size and time of the capture when it was opened: a program may write into it again. */
  readonly #stamp: string;
  readonly #spillPath: string;
  #spill: number | undefined;
  #spilled = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #window: Buffer = Buffer.alloc(0);
  #windowAt = 0;

  /** @param spillPath where our file is made, if it is needed */
  constructor(path: string, spillPath: string) {
    this.#capture = openSync(path, "r");
    this.#stamp = stampOf(this.#capture);
    this.#spillPath = spillPath;
  }

  /** Keeps bytes in our file. @returns their offset for `read` */
  keep(bytes: Buffer): number {
    this.#spill ??= openSync(this.#spillPath, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, 0o600);
    const offset = this.#spilled;
    this.#spilled += bytes.length;
    this.#waiting.push(Buffer.from(bytes));
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= WRITE_AT_ONCE) this.#write();
    return offset;
  }

  /** To be called when everything is kept. */
  finish(): void {
    if (this.#spill === undefined) return;
    this.#write();
    closeSync(this.#capture);
  }

  /**
   * Bytes, as a view that stays until the next call.
   * @throws CallError if the capture is another one by now
   */
  read(offset: number, length: number): Buffer {
    const start = offset - this.#windowAt;
    if (start >= 0 && start + length <= this.#window.length)
      return this.#window.subarray(start, start + length);
    const file = this.#spill ?? this.#capture;
    if (this.#spill === undefined && stampOf(file) !== this.#stamp) throw changed();
    const memory = Buffer.allocUnsafe(Math.max(length, READ_AT_ONCE));
    const count = readSync(file, memory, 0, memory.length, offset);
    if (count < length) throw changed();
    this.#window = memory.subarray(0, count);
    this.#windowAt = offset;
    return this.#window.subarray(0, length);
  }

  #write(): void {
    if (this.#spill !== undefined) writeSync(this.#spill, Buffer.concat(this.#waiting));
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}

function stampOf(file: number): string {
  const { size, mtimeMs } = fstatSync(file);
  return `${size} ${mtimeMs}`;
}

function changed(): CallError {
  return new CallError("the file has changed since it was opened: close it, and open it again");
}
