// caught by: P2.4-many
// says: Something cuts the list
    const own = this.#byOwner.get(asker);
    return [...this.#byOwner.values()]
      .filter((user) => user !== own)
      .sort((a, b) => compareNames(a.username, b.username))
      .slice(0, 100);
