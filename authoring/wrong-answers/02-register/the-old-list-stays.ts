// caught by: P2.4-registry
// says: set #sorted to undefined
    if (this.#byOwner.has(owner)) return "already-registered";
    const key = nameKey(user.username);
    if (this.#byName.has(key)) return "username-taken";
    this.#byName.set(key, { owner, user });
    this.#byOwner.set(owner, user);
    return "registered";
