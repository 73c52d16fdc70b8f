// Folders that we make for a moment. They must not stay behind, also when a signal ends us before we have removed them.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

const folders = new Set<string>();
process.on("exit", () => {
  for (const folder of folders) removeFolder(folder);
});

/**
 * Makes a folder whose name begins like this. It is removed when this process ends.
 * @param parent is made if it does not exist
 */
export function makeFolder(parent: string, beginning: string): string {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, beginning));
  folders.add(folder);
  return folder;
}

export function removeFolder(folder: string): void {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
