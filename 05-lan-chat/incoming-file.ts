// One file on its way from a peer, in one session: pieces in order, each of them on the disk before it is acknowledged (P9.9).

import { join } from "node:path";
import type { FileRecord } from "./history.ts";
import { PartFile } from "./part-file.ts";
import { MAX_OPEN_PIECES, type Piece, partName } from "./transfers.ts";

export interface IncomingEvents {
  /** A piece is on the disk, but for the last one: that is acknowledged when the whole file is in its place. */
  kept(offset: number): void;
  /** It is about to get this path. To be noted before it does. */
  choose(path: string): void;
  /** All of it is there, under this path. @param lastOffset the piece that is not acknowledged yet; undefined if all was there before */
  complete(path: string, lastOffset: number | undefined): void;
  /** It cannot go on. @param reason for the user */
  failed(reason: string): void;
}

export class IncomingFile {
  readonly #dir: string;
  readonly #record: FileRecord;
  readonly #events: IncomingEvents;
  #part: PartFile | undefined;
  /** Where the next piece has to begin; undefined until the part is open. */
  #expected: number | undefined;
  #openPieces = 0;
  /** What is done one after the other. */
  #work: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(dir: string, record: FileRecord, events: IncomingEvents) {
    this.#dir = dir;
    this.#record = record;
    this.#events = events;
  }

  /** How many bytes of it are on our disk. */
  get done(): number {
    return this.#part?.size ?? 0;
  }

  /**
   * Opens what there is of it.
   * @param before has to resolve before: until then the part is in other hands
   * @param opened is told where the other side has to go on, if anything is missing
   */
  begin(before: Promise<void>, opened: (offset: number) => void): void {
    this.#do(async () => {
      await before;
      // An offer that is made again and again must not let us read the part again for each.
      if (this.#isStopped) return;
      const { fingerprint, size } = this.#record;
      this.#part = await PartFile.open(this.#dir, partName(fingerprint, this.#record), size);
      this.#expected = this.#part.size;
      // If all of it is there, it is put in its place first: then complete() is told instead of opened.
      if (this.#expected === size) await this.#complete(this.#part, undefined);
      else opened(this.#expected);
    });
  }

  /** @returns false if the piece is not the next one, goes beyond the end, or is one too many */
  receive({ offset, data }: Piece): boolean {
    const end = offset + data.length;
    if (offset !== this.#expected || end > this.#record.size || this.#openPieces >= MAX_OPEN_PIECES)
      return false;
    this.#expected = end;
    this.#openPieces += 1;
    this.#do(async () => {
      if (this.#part === undefined) return;
      await this.#part.append(data);
      this.#openPieces -= 1;
      if (end === this.#record.size) await this.#complete(this.#part, offset);
      else this.#events.kept(offset);
    });
    return true;
  }

  async #complete(part: PartFile, lastOffset: number | undefined): Promise<void> {
    this.#isStopped = true;
    if ((await part.complete()) !== this.#record.sha256) {
      await part.remove();
      this.#part = undefined;
      return this.#events.failed("what came is not what was offered (its SHA-256 is wrong)");
    }
    const path = await part.place(join(this.#dir, "files"), this.#record.name, this.#events.choose);
    this.#events.complete(path, lastOffset);
  }

  /** Resolves when all that was begun is done. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Ends it; what has come stays as it is. Resolves when the part is closed. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#work;
    const part = this.#part;
    this.#part = undefined;
    await part?.close();
  }

  #do(step: () => Promise<void>): void {
    const next = async (): Promise<void> => {
      if (!this.#isStopped) await step();
    };
    this.#work = this.#work.then(next).catch((error: unknown) => {
      this.#isStopped = true;
      this.#events.failed(error instanceof Error ? error.message : String(error));
    });
  }
}
