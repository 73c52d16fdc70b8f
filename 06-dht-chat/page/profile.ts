// Which profile this tab uses, and that no other tab uses it at the same time (P10.13).

/** So the profile is called when the address names none. */
const DEFAULT_PROFILE = "default";

/** A name becomes part of a database's name, so it has only these characters, 32 at most. */
const NAME = /^[a-z0-9-]{1,32}$/;

/**
 * Reads `?profile=NAME` of the page's address.
 * @param search such as "?profile=second"; of several, the first counts
 * @returns the name, or one sentence that says what is wrong with it
 */
export function readProfile(search: string): { name: string } | { problem: string } {
  const name = new URLSearchParams(search).get("profile") ?? DEFAULT_PROFILE;
  if (NAME.test(name)) return { name };
  return {
    problem:
      "The profile in the address of this page must have 1 to 32 of the characters a to z, 0 to 9 and -, " +
      "such as ?profile=second. Change the address.",
  };
}

/** As much of Web Locks as is needed here: `navigator.locks` in the page. */
export interface Locks {
  request(
    name: string,
    options: { ifAvailable: true },
    callback: (lock: unknown) => Promise<void>,
  ): Promise<unknown>;
}

/**
 * Takes the profile for this tab. The browser gives it back when the tab is closed, or has crashed.
 * @returns what gives it back; undefined if another tab has it
 */
export function takeProfile(locks: Locks, name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const request = locks.request(`p2p-chat-06 ${name}`, { ifAvailable: true }, (lock) => {
      if (lock === null) {
        resolve(undefined);
        return Promise.resolve();
      }
      // The lock is held until this promise is fulfilled.
      return new Promise<void>((giveBack) => resolve(giveBack));
    });
    request.catch(reject);
  });
}
