// caught by: P2.2-taken
// says: already-registered
    if (this.#byOwner.has(owner)) return "already-registered";
    this.#byOwner.set(owner, user);
    this.#sorted = undefined;
    const key = nameKey(user.username);
    if (this.#byName.has(key)) return "username-taken";
    this.#byName.set(key, { owner, user });
    return "registered";
