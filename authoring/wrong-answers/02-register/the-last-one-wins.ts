// caught by: P2.2-taken
// says: Look whether somebody has the name
    if (this.#byOwner.has(owner)) return "already-registered";
    const key = nameKey(user.username);
    const before = this.#byName.get(key);
    if (before !== undefined) this.release(before.owner);
    this.#byName.set(key, { owner, user });
    this.#byOwner.set(owner, user);
    this.#sorted = undefined;
    return "registered";
