// Folders that we make for a moment. They must not stay behind, also when a signal ends us before we have removed them.

import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const folders = new Set<string>();
process.on("exit", () => {
  for (const folder of folders) removeFolder(folder);
});

/** What nobody could remove, because the computer went down, say, is removed after a day: milliseconds. */
const A_DAY = 86_400_000;

/**
 * Makes a folder whose name begins like this. It is removed when this process ends.
 * @param parent is made if it does not exist
 */
export function makeFolder(parent: string, beginning: string): string {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent).filter((one) => one.startsWith(beginning))) {
    const age = Date.now() - (statSync(join(parent, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > A_DAY) removeFolder(join(parent, name));
  }
  const folder = mkdtempSync(join(parent, beginning));
  folders.add(folder);
  return folder;
}

/** If the system does not let it go (a virus scanner may hold a file), it is tried once more when this process ends. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    folders.delete(folder);
  } catch {
    folders.add(folder);
  }
}
