// Which messages of a group were seen: of each sender the greatest seq and the 256 last (P10.11). Pure.

/** So many are remembered of each sender in each topic. */
export const REMEMBERED_SEQUENCES = 256;

/** What is stored of one sender in one topic. */
export interface SeenOfSender {
  readonly topic: string;
  readonly from: string;
  /** Ascending, 256 at most: the last one is the greatest. */
  readonly seqs: readonly number[];
}

/** Says of a seq whether it was seen before. Its memory grows only with topics and their members. */
export class SeenSequences {
  readonly #seqs = new Map<string, Map<string, number[]>>();

  /** @param entries what was stored */
  constructor(entries: Iterable<SeenOfSender> = []) {
    for (const { topic, from, seqs } of entries)
      for (const seq of seqs.toSorted(ascending)) this.note(topic, from, seq);
  }

  /** Whether the seq was not seen, and is not older than all that are remembered of its sender. */
  isNew(topic: string, from: string, seq: number): boolean {
    const seqs = this.of(topic, from);
    const [oldest = seq] = seqs;
    return seq >= oldest && !seqs.includes(seq);
  }

  /** Notes a seq as seen. @returns whether it was new; otherwise nothing is noted */
  note(topic: string, from: string, seq: number): boolean {
    if (!this.isNew(topic, from, seq)) return false;
    const senders = this.#seqs.get(topic) ?? new Map<string, number[]>();
    const seqs = [...(senders.get(from) ?? []), seq].toSorted(ascending);
    senders.set(from, seqs.slice(-REMEMBERED_SEQUENCES));
    this.#seqs.set(topic, senders);
    return true;
  }

  /** What is to be stored of a sender: ascending, 256 at most. */
  of(topic: string, from: string): readonly number[] {
    return this.#seqs.get(topic)?.get(from) ?? [];
  }

  /** Forgets a topic that nobody uses any more. */
  forget(topic: string): void {
    this.#seqs.delete(topic);
  }
}

/** The seq of our next message: the time, and greater than the last one even if the clock was put back. */
export function nextSequence(now: number, last: number): number {
  return Math.max(Math.floor(now), last + 1);
}

function ascending(one: number, other: number): number {
  return one - other;
}
