// One file that a contact offers: its chunks are stored and acknowledged, and its hash is compared at the end (P10.9).

import { toHex } from "./bytes.ts";
import type { ChunkContent } from "./contents.ts";
import { sha256 } from "./cryptography.ts";
import { blobOf, contentOf, type FileWays, readWhole } from "./file-ways.ts";
import type { Outcome } from "./messenger-view.ts";
import { sentenceOf } from "./problems.ts";
import type { StoredFile } from "./store.ts";
import { IncomingTransfer, type Part } from "./transfer.ts";

const WRONG_HASH =
  "The file that came is not the one that was offered, and was thrown away. Ask for it once more.";
const NONSENSE =
  "What came does not fit the file that was offered, and was thrown away. Ask for it once more.";

export class IncomingFile {
  readonly order: number;
  readonly #ways: FileWays;
  readonly #over: () => void;
  #stored: StoredFile;
  /** Since our user accepted it. */
  #transfer: IncomingTransfer | undefined;
  #isStoring = false;
  #isOver = false;

  /** @param over called when nothing more happens with it */
  constructor(ways: FileWays, stored: StoredFile, over: () => void) {
    this.#ways = ways;
    this.#over = over;
    this.#stored = stored;
    this.order = stored.order;
    if (stored.state === "passing") this.#transfer = new IncomingTransfer(stored, stored.done);
  }

  /** Our user wants it. Never rejects. */
  async accept(): Promise<Outcome> {
    if (this.#transfer) return undefined;
    try {
      const stored = await this.#ways.store.setFile(this.order, { state: "passing" });
      if (!stored) return undefined;
      this.#update(stored);
      this.#transfer = new IncomingTransfer(stored, stored.done);
      this.#ways.answer(this.#transfer.accept());
      return undefined;
    } catch (error) {
      return { problem: sentenceOf(error) };
    }
  }

  /** The same offer came again after a loss: it goes on where it was, if our user has accepted it. */
  async offeredAgain(): Promise<void> {
    if (!this.#transfer || this.#isOver) return;
    this.#ways.answer(this.#transfer.accept());
    await this.#storeParts();
  }

  /** @throws StoreError, StorageFull */
  async receive(chunk: ChunkContent): Promise<void> {
    if (!this.#transfer || this.#isOver) return;
    const answer = this.#transfer.receive(chunk);
    if (answer === "nonsense") return this.#drop(NONSENSE);
    if (answer) this.#ways.answer(answer);
    // Not waited for: what comes meanwhile is stored with the next part. The window bounds it.
    void this.#storeParts();
  }

  /** It is not wanted any more, by us or by them. Never rejects. */
  async end(state: "refused" | "cancelled", isTheirWish = false): Promise<void> {
    if (this.#isOver) return;
    if (!isTheirWish) this.#say(state);
    await this.#finish(state);
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Stores what has come, part by part. Never rejects. */
  async #storeParts(): Promise<void> {
    const transfer = this.#transfer;
    if (this.#isStoring || !transfer) return;
    this.#isStoring = true;
    try {
      for (let part = transfer.takePart(); part && !this.#isOver; part = transfer.takePart())
        if (!(await this.#storePart(transfer, part))) return;
      if (transfer.isWhole && !this.#isOver) await this.#compare();
    } catch (error) {
      await this.#drop(sentenceOf(error));
    } finally {
      this.#isStoring = false;
    }
  }

  async #storePart(transfer: IncomingTransfer, part: Part): Promise<boolean> {
    const stored = await this.#ways.store.addPart(this.order, part.offset, part.bytes);
    if (!stored) return false;
    transfer.stored(part);
    this.#update(stored);
    for (const acknowledgement of part.acknowledgements) this.#ways.answer(acknowledgement);
    return true;
  }

  /** All of it is there: SHA-256 says whether it is the right one. */
  async #compare(): Promise<void> {
    const { store, answer, show } = this.#ways;
    const bytes = await readWhole(await store.partOf(this.order));
    if (toHex(await sha256(bytes)) !== this.#stored.sha256) return this.#drop(WRONG_HASH);
    const blob = blobOf(bytes);
    const stored = await store.finishFile(this.order, blob);
    this.#leave();
    if (!stored) return;
    answer({ type: "done", file: stored.file });
    show(stored, await contentOf(blob));
  }

  async #drop(problem: string): Promise<void> {
    if (this.#isOver) return;
    this.#say("cancelled");
    await this.#finish("dropped", problem);
  }

  async #finish(state: "refused" | "cancelled" | "dropped", problem?: string): Promise<void> {
    this.#leave();
    try {
      const stored = await this.#ways.store.setFile(this.order, { state });
      if (stored) this.#ways.show(stored, undefined, problem);
    } catch (error) {
      // A disk that is full takes not even this. It is over all the same; the next offer finds it open in the storage.
      this.#ways.show({ ...this.#stored, state }, undefined, problem);
      this.#ways.warn(sentenceOf(error));
    }
  }

  #say(state: "refused" | "cancelled"): void {
    this.#ways.answer({ type: state === "refused" ? "refuse" : "cancel", file: this.#stored.file });
  }

  #leave(): void {
    this.#isOver = true;
    this.#over();
  }

  #update(stored: StoredFile): void {
    this.#stored = stored;
    this.#ways.show(stored);
  }
}
