// One file that we offer: its bytes are read, sent, and counted as they are acknowledged (P10.9).

import { BlobReader } from "./blob-reader.ts";
import type { Content, OfferContent } from "./contents.ts";
import type { FileContent } from "./entries.ts";
import { contentOf, type FileWays } from "./file-ways.ts";
import { sentenceOf } from "./problems.ts";
import type { StoredFile } from "./store.ts";
import { OutgoingTransfer, type Range } from "./transfer.ts";

/** After so many acknowledged bytes the progress is stored. What is not stored is known by the other side. */
const STORE_AFTER = 1024 * 1024;

const UNREADABLE = "The file could not be read any more. Offer it once more.";
const WRONG =
  "The other page dropped the file: its bytes arrived otherwise than they were sent, or its disk is full.";

export class OutgoingFile {
  readonly order: number;
  readonly file: number;
  readonly #ways: FileWays;
  readonly #over: () => void;
  readonly #transfer: OutgoingTransfer;
  #stored: StoredFile;
  #blob: Blob | undefined;
  /** While it is being sent. */
  #reader: BlobReader | undefined;
  #content: FileContent | undefined;
  /** Whether chunks are being read and sent. */
  #isPumping = false;
  /** What is stored of it, one after the other. */
  #storing: Promise<void> = Promise.resolve();

  /** @param over called when nothing more happens with it */
  constructor(ways: FileWays, stored: StoredFile, over: () => void, blob?: Blob) {
    this.#ways = ways;
    this.#over = over;
    this.#stored = stored;
    this.#blob = blob;
    this.order = stored.order;
    this.file = stored.file;
    const state = stored.state === "passing" ? "passing" : "offered";
    this.#transfer = new OutgoingTransfer(offerOf(stored), { state, done: stored.done });
    void this.#readContent();
  }

  /** There is a way, or another one: the offer is made, the first time and after each loss. */
  up(): void {
    const offer = this.#transfer.offer();
    if (offer) this.#ways.answer(offer);
  }

  down(): void {
    this.#transfer.lost();
    this.#reader = undefined;
  }

  /** An answer of the other side. Resolves when it is stored. Never rejects. */
  async receive(content: Content): Promise<void> {
    if (!this.#transfer.receive(content)) return;
    this.#changed();
    void this.#pump();
    await this.#storing;
  }

  /** Our user does not want it any more. Never rejects. */
  async cancel(): Promise<void> {
    this.#say(this.#transfer.cancel());
    await this.#storing;
  }

  #say(content: Content | undefined): void {
    if (!content) return;
    this.#ways.answer(content);
    this.#changed();
  }

  /** Reads and sends while the window has room. */
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      for (let range = this.#transfer.takeNext(); range; range = this.#transfer.takeNext())
        if (!(await this.#sendChunk(range))) break;
    } finally {
      this.#isPumping = false;
    }
  }

  /** @returns false if the way is lost, or the bytes are */
  async #sendChunk({ offset, length }: Range): Promise<boolean> {
    try {
      this.#blob ??= await this.#ways.store.blobOf(this.order);
      if (this.#blob) this.#reader ??= new BlobReader(this.#blob);
      const bytes = await this.#reader?.read(offset, length);
      if (bytes?.length !== length) throw new Error(UNREADABLE);
      const chunk: Content = { type: "chunk", file: this.file, offset, bytes };
      await this.#ways.send(chunk, () => this.#transfer.state === "passing").catch(() => undefined);
      return true;
    } catch {
      this.#say(this.#transfer.fail());
      return false;
    }
  }

  /** Shows what has changed, and stores what has to be. */
  #changed(): void {
    const { state, done } = this.#transfer;
    const isNew = state !== this.#stored.state;
    const isDue = isNew || done - this.#stored.done >= STORE_AFTER || done < this.#stored.done;
    this.#ways.show({ ...this.#stored, state, done }, this.#content, state === "dropped" ? WRONG : undefined);
    if (!isDue) return;
    this.#stored = { ...this.#stored, state, done };
    const isOver = state !== "offered" && state !== "passing";
    if (isOver) this.#over();
    this.#storing = this.#storing
      .then(() => this.#store(state, done))
      .catch((error: unknown) => this.#ways.warn(sentenceOf(error)));
  }

  async #store(state: StoredFile["state"], done: number): Promise<void> {
    const { store } = this.#ways;
    if (state === "done") await store.finishFile(this.order);
    else await store.setFile(this.order, { state, done });
  }

  /** Its picture, if it is one, is shown before it has gone. */
  async #readContent(): Promise<void> {
    const { store, show } = this.#ways;
    try {
      this.#blob ??= await store.blobOf(this.order);
      this.#content = this.#blob && (await contentOf(this.#blob));
      show({ ...this.#stored, state: this.#transfer.state, done: this.#transfer.done }, this.#content);
    } catch (error) {
      this.#ways.warn(sentenceOf(error));
    }
  }
}

function offerOf({ file, name, media, size, sha256 }: StoredFile): OfferContent {
  return { type: "offer", file, name, media, size, sha256 };
}
