// caught by: P2.4-others
// says: "users":[]
    const own = this.#byOwner.get(asker);
    return [...this.#byOwner.values()]
      .filter((user) => user.host !== own?.host || user.port !== own.port)
      .sort((a, b) => compareNames(a.username, b.username));
