// A file that is read from its beginning to its end, of which only a part is in memory. The readers of the formats look
// at that part, move on in it, and ask for more.

import { type FileHandle, open } from "node:fs/promises";

/** How much is read at once, in bytes. */
const CHUNK = 1_048_576;

/** The file cannot be opened or read. The message is for the user. */
export class FileError extends Error {}

export class CaptureFile {
  /** What is in memory. It changes with every call of `fill` and `skip`: copy what is to be kept. */
  bytes: Buffer = Buffer.alloc(0);
  /** Where in `bytes` the reader is. */
  position = 0;
  readonly #path: string;
  readonly #handle: FileHandle;
  /** In bytes; infinite if nobody knows, as with a pipe. */
  readonly #size: number;
  #memory: Buffer = Buffer.allocUnsafe(CHUNK);
  /** How many bytes of the file stand before `bytes`. */
  #passed = 0;

  private constructor(path: string, handle: FileHandle, size: number) {
    this.#path = path;
    this.#handle = handle;
    this.#size = size;
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
    return this.#handle.close();
  }

  /** How many bytes are in memory from here on. */
  get available(): number {
    return this.bytes.length - this.position;
  }

  /** Where in the file the reader is: bytes from its beginning. */
  get offset(): number {
    return this.#passed + this.position;
  }

  /**
   * Reads until at least `length` bytes are in memory from here on.
   * @returns false if the file ends before; then what is left of it is in memory
   * @throws FileError
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
   * Moves on, over bytes that need not be in memory.
   * @returns false if the file ends before
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

  /** Moves what has not been read yet to the front, and returns how much that is. */
  #makeRoom(length: number): number {
    const rest = this.bytes.subarray(this.position);
    this.#passed += this.position;
    this.position = 0;
    if (length <= this.#memory.length) {
      rest.copy(this.#memory);
    } else {
      // A length that the file claims, but does not have, must not cost memory.
      const wanted = Math.min(length, this.#size - this.#passed);
      const larger = Buffer.allocUnsafe(Math.max(CHUNK, wanted));
      rest.copy(larger);
      this.#memory = larger;
    }
    this.bytes = this.#memory.subarray(0, rest.length);
    return rest.length;
  }

  async #read(held: number): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(this.#memory, held, this.#memory.length - held, null);
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
