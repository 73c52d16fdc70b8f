// Which name a peer is shown under (P8.10): peers are told apart by fingerprint, and a plain name belongs to one key. Pure.

import { nameKey } from "./messages.ts";

/** So many characters of a fingerprint are shown at least. */
const SUFFIX_AT_LEAST = 4;

/**
 * The plain name belongs to the key that is pinned to it, else to the one that was heard first under it. Every other
 * key is `ann#F3kQ`, with as many characters of its fingerprint as tell it from the others of that name.
 */
export class Names {
  /** What each key is pinned to, in the order of pinning. */
  readonly #pinned = new Map<string, string>();
  /** What each key calls itself, in the order in which they were first heard under that name. */
  readonly #heard = new Map<string, string>();

  /** The name belongs to this key from now on, also while it is away (P9.5). One's own name is pinned to one's own key. */
  pin(name: string, fingerprint: string): void {
    this.#pinned.set(fingerprint, name);
  }

  unpin(fingerprint: string): void {
    this.#pinned.delete(fingerprint);
  }

  /** This key says that this is its name. */
  heard(name: string, fingerprint: string): void {
    const before = this.#heard.get(fingerprint);
    // Under another name it comes last among those who have that name. Another spelling is the same name.
    if (before !== undefined && nameKey(before) !== nameKey(name)) this.#heard.delete(fingerprint);
    this.#heard.set(fingerprint, name);
  }

  /** This key is not heard any more. A pin stays. */
  forget(fingerprint: string): void {
    this.#heard.delete(fingerprint);
  }

  // BEGIN SOLUTION 05-names
  /** `bob`, or `bob#F3kQ` if the plain name belongs to another key, or `?#F3kQ` if no name is known. */
  shown(fingerprint: string): string {
    const name = this.#nameOf(fingerprint);
    if (name === undefined) return `?#${fingerprint.slice(0, SUFFIX_AT_LEAST)}`;
    const all = this.#keysNamed(name);
    return all[0] === fingerprint ? name : `${name}#${shortestPrefix(fingerprint, all)}`;
  }

  /** Says if it is shown under its plain name. If not, the user is warned. */
  isPlain(fingerprint: string): boolean {
    const name = this.#nameOf(fingerprint);
    return name !== undefined && this.#keysNamed(name)[0] === fingerprint;
  }

  /** The fingerprints that `bob` or `bob#F3kQ` can mean: none, one, or several if too few characters were typed. */
  find(text: string): string[] {
    const [name = "", prefix, ...more] = text.split("#");
    const all = this.#keysNamed(name);
    if (prefix === undefined) return all.slice(0, 1);
    if (prefix === "" || more.length > 0) return [];
    return all.filter((fingerprint) => fingerprint.startsWith(prefix));
  }

  /** A pinned key keeps the name that it was pinned to, in the spelling that it uses now. */
  #nameOf(fingerprint: string): string | undefined {
    const pinned = this.#pinned.get(fingerprint);
    const heard = this.#heard.get(fingerprint);
    if (pinned === undefined || heard === undefined) return pinned ?? heard;
    return nameKey(pinned) === nameKey(heard) ? heard : pinned;
  }

  /** All keys of that name, the one first to which the plain name belongs. */
  #keysNamed(name: string): string[] {
    const wanted = nameKey(name);
    const named = (of: ReadonlyMap<string, string>): string[] =>
      [...of].filter(([, its]) => nameKey(its) === wanted).map(([fingerprint]) => fingerprint);
    const unpinned = named(this.#heard).filter((fingerprint) => !this.#pinned.has(fingerprint));
    return [...named(this.#pinned), ...unpinned];
  }
  // END SOLUTION 05-names
}

/** As many characters as no other of these fingerprints begins with, at least four. */
function shortestPrefix(fingerprint: string, all: readonly string[]): string {
  const others = all.filter((other) => other !== fingerprint);
  let length = SUFFIX_AT_LEAST;
  while (
    length < fingerprint.length &&
    others.some((other) => other.startsWith(fingerprint.slice(0, length)))
  )
    length++;
  return fingerprint.slice(0, length);
}
