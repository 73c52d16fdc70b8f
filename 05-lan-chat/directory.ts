// The peers that we know, where they are, and who of them is there (P8.9, P8.10). Pure: the clock is an argument.

import { isLoopback, parseAddress } from "./addresses.ts";
import type { Beacon } from "./beacons.ts";

/**
 * What has changed, of a peer that beacons tell of. `left`: after a goodbye. `silent`: not heard for three beats.
 * `forgotten`: of any peer, also to make room for another.
 */
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
  /** Since when it is active, or else when it was there last, in milliseconds since 1970. */
  since: number;
}

export interface DirectoryOptions {
  beaconSeconds: number;
  inactiveSeconds: number;
  isPinned(fingerprint: string): boolean;
}

/** A peer is silent when it was not heard for so many beats. */
const BEATS = 3;
const ADDRESSES_KEPT = 8;
/** So many peers that are not pinned are remembered, and so many of them from one address off loopback (P8.10). */
const UNPINNED_KEPT = 256;
const UNPINNED_PER_HOST = 32;

interface Peer {
  readonly fingerprint: string;
  name: string;
  /** Newest first. */
  addresses: string[];
  /** When a beacon was heard last; undefined before the first one and after a goodbye. */
  heardMs: number | undefined;
  hasSession: boolean;
  /** Since when it is active, if it is. */
  activeSinceMs: number;
  /** When it was there last. Silence is counted from here. */
  lastSeenMs: number;
  /** It was said that this peer was found, and not yet that it is gone. */
  isFound: boolean;
  hasSaidGoodbye: boolean;
}

export class Directory {
  readonly #options: DirectoryOptions;
  readonly #peers = new Map<string, Peer>();

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  /** A beacon was accepted. If there is no place for a new key (`hasPlace`), nothing is remembered. */
  heard({ key, name, address }: Beacon, nowMs: number): DirectoryEvent[] {
    const { fingerprint } = key;
    const events = this.#makeRoom(fingerprint, hostOf(address), nowMs);
    if (events === undefined) return [];
    const peer = this.#meet(fingerprint, { name, address }, nowMs);
    peer.heardMs = nowMs;
    peer.hasSaidGoodbye = false;
    if (!peer.isFound) events.push({ kind: "found", fingerprint });
    peer.isFound = true;
    return events;
  }

