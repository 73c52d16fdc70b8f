// What was proved before need not be proved again while nothing has changed that it depends on. In CI nothing is remembered.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

/** A file for each proof, named by the hash of what it depends on. */
const MEMORY = join(COURSE_FOLDER, "work", ".proofs");

/** What every proof depends on, beside the stage's files and what is proved: the checks, the engine, and what proves. */
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

/** How many proofs of this process were remembered. */
export function rememberedCount(): number {
  return count;
}

/** Forgets all: `npm run test:proofs -- --fresh`. */
export function forgetProofs(): void {
  rmSync(MEMORY, { recursive: true, force: true });
}

/**
 * Proves something, unless the same was proved before.
 * @param files on which it depends beside the engine, or their folders; relative to the course's folder
 * @param what is proved, in words that change whenever it does
 * @param prove throws if it is not so
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

/** Of a file; or of the code in a folder, with the names of its files. */
function digestOf(path: string): Buffer {
  const known = digests.get(path);
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  const absolute = join(COURSE_FOLDER, path);
  const names = statSync(absolute).isDirectory()
    ? readdirSync(absolute, { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(?:ts|pcap|keys)$/.test(name))
        .sort()
    : [""];
  for (const name of names) hash.update(`${name}\n`).update(readFileSync(join(absolute, name)));
  const digest = hash.digest();
  digests.set(path, digest);
  return digest;
}
