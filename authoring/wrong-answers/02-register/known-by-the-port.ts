// caught by: P2.2-taken
// says: username-taken
    if (this.#byOwner.has(owner)) return "already-registered";
    const key = nameKey(user.username);
    const namesake = this.#byName.get(key)?.user;
    if (namesake?.host === user.host && namesake.port === user.port) return "username-taken";
    this.#byName.set(key, { owner, user });
    this.#byOwner.set(owner, user);
    this.#sorted = undefined;
    return "registered";
