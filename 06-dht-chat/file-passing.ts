// Files of one contact, in both directions: offers, answers, and which file a content belongs to (P10.9).

import { type Bytes, readUint32, toHex } from "./bytes.ts";
import type { Content, OfferContent } from "./contents.ts";
import { randomBytes, sha256 } from "./cryptography.ts";
import { blobOf, contentOf, type FileWays, readWhole } from "./file-ways.ts";
import { IncomingFile } from "./incoming-file.ts";
import type { Outcome } from "./messenger-view.ts";
import { safeFileName } from "./names.ts";
import { OutgoingFile } from "./outgoing-file.ts";
import { sentenceOf } from "./problems.ts";
import type { StoredFile } from "./store.ts";
import { isFileSize, MAX_FILE_BYTES } from "./transfer.ts";

/** The largest file in MB, as the page says sizes, and exactly. */
const LIMIT = `${(MAX_FILE_BYTES / 1_000_000).toFixed(1)} MB (${MAX_FILE_BYTES.toLocaleString("en-US")} bytes)`;

/** A longer name is shortened before it is offered, in UTF-16 code units. */
const LONGEST_OFFERED_NAME = 200;

/** So many offers of a contact may be open; further ones are refused (P9.9). */
const MOST_OPEN_OFFERS = 16;

export class FilePassing {
  readonly #ways: FileWays;
  /** Open files, by their numbers. */
  readonly #outgoing = new Map<number, OutgoingFile>();
  readonly #incoming = new Map<number, IncomingFile>();
  /** Own offers that were cancelled while there was no way to say so. */
  readonly #unsaid = new Set<number>();
  #isUp = false;

  constructor(ways: FileWays) {
    this.#ways = ways;
  }

  /** Shows a stored file, with its bytes where they are whole. @throws StoreError */
  async showStored(file: StoredFile): Promise<void> {
    const isWhole = file.state === "done" || file.direction === "out";
    const blob = isWhole ? await this.#ways.store.blobOf(file.order) : undefined;
    this.#ways.show(file, blob && (await contentOf(blob)));
  }

