// Remembers in work/ where the user has stopped reading, and which pages they have read. Git ignores this folder.

import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Larger files are not ours, in bytes. */
const LARGEST = 65_536;

/** Where the user was, and what they have read. */
export interface ReadingPlace {
  /** The id of the page; empty if they have not read anything yet. */
  page: string;
  /** How much of it was above the screen, from 0 to 1. */
  share: number;
  /** The ids of the pages that they have read to the end. */
  read: ReadonlySet<string>;
}

/** @param folder work/, which may be missing */
export function recallPlace(folder: string): ReadingPlace {
  const [page = "", written = ""] = wordsOf(join(folder, PLACE));
  const share = /^[01]\.[0-9]{4}$/.test(written) ? Math.min(1, Number(written)) : 0;
  return { page, share, read: new Set(wordsOf(join(folder, READ))) };
}

/**
 * What another reader has noted meanwhile stays: learn may have opened one beside this. Does nothing where files cannot
 * be written: pages can be read even then.
 */
export function rememberPlace(folder: string, { page, share, read }: ReadingPlace): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, PLACE), `${page} ${share.toFixed(4)}\n`);
    writeFileSync(
      join(folder, READ),
      [...new Set([...wordsOf(join(folder, READ)), ...read])]
        .sort()
        .map((id) => `${id}\n`)
        .join(""),
    );
  } catch {
    // The disk is full or read-only.
  }
}

const PLACE = "lesson-page.txt";
const READ = "lesson-read.txt";

function wordsOf(path: string): string[] {
  try {
    if (statSync(path).size > LARGEST) return [];
    return readFileSync(path, "utf8")
      .split(/\s+/)
      .filter((word) => word !== "");
  } catch {
    return []; // The user has not read anything yet.
  }
}
