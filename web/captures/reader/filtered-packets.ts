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
    let count = 0;
    for (let index = 0; index < length; index += 1) {
      if (!fits(filteredPacket(this.#capture, index))) continue;
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

function filteredPacket(capture: OpenedCapture, index: number): FilteredPacket {
  const { kind, bytes, isSealed, talk } = capture.index.at(index);
  const { source, destination } = endsOf(capture, index);
  return {
    number: index + 1,
    kind,
    bytes,
    isSealed,
    stream: kind === "tcp" ? talk : undefined,
    conversation: kind === "udp" ? talk : undefined,
    source,
    destination,
  };
}

/** Where a packet comes from, and where it goes. */
export function endsOf(
  { index: packets, loaded }: OpenedCapture,
  index: number,
): { source: Endpoint; destination: Endpoint } {
  const { kind, talk, isFromA } = packets.at(index);
  const pair =
    kind === "tcp" ? loaded.streams[talk] : kind === "udp" ? loaded.conversations[talk] : undefined;
  const { a, b } = pair ?? { a: NOWHERE, b: NOWHERE };
  return isFromA ? { source: a, destination: b } : { source: b, destination: a };
}
