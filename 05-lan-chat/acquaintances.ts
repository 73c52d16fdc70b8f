// Whom we know: by which name and key, and what the user thinks of them (P8.10, P9.5). Joins Names and Trust. No socket and no
// clock; what is to be kept on the disk, Trust hands on.

import { type Identity, type PublicIdentity, parsePublicKey } from "./identity.ts";
import { Names } from "./names.ts";
import { UserError } from "./program.ts";
import { safetyNumberOfKeys } from "./safety-number-of-keys.ts";
import type { Access, Trust, TrustedKey, Verdict } from "./trust.ts";

/** How many keys that were turned away are remembered, so that `/trust` can find them. */
const MOST_TURNED_AWAY = 64;

/** A key that was turned away is spoken of so often at most, in milliseconds, however often it comes. */
const TURNED_AWAY_PAUSE = 60_000;

export class Acquaintances {
  /** Who may have a session (P9.5). */
  access: Access;
  readonly #own: Identity;
  readonly #trust: Trust;
  readonly #names = new Names();
  /** The keys that beacons and sessions have shown, while their peers are known. */
  readonly #keys = new Map<string, PublicIdentity>();
  /** Keys that were turned away, the last ones, and when the user was told. */
  readonly #turnedAway = new Map<string, { peer: PublicIdentity; toldAt: number }>();
  /** The other names that pinned keys have said, and the user has heard of. */
  readonly #otherNames = new Map<string, string>();

  constructor(ownName: string, own: Identity, trust: Trust, access: Access) {
    this.#own = own;
    this.#trust = trust;
    this.access = access;
    this.#names.pin(ownName, own.fingerprint);
    for (const { name, fingerprint, isPinned } of trust.all()) {
      if (isPinned) this.#names.pin(name, fingerprint);
      else this.#names.heard(name, fingerprint);
    }
  }

  /** The name that a key is shown under. */
  shown(fingerprint: string): string {
    return this.#names.shown(fingerprint);
  }

  /** Whether it is shown under the name that it says, and not with a `#`. */
  isPlain(fingerprint: string): boolean {
    return this.#names.isPlain(fingerprint);
  }

