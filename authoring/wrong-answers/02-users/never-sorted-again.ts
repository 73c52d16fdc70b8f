// caught by: P2.4-others
// says: username
    const own = this.#byOwner.get(asker);
    this.#sorted ??= [...this.#byOwner.values()].sort((a, b) => compareNames(a.username, b.username));
    const others = this.#sorted;
    const place = own === undefined ? -1 : others.indexOf(own);
    if (place >= 0) others.splice(place, 1);
    return others;
