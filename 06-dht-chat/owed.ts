// What the other side owes an acknowledgement for on one path, and since when nothing has come (P10.10). Pure.

import type { Content } from "./contents.ts";

export class Owed {
  readonly #messages = new Set<string>();
  /** Offsets of chunks, by file, ascending. */
  readonly #chunks = new Map<number, number[]>();
  #since = 0;

  /** Whether nothing is owed. */
  get isEmpty(): boolean {
    return this.#messages.size === 0 && this.#chunks.size === 0;
  }

  /** When the last acknowledgement came, or the first thing went out that has none, in milliseconds. */
  get since(): number {
    return this.#since;
  }

  /** Something goes out on this path. */
  sent(content: Content, now: number): void {
    if (!isOwedFor(content)) return;
    if (this.isEmpty) this.#since = now;
    if (content.type === "message") this.#messages.add(content.id);
    if (content.type === "chunk")
      this.#chunks.set(content.file, [...(this.#chunks.get(content.file) ?? []), content.offset]);
  }

  /** Something came, on whichever path. */
  received(content: Content, now: number): void {
    if (content.type === "ack" && this.#messages.delete(content.id)) this.#since = now;
    if (content.type === "chunk-ack") this.#paidUpTo(content.file, content.offset, now);
    if (content.type === "done" || content.type === "cancel" || content.type === "refuse")
      this.forget(content.file);
  }

  /** Of this file nothing is expected any more. */
  forget(file: number): void {
    this.#chunks.delete(file);
  }

  clear(): void {
    this.#messages.clear();
    this.#chunks.clear();
  }

  /** An acknowledgement of a chunk stands for all before it. */
  #paidUpTo(file: number, offset: number, now: number): void {
    const offsets = this.#chunks.get(file);
    if (!offsets) return;
    const left = offsets.filter((one) => one > offset);
    if (left.length < offsets.length) this.#since = now;
    if (left.length === 0) this.#chunks.delete(file);
    else this.#chunks.set(file, left);
  }
}

/** What the other side acknowledges: messages and chunks (P10.8, P10.9). */
export function isOwedFor(content: Content): boolean {
  return content.type === "message" || content.type === "chunk";
}