  /** A goodbye was accepted. A peer that has a session is there until that ends. */
  goodbye(fingerprint: string, nowMs: number): DirectoryEvent[] {
    const peer = this.#peers.get(fingerprint);
    if (peer === undefined) return [];
    if (this.#isActive(peer, nowMs)) peer.lastSeenMs = nowMs;
    peer.heardMs = undefined;
    peer.hasSaidGoodbye = true;
    return this.#lost(peer, nowMs);
  }

  /** A session with this peer was opened. It may be one that was never heard: this is what it has said in the session. */
  sessionOpened(fingerprint: string, said: { name: string; address: string }, nowMs: number): void {
    this.#meet(fingerprint, said, nowMs).hasSession = true;
  }

  /** There is no session with this peer any more. */
  sessionClosed(fingerprint: string, nowMs: number): DirectoryEvent[] {
    const peer = this.#peers.get(fingerprint);
    if (peer === undefined) return [];
    if (peer.hasSession) peer.lastSeenMs = nowMs;
    peer.hasSession = false;
    return this.#lost(peer, nowMs);
  }

  /** To be called every second or so: finds out who is silent, and forgets who was silent for too long. */
  tick(nowMs: number): DirectoryEvent[] {
    return [...this.#peers.values()].flatMap((peer) => {
      const events = this.#lost(peer, nowMs);
      const silence = nowMs - peer.lastSeenMs;
      if (this.#isActive(peer, nowMs) || silence < this.#options.inactiveSeconds * 1000) return events;
      return [...events, ...this.#forgotten(peer)];
    });
  }

  /**
   * We could not hear anybody for so long, because the program was stopped or the clock was set: that does not count as
   * their silence.
   */
  skip(milliseconds: number): void {
    for (const peer of this.#peers.values()) {
      if (peer.heardMs !== undefined) peer.heardMs += milliseconds;
      peer.lastSeenMs += milliseconds;
    }
  }

  /** Says if there is a place for this key, which is heard from this host (P8.10). */
  hasPlace(fingerprint: string, host: string, nowMs: number): boolean {
    return this.#placeFor(fingerprint, host, nowMs) !== "full";
  }

  isKnown(fingerprint: string): boolean {
    return this.#peers.has(fingerprint);
  }

  peer(fingerprint: string, nowMs: number): KnownPeer | undefined {
    const peer = this.#peers.get(fingerprint);
    return peer === undefined ? undefined : this.#view(peer, nowMs);
  }

  /** All of them, in the order in which they were heard first. */
  peers(nowMs: number): KnownPeer[] {
    return [...this.#peers.values()].map((peer) => this.#view(peer, nowMs));
  }

  /** HOST:PORT, the one heard last first. */
  addressesOf(fingerprint: string): string[] {
    return [...(this.#peers.get(fingerprint)?.addresses ?? [])];
  }

  /** Forgets it at once (/remove). If it still sends beacons, it is found again. */
  forget(fingerprint: string): void {
    this.#peers.delete(fingerprint);
  }

  #view(peer: Peer, nowMs: number): KnownPeer {
    const { fingerprint, name, addresses, hasSession, activeSinceMs, lastSeenMs } = peer;
    const isActive = this.#isActive(peer, nowMs);
    const since = isActive ? activeSinceMs : lastSeenMs;
    return { fingerprint, name, addresses: [...addresses], isActive, hasSession, since };
  }

  #isActive({ heardMs, hasSession }: Peer, nowMs: number): boolean {
    const beats = BEATS * this.#options.beaconSeconds * 1000;
    return hasSession || (heardMs !== undefined && nowMs - heardMs <= beats);
  }

  /** A peer is there, at this address, under this name. */
  #meet(fingerprint: string, { name, address }: { name: string; address: string }, nowMs: number): Peer {
    const known = this.#peers.get(fingerprint);
    const peer = known ?? newPeer(fingerprint, nowMs);
    if (!this.#isActive(peer, nowMs)) peer.activeSinceMs = nowMs;
    peer.name = name;
    peer.addresses = [address, ...peer.addresses.filter((other) => other !== address)].slice(
      0,
      ADDRESSES_KEPT,
    );
    peer.lastSeenMs = nowMs;
    this.#peers.set(fingerprint, peer);
    return peer;
  }

  /** Says that a peer is gone, if it is and that was not said yet. */
  #lost(peer: Peer, nowMs: number): DirectoryEvent[] {
    if (!peer.isFound || this.#isActive(peer, nowMs)) return [];
    peer.isFound = false;
    return [{ kind: peer.hasSaidGoodbye ? "left" : "silent", fingerprint: peer.fingerprint }];
  }

  #forgotten({ fingerprint }: Peer): DirectoryEvent[] {
    this.#peers.delete(fingerprint);
    return [{ kind: "forgotten", fingerprint }];
  }

  /** Makes a place for this key; undefined if there is none. */
  #makeRoom(fingerprint: string, host: string, nowMs: number): DirectoryEvent[] | undefined {
    const place = this.#placeFor(fingerprint, host, nowMs);
    if (place === "full") return undefined;
    return place === "free" ? [] : [...this.#lost(place, nowMs), ...this.#forgotten(place)];
  }

  /** A free place, or the silent peer whose place it can have: the one that is silent for longest. */
  #placeFor(fingerprint: string, host: string, nowMs: number): "free" | "full" | Peer {
    if (this.#peers.has(fingerprint) || this.#options.isPinned(fingerprint)) return "free";
    const unpinned = [...this.#peers.values()].filter((peer) => !this.#options.isPinned(peer.fingerprint));
    const near = isLoopback(host)
      ? []
      : unpinned.filter(({ addresses: [newest = ""] }) => hostOf(newest) === host);
    const isHostFull = near.length >= UNPINNED_PER_HOST;
    if (!isHostFull && unpinned.length < UNPINNED_KEPT) return "free";
    const silent = (isHostFull ? near : unpinned).filter((peer) => !this.#isActive(peer, nowMs));
    return silent.sort((one, other) => one.lastSeenMs - other.lastSeenMs)[0] ?? "full";
  }
}

function newPeer(fingerprint: string, nowMs: number): Peer {
  return {
    fingerprint,
    name: "",
    addresses: [],
    heardMs: undefined,
    hasSession: false,
    activeSinceMs: nowMs,
    lastSeenMs: nowMs,
    isFound: false,
    hasSaidGoodbye: false,
  };
}

function hostOf(address: string): string {
  return parseAddress(address)?.host ?? "";
}
