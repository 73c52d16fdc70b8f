// Counts the packets that nobody here can read, by what they are. They may hold TCP or UDP, so they are not to be
// taken for packets without. Pure.

import { linkTypeName } from "./link-types.ts";

/** How many names there are at most. A hostile capture could have thousands. */
const MOST_NAMES = 16;

/** What all others are called. */
const OTHERS = "other kinds";

export class NotUnderstood {
  readonly #counts = new Map<string, number>();

  /** @param what what stands in the packet in the place of IP; empty if even the link type is unknown */
  add(linkType: number, what: string): void {
    const full = what === "" ? linkTypeName(linkType) : `${linkTypeName(linkType)}: ${what}`;
    const name = this.#counts.has(full) || this.#counts.size < MOST_NAMES ? full : OTHERS;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** How many packets there were of each name. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}