  /** Takes files that were open when the page was closed. They wait for a way. */
  restore(files: readonly StoredFile[]): void {
    for (const file of files) {
      if (file.direction === "in") {
        if (!this.#incoming.has(file.file)) this.#addIncoming(file);
      } else if (!this.#outgoing.has(file.file)) this.#addOutgoing(file);
    }
  }

  /** There is a way, or another one: the same offers are made again. */
  up(): void {
    this.#isUp = true;
    for (const file of this.#unsaid) this.#ways.answer({ type: "cancel", file });
    this.#unsaid.clear();
    for (const file of this.#outgoing.values()) file.up();
  }

  down(): void {
    this.#isUp = false;
    for (const file of this.#outgoing.values()) file.down();
  }

  /** Never rejects. */
  async offer(file: Blob, name: string): Promise<Outcome> {
    if (file.size === 0) return { problem: "This file is empty. Choose another one." };
    if (!isFileSize(file.size))
      return {
        problem: `This file is too large: ${LIMIT} at most. Choose a smaller one, or split it.`,
      };
    try {
      return await this.#offer(await readWhole(file), file.type, name);
    } catch (error) {
      if (error instanceof DOMException) return { problem: "This file cannot be read. Choose it once more." };
      return { problem: sentenceOf(error) };
    }
  }

  /** Our user wants a file that was offered. Never rejects. */
  async accept(order: number): Promise<Outcome> {
    return (await this.#incomingBy(order)?.accept()) ?? undefined;
  }

  /** Never rejects. */
  async refuse(order: number): Promise<void> {
    await this.#incomingBy(order)?.end("refused");
  }

  /** Never rejects. */
  async cancel(order: number): Promise<void> {
    await this.#incomingBy(order)?.end("cancelled");
    const outgoing = [...this.#outgoing.values()].find((file) => file.order === order);
    if (!outgoing) return;
    if (!this.#isUp) this.#unsaid.add(outgoing.file);
    await outgoing.cancel();
  }

  /** Offers a dropped file again. Never rejects. */
  async again(order: number): Promise<Outcome> {
    try {
      const file = await this.#ways.store.setFile(order, { state: "offered", done: 0 });
      if (file?.direction !== "out") return undefined;
      this.#addOutgoing(file);
      return undefined;
    } catch (error) {
      return { problem: sentenceOf(error) };
    }
  }

  /** Takes what belongs to a file. Never rejects. */
  async receive(content: Content): Promise<void> {
    try {
      await this.#receive(content);
    } catch (error) {
      this.#ways.warn(sentenceOf(error));
    }
  }

  stop(): void {
    this.down();
    for (const file of this.#incoming.values()) file.stop();
    this.#outgoing.clear();
    this.#incoming.clear();
  }

  async #receive(content: Content): Promise<void> {
    if (content.type === "offer") return this.#receiveOffer(content);
    if (content.type === "chunk") return this.#incoming.get(content.file)?.receive(content);
    if (content.type === "cancel") await this.#incoming.get(content.file)?.end("cancelled", true);
    if (!("file" in content)) return;
    const outgoing = this.#outgoing.get(content.file);
    if (outgoing) await outgoing.receive(content);
    // Whoever accepts an offer that is over has to hear that.
    else if (content.type === "accept") this.#ways.answer({ type: "cancel", file: content.file });
  }

  async #receiveOffer(offer: OfferContent): Promise<void> {
    const { store, chat, answer } = this.#ways;
    const known = await store.findFile(chat, "in", offer.file);
    if (!known) return this.#receiveNewOffer(offer);
    if (known.sha256 !== offer.sha256 || known.size !== offer.size)
      answer({ type: "refuse", file: offer.file });
    else if (known.state === "done") answer({ type: "done", file: offer.file });
    else if (known.state === "refused") answer({ type: "refuse", file: offer.file });
    else if (known.state === "cancelled") answer({ type: "cancel", file: offer.file });
    else if (known.state === "dropped") await this.#receiveAgain(known);
    else {
      // Where the storage was full, it is open there and nowhere else.
      if (!this.#incoming.has(offer.file)) this.#addIncoming(known);
      await this.#incoming.get(offer.file)?.offeredAgain();
    }
  }

  async #receiveNewOffer({ file, name, media, size, sha256: hash }: OfferContent): Promise<void> {
    const { store, chat, clock, answer } = this.#ways;
    const isTaken = isFileSize(size) && this.#incoming.size < MOST_OPEN_OFFERS;
    if (!isTaken) return answer({ type: "refuse", file });
    const offered = { chat, direction: "in", file, name, media, size, sha256: hash } as const;
    const stored = await store.addFile(offered, clock.now());
    if (stored) this.#addIncoming(stored);
  }

  /** A file that was dropped is offered again. It counts as any other offer. */
  async #receiveAgain(known: StoredFile): Promise<void> {
    if (this.#incoming.size >= MOST_OPEN_OFFERS)
      return this.#ways.answer({ type: "refuse", file: known.file });
    const file = await this.#ways.store.setFile(known.order, { state: "offered", done: 0 });
    if (file) this.#addIncoming(file);
  }

  async #offer(bytes: Bytes, media: string, name: string): Promise<Outcome> {
    const { store, chat, clock } = this.#ways;
    const blob = blobOf(bytes);
    const file = {
      chat,
      direction: "out",
      file: readUint32(randomBytes(4)),
      name: offeredName(name),
      media: media.slice(0, 100),
      size: bytes.length,
      sha256: toHex(await sha256(bytes)),
    } as const;
    const stored = await store.addFile(file, clock.now(), blob);
    if (stored) this.#addOutgoing(stored, blob);
    return undefined;
  }

  #addOutgoing(stored: StoredFile, blob?: Blob): void {
    const over = (): void => void this.#outgoing.delete(stored.file);
    const file = new OutgoingFile(this.#ways, stored, over, blob);
    this.#outgoing.set(stored.file, file);
    if (this.#isUp) file.up();
  }

  #addIncoming(stored: StoredFile): void {
    const over = (): void => void this.#incoming.delete(stored.file);
    this.#incoming.set(stored.file, new IncomingFile(this.#ways, stored, over));
    this.#ways.show(stored);
  }

  #incomingBy(order: number): IncomingFile | undefined {
    return [...this.#incoming.values()].find((file) => file.order === order);
  }
}

/** The name that is said to the other side, who cleans it. */
function offeredName(name: string): string {
  return name.length <= LONGEST_OFFERED_NAME ? name.toWellFormed() || "file" : safeFileName(name);
}
