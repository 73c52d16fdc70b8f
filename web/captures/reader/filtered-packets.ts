// The packets that fit a filter, by their indexes. The filters that were used last are remembered.

import type { Endpoint } from "../../../captures/read/packet.ts";
import { type FilteredPacket, readFilter } from "./filter.ts";
import type { OpenedCapture } from "./opened-capture.ts";

const MOST_FILTERS = 4;
const NOWHERE: Endpoint = { address: "", port: -1 };

export class FilteredPackets {
  readonly #capture: OpenedCapture;
  readonly #found = new Map<string, Uint32Array>();

  constructor(capture: OpenedCapture) {
    this.#capture = capture;
  }

  /** How many packets fit. @throws CallError if the filter is wrong */
  count(filter: string): number {
    return filter.trim() === "" ? this.#capture.index.length : this.#list(filter).length;
  }

  /** The index of the packet in this row of the list. */
  at(filter: string, row: number): number {
    return filter.trim() === "" ? row : (this.#list(filter)[row] ?? 0);
  }

  /** The row of the first packet with at least this index; behind the last row if there is none. */
  rowOf(filter: string, index: number): number {
    if (filter.trim() === "") return Math.min(index, this.#capture.index.length);
    const list = this.#list(filter);
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((list[middle] ?? 0) >= index) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #list(filter: string): Uint32Array {
    const known = this.#found.get(filter);
    if (known !== undefined) return known;
    const fits = readFilter(filter);
    const { length } = this.#capture.index;
    const list = new Uint32Array(length);
    const cursor = new Cursor(this.#capture);
    let count = 0;
    for (let index = 0; index < length; index += 1) {
      cursor.index = index;
      if (!fits(cursor)) continue;
      list[count] = index;
      count += 1;
    }
    const found = list.slice(0, count);
    this.#found.set(filter, found);
    const [oldest] = this.#found.keys();
    if (this.#found.size > MOST_FILTERS && oldest !== undefined) this.#found.delete(oldest);
    return found;
  }
}

/** One packet after the other, as a filter looks at it: what it does not ask for is not looked up. */
class Cursor implements FilteredPacket {
  index = 0;
  readonly #capture: OpenedCapture;

  constructor(capture: OpenedCapture) {
    this.#capture = capture;
  }

  get number(): number {
    return this.index + 1;
  }

  get kind(): "tcp" | "udp" | "other" {
    return this.#capture.index.kind(this.index);
  }

  get bytes(): number {
    return this.#capture.index.bytes(this.index);
  }

  get isSealed(): boolean {
    return this.#capture.index.isSealed(this.index);
  }

  get stream(): number | undefined {
    return this.kind === "tcp" ? this.#capture.index.talk(this.index) : undefined;
  }

  get conversation(): number | undefined {
    return this.kind === "udp" ? this.#capture.index.talk(this.index) : undefined;
  }

  get source(): Endpoint {
    return sourceOf(this.#capture, this.index);
  }

  get destination(): Endpoint {
    return destinationOf(this.#capture, this.index);
  }
}

export function sourceOf(capture: OpenedCapture, index: number): Endpoint {
  const { a, b } = pairOf(capture, index);
  return capture.index.isFromA(index) ? a : b;
}

export function destinationOf(capture: OpenedCapture, index: number): Endpoint {
  const { a, b } = pairOf(capture, index);
  return capture.index.isFromA(index) ? b : a;
}

const NO_PAIR = { a: NOWHERE, b: NOWHERE };

function pairOf({ index: packets, loaded }: OpenedCapture, index: number): { a: Endpoint; b: Endpoint } {
  const talk = packets.talk(index);
  const kind = packets.kind(index);
  return (
    (kind === "tcp" ? loaded.streams[talk] : kind === "udp" ? loaded.conversations[talk] : undefined) ??
    NO_PAIR
  );
}
