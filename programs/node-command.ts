// Makes the command that starts a TypeScript program: with Node.js and tsx, as students do it, or from a bundle.

import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { COURSE_FOLDER } from "./course-folder.ts";

/**
 * The environment variable that names a folder of bundles; the programs that we start inherit it. In that folder,
 * 02-basic-p2p/server.js is server.ts and all its imports as plain JavaScript. It starts four times as fast.
 */
export const BUNDLES = "COURSE_BUNDLES";

/** The absolute URL of tsx, so that programs in any folder can load it. `npx tsx` takes three times as long. */
const TSX = import.meta.resolve("tsx");

/**
 * The words of the command that runs a program.
 * @param file relative to `folder`, or absolute
 * @param folder the folder that the program runs in
 * @param loads URLs of modules to load before the program
 */
export function nodeCommand(
  file: string,
  folder: string = COURSE_FOLDER,
  loads: readonly string[] = [],
): string[] {
  const bundle = bundleOf(resolve(folder, file));
  // A bundle runs without tsx, but the modules to load may be TypeScript.
  if (bundle !== undefined && loads.length === 0) return bundleCommand(bundle);
  const before = loads.flatMap((url) => ["--import", url]);
  return [process.execPath, "--import", TSX, ...before, file];
}

/** The command that runs a bundle. Errors name the lines of the TypeScript files. */
export function bundleCommand(bundle: string): string[] {
  return [process.execPath, "--enable-source-maps", bundle];
}

function bundleOf(path: string): string | undefined {
  const bundles = process.env[BUNDLES];
  // Bundles of another copy of the course are not ours.
  if (!bundles || !isInCourse(bundles) || !isInCourse(path)) return undefined;
  const bundle = join(bundles, relative(COURSE_FOLDER, path).replace(/\.ts$/, ".js"));
  return existsSync(bundle) ? bundle : undefined;
}

function isInCourse(path: string): boolean {
  const file = relative(COURSE_FOLDER, path);
  return !file.startsWith("..") && !isAbsolute(file);
}
