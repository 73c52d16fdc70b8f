// caught by: P2.4-order
// says: first difference
    const own = this.#byOwner.get(asker);
    const key = (user: User): string => user.username.toUpperCase();
    return [...this.#byOwner.values()]
      .filter((user) => user !== own)
      .sort((a, b) => (key(a) < key(b) ? -1 : 1));