  /** The key that a name means. @throws UserError if it is none, more than one, or our own */
  keyNamed(name: string): string {
    const [fingerprint, ...more] = this.#names.find(name);
    if (fingerprint === undefined)
      throw new UserError(`nobody is known as ${name.slice(0, 80)}; /peers shows who is there`);
    if (more.length > 0) {
      const names = [fingerprint, ...more].map((one) => this.shown(one));
      throw new UserError(`${name} may be ${names.join(" or ")}: type more of it`);
    }
    if (fingerprint === this.#own.fingerprint) throw new UserError("that is you");
    return fingerprint;
  }

  /** What is kept of a key. */
  trusted(fingerprint: string): TrustedKey | undefined {
    return this.#trust.get(fingerprint);
  }

  /** All keys of which something is kept. */
  allTrusted(): TrustedKey[] {
    return this.#trust.all();
  }

  isPinned(fingerprint: string): boolean {
    return this.#trust.isPinned(fingerprint);
  }

  isBlocked(fingerprint: string): boolean {
    return this.trusted(fingerprint)?.standing === "blocked";
  }

  /** Whether it is a new key under a name that is pinned to another one. */
  hasChanged(fingerprint: string): boolean {
    return !this.isPinned(fingerprint) && this.#trust.holderOf(this.#nameOf(fingerprint)) !== undefined;
  }

  /** Whether a key that has proved itself may have a session. Changes nothing. */
  judge(fingerprint: string, saidName: string): Verdict {
    return this.#trust.judge(fingerprint, saidName, this.access);
  }

  /** `safety number with bob: …`. @throws UserError if only the name of the key is known */
  safetyNumber(fingerprint: string): string {
    const number = safetyNumberOfKeys(this.#own.der, this.#keyOf(fingerprint).der);
    return `safety number with ${this.shown(fingerprint)}: ${number}`;
  }

  // What happens.

  /** A key was heard, and says this name. */
  heard(key: PublicIdentity, name: string): void {
    this.#keys.set(key.fingerprint, key);
    this.#names.heard(name, key.fingerprint);
  }

  /** The first session with a key: its name belongs to it from now on. */
  pin(key: PublicIdentity, name: string): void {
    this.#trust.pin(key, name);
    this.#names.pin(name, key.fingerprint);
  }

  /** A pinned key says another name. @returns whether the user has not heard of that one yet */
  noteOtherName(fingerprint: string, said: string): boolean {
    if (this.#otherNames.get(fingerprint) === said) return false;
    this.#otherNames.set(fingerprint, said);
    return true;
  }

  /**
   * A key has proved itself, and may have no session.
   * @param now in milliseconds
   * @returns the name that its name belongs to, in its spelling, if the user is to be told; undefined if they were just now
   */
  turnAway(peer: PublicIdentity, saidName: string, now: number): string | undefined {
    const { fingerprint } = peer;
    this.#names.heard(saidName, fingerprint);
    const toldAt = this.#turnedAway.get(fingerprint)?.toldAt ?? Number.NEGATIVE_INFINITY;
    const isTold = now - toldAt < TURNED_AWAY_PAUSE;
    this.#turnedAway.delete(fingerprint); // The youngest stands last.
    this.#turnedAway.set(fingerprint, { peer, toldAt: isTold ? toldAt : now });
    return isTold ? undefined : (this.#trust.holderOf(saidName)?.name ?? saidName);
  }

  /** Keys that were turned away so long ago that there is no room for them any more. They are not remembered after this. */
  takeForgotten(): string[] {
    const many = this.#turnedAway.size - MOST_TURNED_AWAY;
    const oldest = [...this.#turnedAway.keys()].slice(0, Math.max(0, many));
    for (const fingerprint of oldest) this.#turnedAway.delete(fingerprint);
    return oldest;
  }

  /** The user asks for a session, with this key or with anybody: they are told why there is none, also if they just were. */
  tellAgain(fingerprint?: string): void {
    for (const [key, turnedAway] of this.#turnedAway)
      if (fingerprint === undefined || key === fingerprint) turnedAway.toldAt = Number.NEGATIVE_INFINITY;
  }

  /** Its peer is known no more: forgets name and key, unless they are still needed here. */
  forget(fingerprint: string): void {
    if (this.#turnedAway.has(fingerprint) || this.trusted(fingerprint) !== undefined) return;
    this.#keys.delete(fingerprint);
    this.#names.forget(fingerprint);
  }

  // What the user decides.

  /** The user has compared the safety number. */
  verify(fingerprint: string): void {
    this.#trust.verify(this.#keyOf(fingerprint), this.#nameOf(fingerprint));
  }

  /**
   * The user takes this key for that of its name from now on, and not the one that had it (P9.5).
   * @returns the key that had the name
   * @throws UserError if this one is pinned already
   */
  trust(fingerprint: string): string | undefined {
    const name = this.#nameOf(fingerprint);
    if (this.isPinned(fingerprint))
      throw new UserError(`the key of ${this.shown(fingerprint)} is pinned already`);
    const old = this.#trust.trust(this.#keyOf(fingerprint), name);
    if (old !== undefined) {
      this.#names.unpin(old.fingerprint);
      this.#names.heard(old.name, old.fingerprint);
    }
    this.#names.pin(name, fingerprint);
    this.#turnedAway.delete(fingerprint);
    return old?.fingerprint;
  }

  block(fingerprint: string): void {
    this.#trust.block(this.#keyOf(fingerprint), this.#nameOf(fingerprint));
  }

  allow(fingerprint: string): void {
    this.#trust.allow(this.#keyOf(fingerprint), this.#nameOf(fingerprint));
    this.#turnedAway.delete(fingerprint);
  }

  /** The name belongs to nobody any more. A block stays. */
  remove(fingerprint: string): void {
    this.#trust.unpin(fingerprint);
    this.#names.unpin(fingerprint);
    this.#turnedAway.delete(fingerprint);
    this.#otherNames.delete(fingerprint);
  }

  #keyOf(fingerprint: string): PublicIdentity {
    const kept = this.trusted(fingerprint);
    const key =
      this.#keys.get(fingerprint) ??
      this.#turnedAway.get(fingerprint)?.peer ??
      (kept && parsePublicKey(kept.der));
    if (key === undefined) throw new UserError(`the key of ${this.shown(fingerprint)} is not known`);
    return key;
  }

  /** The plain name of a key, without what may follow a `#`. */
  #nameOf(fingerprint: string): string {
    return this.shown(fingerprint).replace(/#.*$/s, "");
  }
}
