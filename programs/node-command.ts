// How a program in TypeScript is started: with Node.js and tsx, as students do it, or from a bundle.

import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { COURSE_FOLDER } from "./course-folder.ts";

/**
 * A folder of bundles, by this variable of our own environment and of all that we start: there 02-basic-p2p/server.js is
 * 02-basic-p2p/server.ts with all that it imports, as plain JavaScript. It starts in a quarter of the time.
 */
export const BUNDLES = "COURSE_BUNDLES";

/** Found from here, so that programs in any folder run. As a loader it starts in a third of the time of `npx tsx`. */
const TSX = import.meta.resolve("tsx");

/**
 * The command that runs a program, and the words that belong to it.
 * @param file relative to the folder that it runs in, or absolute
 * @param folder that it runs in
 * @param loads URLs of modules to load before it
 */
export function nodeCommand(
  file: string,
  folder: string = COURSE_FOLDER,
  loads: readonly string[] = [],
): string[] {
  const bundle = bundleOf(resolve(folder, file));
  // What is loaded before may be TypeScript, too.
  if (bundle !== undefined && loads.length === 0) return [process.execPath, bundle];
  const before = loads.flatMap((url) => ["--import", url]);
  return [process.execPath, "--import", TSX, ...before, file];
}

function bundleOf(path: string): string | undefined {
  const bundles = process.env[BUNDLES];
  const file = relative(COURSE_FOLDER, path);
  if (bundles === undefined || file.startsWith("..") || isAbsolute(file)) return undefined;
  const bundle = join(bundles, file.replace(/\.ts$/, ".js"));
  return existsSync(bundle) ? bundle : undefined;
}
