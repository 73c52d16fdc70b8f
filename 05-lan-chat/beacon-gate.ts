// Which datagrams are beacons that count (P8.6), and what checking them may cost (P8.10). Pure: the clock is an argument.

import type { Beacon } from "./beacons.ts";

/** Why a datagram was dropped, in the order of the checks (P8.6). */
export const DROP_REASONS = [
  "size",
  "token",
  "time",
  "shape",
  "own",
  "repeated",
  "old",
  "ended",
  "key",
  "rate",
  "signature",
  "address",
  "team",
  "full",
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

export type Judgement =
  /** isNewSession: its key was not known, or says a later session than before (P8.8). */
  | { kind: "accepted"; beacon: Beacon; isNewSession: boolean }
  /** note: what the user should hear about it. */
  | { kind: "dropped"; reason: DropReason; note?: string };

export interface BeaconGateOptions {
  team: string;
  teamKey: Buffer;
  /** One's own fingerprint. */
  ownFingerprint: string;
  isPinned(fingerprint: string): boolean;
  /** Says if the directory has a place for this key, which is heard from this host. */
  hasPlace(fingerprint: string, host: string, nowMs: number): boolean;
}

export class BeaconGate {
  constructor(options: BeaconGateOptions) {
    throw new Error(`not yet: ${options}`);
  }

  /** How many datagrams were dropped for each reason, for /stats. */
  get dropped(): Readonly<Record<DropReason, number>> {
    throw new Error("not yet");
  }

  /** How many were accepted. */
  get accepted(): number {
    throw new Error("not yet");
  }

  /** @param sourceHost the IP address that the datagram came from */
  judge(datagram: Buffer, sourceHost: string, nowMs: number): Judgement {
    throw new Error(`not yet: ${[datagram, sourceHost, nowMs]}`);
  }

  /** Forgets, 61 s later, the sessions of keys that are not known any more (P8.6). To be called every second or so. */
  tick(isKnown: (fingerprint: string) => boolean, nowMs: number): void {
    throw new Error(`not yet: ${[isKnown, nowMs]}`);
  }
}
