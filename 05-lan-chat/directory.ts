// The peers that we know, where they are, and who of them is there (P8.9, P8.10). Pure: the clock is an argument.

import type { Beacon } from "./beacons.ts";

/** What has changed. `left`: after a goodbye. `silent`: not heard for three beats. */
export interface DirectoryEvent {
  kind: "found" | "left" | "silent" | "forgotten";
  fingerprint: string;
}

export interface KnownPeer {
  fingerprint: string;
  /** The name that it said last. What it is shown under, Names knows. */
  name: string;
  /** Newest first, HOST:PORT; at most eight. */
  addresses: readonly string[];
  isActive: boolean;
  hasSession: boolean;
  /** Since when it is active, or else silent, in milliseconds since 1970. */
  since: number;
}

export interface DirectoryOptions {
  beaconSeconds: number;
  inactiveSeconds: number;
  isPinned(fingerprint: string): boolean;
}

export class Directory {
  constructor(options: DirectoryOptions) {
    throw new Error(`not yet: ${options}`);
  }

  /** A beacon was accepted. */
  heard(beacon: Beacon, nowMs: number): DirectoryEvent[] {
    throw new Error(`not yet: ${[beacon, nowMs]}`);
  }

  /** A goodbye was accepted. */
  goodbye(fingerprint: string, nowMs: number): DirectoryEvent[] {
    throw new Error(`not yet: ${[fingerprint, nowMs]}`);
  }

  /** A session with this peer was opened. It may be one that was never heard before: then this is what it has said. */
  sessionOpened(
    fingerprint: string,
    said: { name: string; address: string },
    nowMs: number,
  ): DirectoryEvent[] {
    throw new Error(`not yet: ${[fingerprint, said, nowMs]}`);
  }

  sessionClosed(fingerprint: string, nowMs: number): DirectoryEvent[] {
    throw new Error(`not yet: ${[fingerprint, nowMs]}`);
  }

  /** To be called every second or so: finds out who is silent, and forgets who was silent for too long. */
  tick(nowMs: number): DirectoryEvent[] {
    throw new Error(`not yet: ${nowMs}`);
  }

  /** We could not hear anybody for so long (the machine slept, say): that does not count as their silence. */
  skip(milliseconds: number): void {
    throw new Error(`not yet: ${milliseconds}`);
  }

  /** Says if there is a place for this key, which is heard from this host (P8.10). */
  hasPlace(fingerprint: string, host: string, nowMs: number): boolean {
    throw new Error(`not yet: ${[fingerprint, host, nowMs]}`);
  }

  isKnown(fingerprint: string): boolean {
    throw new Error(`not yet: ${fingerprint}`);
  }

  peer(fingerprint: string, nowMs: number): KnownPeer | undefined {
    throw new Error(`not yet: ${[fingerprint, nowMs]}`);
  }

  /** All of them, in the order in which they were heard first. */
  peers(nowMs: number): KnownPeer[] {
    throw new Error(`not yet: ${nowMs}`);
  }

  /** HOST:PORT, the one heard last first. */
  addressesOf(fingerprint: string): string[] {
    throw new Error(`not yet: ${fingerprint}`);
  }

  /** Forgets it at once (/remove). If it still sends beacons, it is found again. */
  forget(fingerprint: string): void {
    throw new Error(`not yet: ${fingerprint}`);
  }
}
