// Keeps bytes that came too early: TCP segments and IP fragments that wait for missing ones before them. Where two of
// them overlap, the bytes of the one that starts earlier count; if both start at the same place, those of the first one.
// So does Linux with segments, and tshark with fragments. Pure.

import { ownCopy } from "../read/own-copy.ts";

/** Bytes, and the place where they belong. */
export interface PlacedBytes {
  /** The range from `start` to before `end`, in bytes. The caller decides where counting begins. */
  start: number;
  end: number;
  /** The bytes of the range. If the capture cut the packet short, these are only its first bytes. */
  bytes: Buffer;
  /** The packet that held the bytes, and its time in nanoseconds since 1970-01-01, UTC. */
  packet: number;
  time: bigint;
}

/** A part of what has come, as long as it waits. */
interface WaitingPiece extends PlacedBytes {
  /** Where the segment or fragment began of which this is a part. */
  origin: number;
}

/** The part that begins at this place. */
export function cutFront(placed: PlacedBytes, start: number): PlacedBytes {
  return start <= placed.start ? placed : cut(placed, start, placed.end);
}

function cut(placed: PlacedBytes, start: number, end: number): PlacedBytes {
  const { bytes, packet, time } = placed;
  return { start, end, bytes: bytes.subarray(start - placed.start, end - placed.start), packet, time };
}

/**
 * The pieces are kept sorted in lists of at most this length. In one long list, each early piece would move all others.
 * Then a capture could be made so that reading it takes hours.
 */
const LONGEST_LIST = 512;

export class WaitingBytes {
  /** The lists and their pieces are in the order of their places. No two pieces overlap, and no list is empty. */
  readonly #lists: WaitingPiece[][] = [];
  /** How many bytes wait: the sum of all ranges. */
  covered = 0;

  /** The piece with the lowest place. */
  get first(): PlacedBytes | undefined {
    return this.#lists[0]?.[0];
  }

  /** Keeps a copy of those parts for whose places nothing waits yet that starts as early. */
  add(placed: PlacedBytes): void {
    let { start } = placed;
    while (start < placed.end) {
      const [list, index] = this.#firstThatEndsBehind(start);
      const next = this.#lists[list]?.[index];
      if (next !== undefined && next.start < placed.end && next.origin > placed.start) {
        this.#giveWay(list, index, next, placed.end);
      } else {
        const end = Math.min(placed.end, next?.start ?? placed.end);
        if (start < end) this.#insert(list, index, { ...cut(placed, start, end), origin: placed.start });
        start = next?.end ?? placed.end;
      }
    }
  }

  /** Removes and returns the piece with the lowest place. */
  take(): PlacedBytes | undefined {
    const [list] = this.#lists;
    const first = list?.shift();
    if (list?.length === 0) this.#lists.shift();
    if (first !== undefined) this.covered -= first.end - first.start;
    return first;
  }

  /** Drops the part of a piece that stands before this place. */
  #giveWay(list: number, index: number, piece: WaitingPiece, place: number): void {
    const rest = piece.end > place ? [{ ...cut(piece, place, piece.end), origin: piece.origin }] : [];
    const pieces = this.#lists[list] ?? [];
    pieces.splice(index, 1, ...rest);
    if (pieces.length === 0) this.#lists.splice(list, 1);
    this.covered -= Math.min(piece.end, place) - piece.start;
  }

  #insert(list: number, index: number, piece: WaitingPiece): void {
    const pieces = this.#lists[list] ?? [];
    if (pieces.length === 0) this.#lists.push(pieces);
    pieces.splice(index, 0, { ...piece, bytes: ownCopy(piece.bytes) });
    if (pieces.length > LONGEST_LIST) this.#lists.splice(list + 1, 0, pieces.splice(LONGEST_LIST / 2));
    this.covered += piece.end - piece.start;
  }

  /** The index of the first piece that ends after this place, or where such a piece would be inserted. */
  #firstThatEndsBehind(place: number): readonly [list: number, index: number] {
    const list = firstIndex(this.#lists.length, (index) => (this.#lists[index]?.at(-1)?.end ?? 0) > place);
    const last = this.#lists.at(-1);
    if (list === this.#lists.length && last !== undefined) return [list - 1, last.length];
    const pieces = this.#lists[list] ?? [];
    return [list, firstIndex(pieces.length, (index) => (pieces[index]?.end ?? 0) > place)];
  }
}

/** The first index below `length` that fulfils a condition that all later ones fulfil, too; `length` if none does. */
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
