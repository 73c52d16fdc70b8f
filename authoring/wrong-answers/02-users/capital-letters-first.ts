// caught by: P2.4-order
// says: Sort by the lower case
    const own = this.#byOwner.get(asker);
    return [...this.#byOwner.values()]
      .filter((user) => user !== own)
      .sort((a, b) => (a.username < b.username ? -1 : 1));
