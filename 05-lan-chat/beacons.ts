// Beacons: the datagrams by which peers say where they are, and goodbye (P8.5). Pure.

import type { Identity, PublicIdentity } from "./identity.ts";

/** What a beacon says, without the key that says it. */
export interface BeaconContent {
  /** `bye` is a goodbye. */
  type: "beacon" | "bye";
  name: string;
  team: string;
  /** Where its sender listens. */
  address: string;
  /** When its sender was started, in milliseconds since 1970. */
  session: number;
  /** Counts the beacons of a session, from 1. */
  seq: number;
}

/** A beacon that has passed every check. */
export interface Beacon extends BeaconContent {
  key: PublicIdentity;
}

/** What the signature of a beacon is over, besides its body. */
export const BEACON_LABEL = "p2p-mesh 05 beacon";

/** P2.1, and not `all` either (P8.1). */
export function isPeerName(value: unknown): value is string {
  throw new Error(`not yet: ${value}`);
}

/** P8.1: 1 to 32 of A-Z a-z 0-9 _ -. */
export function isTeam(value: unknown): value is string {
  throw new Error(`not yet: ${value}`);
}

/** The token that goes out as one datagram. */
export function makeBeacon(
  content: BeaconContent,
  identity: Identity,
  teamKey: Buffer,
  nowMs: number,
): string {
  throw new Error(`not yet: ${[content, identity, teamKey, nowMs]}`);
}
