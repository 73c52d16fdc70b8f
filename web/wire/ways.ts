// Which ports lead through Mallory's relays: what a scene tells by-way-of-mallory.ts.

import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** The relays of one peer, as its environment variable WIRE_WAYS says it. */
export interface Ways {
  /** The ports of the relays that lead to each other peer: what is for all goes to all of these. */
  toAll: readonly number[];
  /** The file that says which relay stands for which port. It is there when all ports are known. */
  file: string;
}

/** The relay's port, by the port that is meant. */
export interface WaysByPort {
  tcp: ReadonlyMap<number, number>;
  udp: ReadonlyMap<number, number>;
}

export function writeWaysByPort(file: string, { tcp, udp }: WaysByPort): void {
  // Whoever finds the file finds all of it.
  writeFileSync(`${file}.new`, JSON.stringify({ tcp: [...tcp], udp: [...udp] }));
  renameSync(`${file}.new`, file);
}

/** @returns undefined if the file is not there yet */
export function readWaysByPort(file: string): WaysByPort | undefined {
  try {
    const { tcp, udp } = JSON.parse(readFileSync(file, "utf8")) as Record<"tcp" | "udp", [number, number][]>;
    return { tcp: new Map(tcp), udp: new Map(udp) };
  } catch {
    return undefined;
  }
}
