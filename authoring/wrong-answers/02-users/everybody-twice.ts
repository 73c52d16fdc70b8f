// caught by: P2.4-others P2.4-registry
    const own = this.#byOwner.get(asker);
    const users = [...this.#byOwner.values(), ...[...this.#byName.values()].map(({ user }) => ({ ...user }))];
    return users
      .filter((user) => user.username !== own?.username)
      .sort((a, b) => compareNames(a.username, b.username));
