// caught by: P2.4-others
// says: Leave out the asker
    this.#sorted ??= [...this.#byOwner.values()].sort((a, b) => compareNames(a.username, b.username));
    return this.#byOwner.has(asker) ? [...this.#sorted] : [];
