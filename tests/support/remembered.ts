// Skips a proof that has succeeded before, unless something has changed that it depends on. In CI, every proof runs.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

/** Holds a file for each proof. Its name is the hash of all that the proof depends on. */
const MEMORY = join(COURSE_FOLDER, "work", ".proofs");

/** What every proof depends on, in addition to its own files: the checks, and the code that proves. */
const ENGINE = [
  "authoring/prove",
  "captures",
  "checks",
  "course/exercises",
  "package-lock.json",
  "programs",
  "terminal",
  "tests/support",
];

let count = 0;

/** How many proofs this process has skipped. */
export function rememberedCount(): number {
  return count;
}

/** Forgets all earlier proofs: `npm run test:proofs -- --fresh`. */
export function forgetProofs(): void {
  rmSync(MEMORY, { recursive: true, force: true });
}

/**
 * Proves something, unless the same has been proved before.
 * @param files other files or folders that it depends on, relative to the course's folder
 * @param what describes the proof; must differ for different proofs
 * @param prove throws if the proof fails
 */
export async function remembered(
  files: readonly string[],
  what: readonly string[],
  prove: () => Promise<void>,
): Promise<void> {
  if (process.env.CI) return prove();
  const hash = createHash("sha256").update(JSON.stringify([process.version, what]));
  for (const file of [...ENGINE, ...files]) hash.update(digestOf(file));
  const note = join(MEMORY, hash.digest("hex"));
  if (existsSync(note)) {
    count += 1;
    return;
  }
  await prove();
  mkdirSync(MEMORY, { recursive: true });
  writeFileSync(note, "");
}

const digests = new Map<string, Buffer>();

/** The digest of a file, or of the code and the file names in a folder. */
function digestOf(path: string): Buffer {
  const known = digests.get(path);
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  const absolute = join(COURSE_FOLDER, path);
  const names = statSync(absolute).isDirectory()
    ? readdirSync(absolute, { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(?:ts|pcap|keys)$/.test(name) && !name.includes("node_modules"))
        .sort()
    : [""];
  for (const name of names) hash.update(`${name}\n`).update(readFileSync(join(absolute, name)));
  const digest = hash.digest();
  digests.set(path, digest);
  return digest;
}
