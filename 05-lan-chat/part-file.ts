// What has come of a file, on the disk, until all of it is there (P9.9).
// It lies in DIR/files/.part under a name that nobody outside can choose, and gets its own name in DIR/files in one step.

import { createHash, type Hash } from "node:crypto";
import { constants, lstatSync, mkdirSync } from "node:fs";
import { type FileHandle, link, lstat, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "./program.ts";
import { numberedName } from "./transfers.ts";

/** Read and write, make it if it is not there, and follow no link: nobody may make us write into another file. */
const OPEN_PART = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);

/** How much is read at a time of a part that was left from before. */
const READ_BYTES = 1024 * 1024;

/** What a file system answers that knows no second name for a file. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** Makes DIR/files and DIR/files/.part. @throws UserError if one of them is a link; Error if it cannot be made */
export function prepareFileFolders(dir: string): void {
  for (const folder of [join(dir, "files"), join(dir, "files", ".part")]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!lstatSync(folder).isDirectory())
      throw new UserError(`${folder} is no folder, and a link is not followed: move it away`);
  }
}

export class PartFile {
  readonly #file: FileHandle;
  readonly #path: string;
  /** Goes along with what is written: at the end the whole file need not be read again. */
  readonly #hash: Hash;
  #size: number;

  private constructor(file: FileHandle, path: string, hash: Hash, size: number) {
    this.#file = file;
    this.#path = path;
    this.#hash = hash;
    this.#size = size;
  }

  /** Opens the part of this name, or begins it. @param largest a part that is longer is begun anew */
  static async open(dir: string, name: string, largest: number): Promise<PartFile> {
    prepareFileFolders(dir);
    const path = join(dir, "files", ".part", name);
    const file = await open(path, OPEN_PART, 0o600);
    try {
      const { size } = await file.stat();
      if (size > largest) await file.truncate(0);
      const hash = createHash("sha256");
      return new PartFile(file, path, hash, await hashAll(file, hash));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** How much of the file is there, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** Adds a piece at its end. */
  async append(piece: Buffer): Promise<void> {
    for (let written = 0; written < piece.length; ) {
      const { bytesWritten } = await this.#file.write(
        piece,
        written,
        piece.length - written,
        this.#size + written,
      );
      written += bytesWritten;
    }
    this.#hash.update(piece);
    this.#size += piece.length;
  }

  /** Brings all of it to the disk. @returns the SHA-256 of it, in hexadecimal digits. Nothing can be added any more */
  async complete(): Promise<string> {
    await this.#file.sync();
    return this.#hash.digest("hex");
  }

  /**
   * Gives the file its name in the folder, where nothing has that name yet.
   * @param choose is told each path before it is tried: if we crash after it, isPlacedAt says whether that was it
   * @returns its path
   */
  async place(folder: string, name: string, choose: (path: string) => void): Promise<string> {
    for (let copy = 0; ; copy++) {
      const path = join(folder, numberedName(name, copy));
      if (isTaken(path) && !(await this.#isAt(path))) continue;
      choose(path);
      if (await this.#link(path)) {
        await rm(this.#path, { force: true });
        return path;
      }
    }
  }

  /** @returns false if something else has the name */
  async #link(path: string): Promise<boolean> {
    try {
      await link(this.#path, path);
      return true;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (code === "EEXIST") return await this.#isAt(path);
      if (!NO_LINKS.has(code)) throw error;
      // Here rename replaces what is there, so it is asked first. Nobody else uses this folder.
      if (isTaken(path)) return false;
      await rename(this.#path, path);
      return true;
    }
  }

  /** A crash can leave the file with both its names. */
  async #isAt(path: string): Promise<boolean> {
    const [own, other] = await Promise.all([
      this.#file.stat({ bigint: true }),
      lstat(path, { bigint: true }),
    ]);
    return own.ino === other.ino && own.dev === other.dev;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.#path, { force: true });
  }
}

/** Says whether anything has this name, be it a link that leads nowhere. */
function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Says whether a crash came after the file had got its name, and before that was noted: the part is gone, and it is there. */
export function isPlaced(dir: string, part: string, path: string, size: number): boolean {
  if (path === "" || isTaken(join(dir, "files", ".part", part))) return false;
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size === size;
}

/** Removes a part that nobody goes on with. */
export async function removePart(dir: string, name: string): Promise<void> {
  await rm(join(dir, "files", ".part", name), { force: true });
}

/** @returns how many bytes there were */
async function hashAll(file: FileHandle, hash: Hash): Promise<number> {
  const buffer = Buffer.alloc(READ_BYTES);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return position;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
