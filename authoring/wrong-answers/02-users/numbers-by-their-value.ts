// caught by: P2.4-order
// says: first difference
    const own = this.#byOwner.get(asker);
    const order = new Intl.Collator("en", { numeric: true });
    return [...this.#byOwner.values()]
      .filter((user) => user !== own)
      .sort((a, b) => order.compare(nameKey(a.username), nameKey(b.username)));
