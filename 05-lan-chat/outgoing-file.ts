// One file on its way to a peer, in one session: pieces in order, some of them open at a time (P9.9).

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { encodeBase64 } from "./base64.ts";
import type { Session } from "./sessions.ts";
import { MAX_OPEN_PIECES, PIECE_BYTES } from "./transfers.ts";

/** The SHA-256 of a file, in hexadecimal digits, and how many bytes it has. */
export async function hashFile(path: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { sha256: hash.digest("hex"), size };
}

export class OutgoingFile {
  readonly #session: Session;
  readonly #file: string;
  readonly #size: number;
  /** Where the pieces begin that are not acknowledged, in order, and where they end. */
  readonly #open = new Map<number, number>();
  #acknowledged: number;
  #isStopped = false;
  #wake = (): void => {};

  /** @param offset where the receiver wants it to begin */
  constructor(session: Session, { file, size }: { file: string; size: number }, offset: number) {
    this.#session = session;
    this.#file = file;
    this.#size = size;
    this.#acknowledged = offset;
  }

  /** How many bytes are known to be on the receiver's disk. */
  get done(): number {
    return this.#acknowledged;
  }

  /** Sends it. @returns true when all of it is acknowledged, false when it was stopped @throws Error if it cannot be read */
  async send(path: string): Promise<boolean> {
    if (this.#acknowledged === this.#size) return true;
    const file = await open(path, "r");
    try {
      if ((await file.stat()).size !== this.#size) throw new Error("it has changed since it was offered");
      await this.#sendPieces(file);
    } finally {
      await file.close();
    }
    while (this.#open.size > 0 && !this.#isStopped) await this.#change();
    return !this.#isStopped;
  }

  async #sendPieces(file: FileHandle): Promise<void> {
    const buffer = Buffer.alloc(PIECE_BYTES);
    for (let offset = this.#acknowledged; offset < this.#size; ) {
      while (this.#open.size >= MAX_OPEN_PIECES && !this.#isStopped) await this.#change();
      // What the other side does not read must not pile up here.
      await this.#session.drained();
      const { bytesRead } = await file.read(buffer, 0, Math.min(PIECE_BYTES, this.#size - offset), offset);
      if (bytesRead === 0) throw new Error("it has become shorter since it was offered");
      const data = encodeBase64(buffer.subarray(0, bytesRead));
      if (this.#isStopped || !this.#session.send({ type: "chunk", file: this.#file, offset, data }))
        return this.stop();
      this.#open.set(offset, offset + bytesRead);
      offset += bytesRead;
    }
  }

  /** The receiver has a piece on its disk. */
  acknowledge(offset: number): void {
    const end = this.#open.get(offset);
    if (end === undefined) return;
    this.#open.delete(offset);
    this.#acknowledged = Math.max(this.#acknowledged, end);
    this.#wake();
  }

  /** The session is over, or one side has cancelled. */
  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  /** Resolves when something has changed. */
  async #change(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
