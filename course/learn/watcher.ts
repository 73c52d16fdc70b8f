// Notices when a file in a folder is saved: the system tells, and where it does not, we look.

import { type FSWatcher, mkdirSync, readdirSync, rmSync, statSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Between two looks, in milliseconds, where the system does not tell. */
const POLL = 500;
/** Where it does, we look all the same, for what it may have missed. */
const SLOW_POLL = 2000;
/** Editors save in several steps: how long it has to be quiet before we look, in milliseconds. */
const QUIET = 40;
/** How long we wait for the system to tell of a file of our own, in milliseconds. */
const PATIENCE = 1000;

/** Whether the system tells of files that are saved in this folder, which is made if need be. */
export async function watchingWorks(folder: string): Promise<boolean> {
  // A Windows program that saves a file is not noticed from inside of WSL, although a Linux program is.
  if (process.env.WSL_DISTRO_NAME !== undefined && /^\/mnt\/[a-z]\//.test(folder)) return false;
  mkdirSync(folder, { recursive: true });
  const probe = join(folder, `.probe-${process.pid}`);
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), PATIENCE);
      watcher = watch(folder, () => resolve(true));
      watcher.on("error", () => resolve(false));
      writeFileSync(probe, "");
    });
  } catch {
    return false; // The folder cannot be watched at all.
  } finally {
    clearTimeout(timer);
    watcher?.close();
    rmSync(probe, { force: true });
  }
}

export class Watcher {
  readonly #folder: string;
  readonly #onSave: () => void;
  readonly #watcher: FSWatcher | undefined;
  readonly #poll: NodeJS.Timeout;
  #quiet: NodeJS.Timeout | undefined;
  #seen: string;

  /**
   * @param told whether the system tells of saved files there
   * @param onSave called when the files are others than at the last call
   */
  constructor(folder: string, told: boolean, onSave: () => void) {
    this.#folder = folder;
    this.#onSave = onSave;
    this.#seen = stateOf(folder);
    this.#poll = setInterval(() => this.#look(), told ? SLOW_POLL : POLL);
    if (!told) return;
    try {
      this.#watcher = watch(folder, () => {
        clearTimeout(this.#quiet);
        this.#quiet = setTimeout(() => this.#look(), QUIET);
      });
      this.#watcher.on("error", () => {}); // The folder was removed, say: looking has to do.
    } catch {
      // As above.
    }
  }

  close(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#quiet);
    this.#watcher?.close();
  }

  #look(): void {
    const now = stateOf(this.#folder);
    if (now === this.#seen) return;
    this.#seen = now;
    this.#onSave();
  }
}

/** The TypeScript files of a folder, with the moments at which they were written. */
function stateOf(folder: string): string {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => {
        const { mtimeMs, size } = statSync(join(folder, name));
        return `${name} ${mtimeMs} ${size}`;
      })
      .join("\n");
  } catch {
    return ""; // An editor is just replacing a file, or the folder is gone: the next look will see.
  }
}
