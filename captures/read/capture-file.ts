// A file that is read from beginning to end, with only a part of it in memory. The readers of each format look at that
// part, move on in it, and ask for more.

import { type FileHandle, open } from "node:fs/promises";
import { Unpacked } from "./unpacked.ts";

/** How many bytes are read at once. */
const CHUNK = 1_048_576;

/** How many bytes of a gzipped file are read at once. */
const PACKED_CHUNK = 65_536;

/** The file cannot be opened or read. The message is for the user. */
export class FileError extends Error {}

export class CaptureFile {
  /** The part in memory. Every call of `fill` and `skip` changes it, so copy what you want to keep. */
  bytes: Buffer = Buffer.alloc(0);
  /** The position of the reader in `bytes`. */
  position = 0;
  readonly #path: string;
  readonly #handle: FileHandle;
  /** The size in bytes of what is read; infinite if it is unknown, as for a pipe. */
  #size: number;
  readonly #sizeOnDisk: number;
  /** What comes out of a gzipped file, as soon as it is known to be one. */
  #unpacked: Unpacked | undefined;
  #memory: Buffer = Buffer.allocUnsafe(CHUNK);
  /** How many bytes of the file come before `bytes`. */
  #passed = 0;
  /** How many bytes were read of what is on the disk. */
  bytesRead = 0;

  private constructor(path: string, handle: FileHandle, size: number) {
    this.#path = path;
    this.#handle = handle;
    this.#size = size;
    this.#sizeOnDisk = size;
  }

  /** @throws FileError */
  static async open(path: string): Promise<CaptureFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path);
      const status = await handle.stat();
      return new CaptureFile(path, handle, status.isFile() ? status.size : Number.POSITIVE_INFINITY);
    } catch (error) {
      await handle?.close();
      throw fileError(path, error);
    }
  }

  close(): Promise<void> {
    this.#unpacked?.close();
    return this.#handle.close();
  }

  /** Whether `unpack` was called. */
  get isPacked(): boolean {
    return this.#unpacked !== undefined;
  }

  /** From now on, the file is what is gzipped in it. To be called at the beginning of the file, and once. */
  unpack(): void {
    let packed: Buffer | undefined = Buffer.from(this.bytes);
    const memory = Buffer.allocUnsafe(PACKED_CHUNK);
    this.#unpacked = new Unpacked(async () => {
      if (packed === undefined) {
        const count = await this.#readHandle(memory, 0);
        return count === 0 ? undefined : memory.subarray(0, count);
      }
      const first = packed;
      packed = undefined;
      return first;
    });
    this.bytes = Buffer.alloc(0);
    this.#size = Number.POSITIVE_INFINITY;
  }

  /** The size in bytes on the disk; infinite if it is unknown, as for a pipe. */
  get size(): number {
    return this.#sizeOnDisk;
  }

  /** How many bytes are in memory from the position on. */
  get available(): number {
    return this.bytes.length - this.position;
  }

  /** The position of the reader in the file, in bytes. */
  get offset(): number {
    return this.#passed + this.position;
  }

  /**
   * Reads until at least `length` bytes are in memory from the position on.
   * @returns false if the file ends earlier; then the rest of the file is in memory
   * @throws FileError
   * @throws CaptureError if what is gzipped in the file cannot be unpacked
   */
  async fill(length: number): Promise<boolean> {
    if (this.available >= length) return true;
    let held = this.#makeRoom(length);
    while (held < length) {
      const count = await this.#read(held);
      if (count === 0) break;
      held += count;
    }
    this.bytes = this.#memory.subarray(0, held);
    return held >= length;
  }

  /**
   * Moves the position. The bytes on the way do not have to be in memory.
   * @returns false if the file ends earlier
   * @throws FileError
   */
  async skip(length: number): Promise<boolean> {
    let left = length;
    while (left > this.available) {
      left -= this.available;
      this.position = this.bytes.length;
      if (!(await this.fill(1))) return false;
    }
    this.position += left;
    return true;
  }

  /** Moves the unread bytes to the front. @returns how many there are */
  #makeRoom(length: number): number {
    const rest = this.bytes.subarray(this.position);
    this.#passed += this.position;
    this.position = 0;
    if (length <= this.#memory.length) {
      rest.copy(this.#memory);
    } else {
      // A record may claim more bytes than the file holds. Such a length must not cost memory.
      const wanted = Math.min(length, this.#size - this.#passed);
      const larger = Buffer.allocUnsafe(Math.max(CHUNK, wanted));
      rest.copy(larger);
      this.#memory = larger;
    }
    this.bytes = this.#memory.subarray(0, rest.length);
    return rest.length;
  }

  #read(held: number): Promise<number> {
    return this.#unpacked?.read(this.#memory, held) ?? this.#readHandle(this.#memory, held);
  }

  async #readHandle(memory: Buffer, start: number): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(memory, start, memory.length - start, null);
      this.bytesRead += bytesRead;
      return bytesRead;
    } catch (error) {
      throw fileError(this.#path, error);
    }
  }
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file"],
  ["EACCES", "you may not read it"],
  ["EPERM", "you may not read it"],
  ["EISDIR", "it is a folder"],
  ["ENOTDIR", "a part of its path is no folder"],
]);

function fileError(path: string, error: unknown): FileError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return new FileError(`cannot read ${path}: ${REASONS.get(code) ?? String(error)}`, { cause: error });
}
