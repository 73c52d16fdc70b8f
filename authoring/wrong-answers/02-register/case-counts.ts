// caught by: P2.1-case P2.2-simultaneous
// says: username-taken
    if (this.#byOwner.has(owner)) return "already-registered";
    if (this.#byName.has(user.username)) return "username-taken";
    this.#byName.set(nameKey(user.username), { owner, user });
    this.#byOwner.set(owner, user);
    this.#sorted = undefined;
    return "registered";
