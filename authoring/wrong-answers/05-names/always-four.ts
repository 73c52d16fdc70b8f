// caught by: P8.10-suffix
// says: The suffix has a fixed length
  /** `bob`, or `bob#F3kQ` if the plain name belongs to another key, or `?#F3kQ` if no name is known. */
  shown(fingerprint: string): string {
    const name = this.#nameOf(fingerprint);
    if (name === undefined) return `?#${fingerprint.slice(0, SUFFIX_AT_LEAST)}`;
    const all = this.#keysNamed(name);
    return all[0] === fingerprint ? name : `${name}#${fingerprint.slice(0, SUFFIX_AT_LEAST)}`;
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
