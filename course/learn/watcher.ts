// Notices that a file in a folder was saved: the system reports it, and we also look ourselves.

import { hash } from "node:crypto";
import {
  type FSWatcher,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** If the system does not report saved files, we look after this many milliseconds. */
const POLL = 500;
/** If it does, we still look, but less often, because it may miss some. */
const SLOW_POLL = 2000;
/** Editors save in several steps. We wait until nothing has happened for this many milliseconds. */
const QUIET = 40;
/** Of a larger file, only the time and the size are looked at. */
const MAX_HASHED_BYTES = 1_048_576;
/** How long to wait until the system reports a file that we have written, in milliseconds. */
const PATIENCE = 1000;

/** Whether the system reports saved files in this folder. The folder is made if it is missing. */
export async function watchingWorks(folder: string): Promise<boolean> {
  // WSL does not notice files on a Windows drive that a Windows program saves.
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
   * @param told whether the system reports saved files in this folder
   * @param onSave called when the files have changed since the last call
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
      this.#watcher.on("error", () => {}); // For example, the folder was removed. We still look.
    } catch {
      // The folder cannot be watched. We still look.
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

/** The TypeScript files of a folder: what tells whether one of them was saved. */
function stateOf(folder: string): string {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${name} ${stateOfFile(join(folder, name))}`)
      .join("\n");
  } catch {
    return ""; // The folder is gone. The next look will show it.
  }
}

/** A file's time of change, its size, and a hash of its bytes: a coarse clock has the same time for two saves. */
function stateOfFile(path: string): string {
  try {
    const { mtimeMs, size } = statSync(path);
    return `${mtimeMs} ${size} ${size <= MAX_HASHED_BYTES ? hash("sha1", readFileSync(path)) : ""}`;
  } catch {
    return ""; // An editor is replacing it, or it is no file.
  }
}
