// caught by: P2.7-already-registered
// says: already-registered
    const key = nameKey(user.username);
    if (this.#byName.has(key)) return "username-taken";
    this.#byName.set(key, { owner, user });
    this.#byOwner.set(owner, user);
    this.#sorted = undefined;
    return "registered";
