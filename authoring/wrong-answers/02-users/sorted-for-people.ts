// caught by: P2.4-order
// says: localeCompare
    const own = this.#byOwner.get(asker);
    return [...this.#byOwner.values()]
      .filter((user) => user !== own)
      .sort((a, b) => a.username.localeCompare(b.username));
