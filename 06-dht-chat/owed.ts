// What the other side owes an acknowledgement for on one path, and since when it could have been given (P10.10). Pure.
//
// A path keeps the order of what it carries, and a slow one takes long for what stands before: 4 MiB of a file, at 100 kB/s,
// take 40 s. So each debt's time runs from when it went out, or from the last acknowledgement of something that went out
// before it, whichever is later. What went out after it, and is acknowledged, does not excuse it.

import type { Content } from "./contents.ts";

interface Debt {
  /** The id of a message, or the number of a file. */
  readonly what: string | number;
  /** Where the chunk begins; 0 for a message. */
  readonly offset: number;
  /** In milliseconds. */
  readonly since: number;
}

export class Owed {
  /** In the order in which it went out: the first one has been owed for longest. */
  #debts: readonly Debt[] = [];

  /** Whether nothing is owed. */
  get isEmpty(): boolean {
    return this.#debts.length === 0;
  }

  /** Since when the oldest debt could have been paid, in milliseconds; undefined if nothing is owed. */
  get since(): number | undefined {
    return this.#debts[0]?.since;
  }

  /** Something goes out on this path. */
  sent(content: Content, now: number): void {
    if (content.type === "message") this.#owe({ what: content.id, offset: 0, since: now });
    if (content.type === "chunk") this.#owe({ what: content.file, offset: content.offset, since: now });
  }

  /** Something came, on whichever path. */
  received(content: Content, now: number): void {
    if (content.type === "ack") this.#paid(({ what }) => what === content.id, now);
    // An acknowledgement of a chunk stands for all before it.
    if (content.type === "chunk-ack")
      this.#paid(({ what, offset }) => what === content.file && offset <= content.offset, now);
    if (content.type === "done" || content.type === "cancel" || content.type === "refuse")
      this.#paid(({ what }) => what === content.file, now);
  }

  /** Of this file nothing is expected any more: our own page has ended it. */
  forget(file: number): void {
    this.#debts = this.#debts.filter(({ what }) => what !== file);
  }

  clear(): void {
    this.#debts = [];
  }

  /** What is sent again is owed anew. */
  #owe(debt: Debt): void {
    const others = this.#debts.filter(({ what, offset }) => what !== debt.what || offset !== debt.offset);
    this.#debts = [...others, debt];
  }

  #paid(isPaid: (debt: Debt) => boolean, now: number): void {
    const first = this.#debts.findIndex(isPaid);
    if (first < 0) return;
    const before = this.#debts.slice(0, first);
    const after = this.#debts.slice(first).filter((debt) => !isPaid(debt));
    this.#debts = [...before, ...after.map((debt) => ({ ...debt, since: now }))];
  }
}

/** What the other side acknowledges: messages and chunks (P10.8, P10.9). */
export function isOwedFor(content: Content): boolean {
  return content.type === "message" || content.type === "chunk";
}
