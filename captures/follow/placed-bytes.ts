// Bytes that have a place but came in any order: TCP segments and IP fragments that wait for what is missing before them.
// Where two of them overlap, those that came first stay. Pure.

import { ownCopy } from "../read/byte-store.ts";

/** Bytes with the place where they belong. */
export interface PlacedBytes {
  /** They belong from `start` to before `end`, in bytes from wherever the caller counts. */
  start: number;
  end: number;
  /** Fewer than from `start` to `end` if the capture cut them short: then they are the first of them. */
  bytes: Buffer;
  /** The packet they came in, and when: nanoseconds since 1970-01-01, UTC. */
  packet: number;
  time: bigint;
}

/** The part of it from this place on. */
export function cutFront(placed: PlacedBytes, start: number): PlacedBytes {
  return start <= placed.start ? placed : cut(placed, start, placed.end);
}

function cut(placed: PlacedBytes, start: number, end: number): PlacedBytes {
  const { bytes, packet, time } = placed;
  return { start, end, bytes: bytes.subarray(start - placed.start, end - placed.start), packet, time };
}

/**
 * Keeps its pieces sorted in lists of at most this length: in one long list, each piece that came before others would move
 * all of them, and a capture made for that would take hours.
 */
const LONGEST_LIST = 512;

export class WaitingBytes {
  /** In the order of their places; no two pieces overlap. No list is empty. */
  readonly #lists: PlacedBytes[][] = [];
  /** How many bytes wait, from start to end of each piece. */
  covered = 0;

  /** The one with the lowest place. */
  get first(): PlacedBytes | undefined {
    return this.#lists[0]?.[0];
  }

  /** Keeps a copy of those parts of it whose place nothing has yet. */
  add(placed: PlacedBytes): void {
    let { start } = placed;
    while (start < placed.end) {
      const [list, index] = this.#firstThatEndsBehind(start);
      const next = this.#lists[list]?.[index];
      const end = Math.min(placed.end, next?.start ?? placed.end);
      if (start < end) this.#insert(list, index, cut(placed, start, end));
      start = next?.end ?? placed.end;
    }
  }

  /** Takes out the one with the lowest place. */
  take(): PlacedBytes | undefined {
    const [list] = this.#lists;
    const first = list?.shift();
    if (list?.length === 0) this.#lists.shift();
    if (first !== undefined) this.covered -= first.end - first.start;
    return first;
  }

  #insert(list: number, index: number, piece: PlacedBytes): void {
    const pieces = this.#lists[list] ?? [];
    if (pieces.length === 0) this.#lists.push(pieces);
    pieces.splice(index, 0, { ...piece, bytes: ownCopy(piece.bytes) });
    if (pieces.length > LONGEST_LIST) this.#lists.splice(list + 1, 0, pieces.splice(LONGEST_LIST / 2));
    this.covered += piece.end - piece.start;
  }

  /** Where the first piece is that ends behind this place, or would be: all before it end before what begins there. */
  #firstThatEndsBehind(place: number): readonly [list: number, index: number] {
    const list = firstIndex(this.#lists.length, (index) => (this.#lists[index]?.at(-1)?.end ?? 0) > place);
    const last = this.#lists.at(-1);
    if (list === this.#lists.length && last !== undefined) return [list - 1, last.length];
    const pieces = this.#lists[list] ?? [];
    return [list, firstIndex(pieces.length, (index) => (pieces[index]?.end ?? 0) > place)];
  }
}

/** The first index from 0 to before `length` that fulfils a condition, which all behind it fulfil too; `length` if none does. */
function firstIndex(length: number, fulfils: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fulfils(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
