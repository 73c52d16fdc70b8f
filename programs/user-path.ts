// The files that a user names on the command line.

import { resolve } from "node:path";

/**
 * The folder that the user is in. npm runs every script in the course's folder, and says in INIT_CWD where it was
 * called.
 */
export function userFolder(): string {
  return process.env.INIT_CWD || process.cwd();
}

/** The absolute path of a file or folder that the user has named from where they are. */
export function userPath(name: string): string {
  return resolve(userFolder(), name);
}
