// The registry's memory: who has which name (P2.1, P2.2, P2.4).
// Pure. An owner stands for a connection; what it is, the caller decides.

import { compareNames, nameKey } from "./messages.ts";
import type { User } from "./registry-messages.ts";

export class Registry<Owner> {
  /** Who has a name, by the name's lower case. */
  readonly #byName = new Map<string, { owner: Owner; user: User }>();
  readonly #byOwner = new Map<Owner, User>();
  /** All users in the order of P2.4; undefined if somebody has come or gone since they were sorted. */
  #sorted: User[] | undefined;

  /** Gives the name to the owner, unless somebody has it. */
  claim(owner: Owner, user: User): "registered" | "username-taken" | "already-registered" {
    // BEGIN SOLUTION 02-register
    if (this.#byOwner.has(owner)) return "already-registered";
    const key = nameKey(user.username);
    if (this.#byName.has(key)) return "username-taken";
    this.#byName.set(key, { owner, user });
    this.#byOwner.set(owner, user);
    this.#sorted = undefined;
    return "registered";
    // END SOLUTION 02-register
  }

  /** Frees the owner's name, at once, and returns whose it was. */
  release(owner: Owner): User | undefined {
    const user = this.#byOwner.get(owner);
    if (user === undefined) return undefined;
    this.#byOwner.delete(owner);
    this.#byName.delete(nameKey(user.username));
    this.#sorted = undefined;
    return user;
  }

  isRegistered(owner: Owner): boolean {
    return this.#byOwner.has(owner);
  }

  find(username: string): User | undefined {
    return this.#byName.get(nameKey(username))?.user;
  }

  /** Everyone but the asker, sorted by name. */
  others(asker: Owner): User[] {
    // BEGIN SOLUTION 02-users
    const own = this.#byOwner.get(asker);
    this.#sorted ??= [...this.#byOwner.values()].sort((a, b) => compareNames(a.username, b.username));
    return this.#sorted.filter((user) => user !== own);
    // END SOLUTION 02-users
  }

  /** Every registered owner. */
  owners(): Iterable<Owner> {
    return this.#byOwner.keys();
  }
}
