// caught by: P2.4-registry
// says: An asker who has no name is told of all
    const own = this.#byOwner.get(asker);
    if (own === undefined) return [];
    return [...this.#byOwner.values()]
      .filter((user) => user !== own)
      .sort((a, b) => compareNames(a.username, b.username));
