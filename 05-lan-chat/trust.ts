// Trust (P9.5): which key belongs to which name since the first session, and who may have a session. Pure.

import { nameKey } from "./messages.ts";

/** What is kept of a key. */
export interface TrustedKey {
  /** The name that it is pinned to, or was last known by. */
  name: string;
  fingerprint: string;
  /** Its SubjectPublicKeyInfo. */
  der: Buffer;
  /** The user has compared the safety number. */
  isVerified: boolean;
  /** The name belongs to this key, since the first session, for good. */
  isPinned: boolean;
  /** `/block` and `/allow` stand above the access level. */
  standing: "usual" | "blocked" | "allowed";
}

/** A key that may be trusted or not. */
export interface KeyOfPeer {
  readonly fingerprint: string;
  readonly der: Buffer;
}

/** Who may have a session: the whole team, keys that are pinned, or keys that are verified. */
export const ACCESS_LEVELS = ["team", "known", "verified"] as const;
export type Access = (typeof ACCESS_LEVELS)[number];

/**
 * welcome: pinned, under this name.
 * first: it may enter, and is pinned to this name then.
 * renamed: pinned, and says another name than the one it is pinned to, which it keeps here.
 * changed: not pinned, and the name that it says is pinned to another key. Refused.
 * refused: the access list does not let it in.
 */
export type Verdict = "welcome" | "first" | "renamed" | "changed" | "refused";

export class Trust {
  readonly #keys = new Map<string, TrustedKey>();
  readonly #save: (key: TrustedKey) => void;
  readonly #remove: (fingerprint: string) => void;

  /**
   * @param stored what is kept from earlier
   * @param save is told each key that is new or has changed
   * @param remove is told each key that is not to be kept any more
   */
  constructor(
    stored: readonly TrustedKey[],
    save: (key: TrustedKey) => void,
    remove: (fingerprint: string) => void,
  ) {
    for (const key of stored) this.#keys.set(key.fingerprint, key);
    this.#save = save;
    this.#remove = remove;
  }

  /** What is kept of a key; undefined if nothing is. */
  get(fingerprint: string): TrustedKey | undefined {
    return this.#keys.get(fingerprint);
  }

  isPinned(fingerprint: string): boolean {
    return this.get(fingerprint)?.isPinned === true;
  }

  /** All keys that are kept, pinned or not. */
  all(): TrustedKey[] {
    return [...this.#keys.values()];
  }

  /** The key that this name is pinned to, without regard to case. */
  holderOf(name: string): TrustedKey | undefined {
    return this.all().find((key) => key.isPinned && nameKey(key.name) === nameKey(name));
  }

  // BEGIN SOLUTION 05-first-contact
  /** Says if this key, which has proved itself, may have a session under the name that it says. Changes nothing. */
  judge(fingerprint: string, saidName: string, access: Access): Verdict {
    const key = this.get(fingerprint);
    if (key?.standing === "blocked") return "refused";
    // `/allow` overrides no changed key, so this is asked first.
    if (!key?.isPinned && this.holderOf(saidName) !== undefined) return "changed";
    if (!mayEnter(key, access)) return "refused";
    if (!key?.isPinned) return "first";
    return nameKey(key.name) === nameKey(saidName) ? "welcome" : "renamed";
  }
  // END SOLUTION 05-first-contact

  /** Pins a key to its name, at its first session. A name that is pinned to another key stays where it is. */
  pin(peer: KeyOfPeer, name: string): void {
    if (this.isPinned(peer.fingerprint) || this.holderOf(name) !== undefined) return;
    this.#keep(peer, name, { name, isPinned: true });
  }

  /** Takes the name from a key (`/remove`), and what the user knew of it. A block stays: it holds for the key. */
  unpin(fingerprint: string): void {
    const key = this.get(fingerprint);
    if (key === undefined) return;
    if (key.standing === "blocked") return this.#keep(key, key.name, { isPinned: false, isVerified: false });
    this.#keys.delete(fingerprint);
    this.#remove(fingerprint);
  }

  /**
   * The user trusts this key under this name from now on (`/trust bob#F3kQ`): the key that had the name loses it, and
   * this one is pinned, not verified.
   * @returns the key that had the name
   */
  trust(peer: KeyOfPeer, name: string): TrustedKey | undefined {
    const holder = this.holderOf(name);
    if (holder?.fingerprint === peer.fingerprint) return undefined;
    if (holder !== undefined) this.unpin(holder.fingerprint);
    this.#keep(peer, name, { name, isPinned: true, isVerified: false });
    return holder;
  }

  /** The user has compared the safety number (`/verified`). */
  verify(peer: KeyOfPeer, name: string): void {
    this.#keep(peer, name, { isVerified: true });
  }

  block(peer: KeyOfPeer, name: string): void {
    this.#keep(peer, name, { standing: "blocked" });
  }

  allow(peer: KeyOfPeer, name: string): void {
    this.#keep(peer, name, { standing: "allowed" });
  }

  /** Changes what is kept of a key. `name` is noted if nothing was kept of it. */
  #keep({ fingerprint, der }: KeyOfPeer, name: string, change: Partial<TrustedKey>): void {
    const before = this.get(fingerprint) ?? {
      name,
      fingerprint,
      der,
      isVerified: false,
      isPinned: false,
      standing: "usual",
    };
    const key: TrustedKey = { ...before, ...change };
    this.#keys.set(fingerprint, key);
    this.#save(key);
  }
}

/** P9.5. A key that the user has verified may enter at every level, pinned or not. */
function mayEnter(key: TrustedKey | undefined, access: Access): boolean {
  if (access === "team" || key?.standing === "allowed" || key?.isVerified === true) return true;
  return access === "known" && key?.isPinned === true;
}
