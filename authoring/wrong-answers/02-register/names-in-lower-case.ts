// caught by: P2.1-case
// says: first difference
    if (this.#byOwner.has(owner)) return "already-registered";
    const key = nameKey(user.username);
    if (this.#byName.has(key)) return "username-taken";
    const known = { ...user, username: key };
    this.#byName.set(key, { owner, user: known });
    this.#byOwner.set(owner, known);
    this.#sorted = undefined;
    return "registered";
