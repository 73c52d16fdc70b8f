// The packets that are drawn on the wire: those that move, and those that wait at Mallory. Pure.

import type { Sight, WireLine } from "../../shared/wire.ts";
import type { Journey } from "./journeys.ts";

/** So many packets move at a time. More could not be followed: the list has them all. */
const MOST_MOVING = 8;

export interface Packet {
  /** Unlike that of any other packet, and another one for each journey. */
  key: number;
  /** The number of its line. */
  number: number;
  journey: Journey;
}

export class Packets {
  #packets: readonly Packet[] = [];
  #next = 0;

  /** Oldest first. */
  get all(): readonly Packet[] {
    return this.#packets;
  }

  /** @param moves whether packets are to be seen moving: if not, only those that wait are there */
  add(number: number, journey: Journey, moves: boolean): void {
    const others = this.#packets.filter((packet) => packet.number !== number);
    const moving = others.filter((packet) => packet.journey.ending !== "waits").length;
    this.#packets = others;
    if (journey.ending !== "waits" && (!moves || moving >= MOST_MOVING)) return;
    this.#next += 1;
    this.#packets = [...others, { key: this.#next, number, journey }];
  }

  /** A journey has ended. What waits goes on to stand there. */
  end(key: number): void {
    this.#packets = this.#packets.filter((packet) => packet.key !== key || packet.journey.ending === "waits");
  }

  clear(): void {
    this.#packets = [];
  }
}

/** The colour of a whole line: red if anything in it can be read. */
export function sightOf({ spans }: Pick<WireLine, "spans">): Sight {
  const sights: readonly Sight[] = ["readable", "sealed"];
  return sights.find((sight) => spans.some((span) => span.sight === sight)) ?? "known";
}
