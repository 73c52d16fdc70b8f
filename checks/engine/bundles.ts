// Makes bundles: programs with all that they import, as plain JavaScript. tsx translates a program each time it starts;
// a bundle is translated only once. esbuild translates in both cases.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { makeFolder, removeFolder } from "./own-folder.ts";
import { type Place, STAGE_FOLDERS } from "./place.ts";

/** How the names of folders with bundles begin. */
export const BUNDLES_FOLDER = ".bundles-";

const MODULE_HOST = fileURLToPath(new URL("module-host.ts", import.meta.url));

/** Keeps the path of the original file in the bundle, because some programs find other files relative to their own. */
const OWN_PLACE: Plugin = {
  name: "own-place",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const url = JSON.stringify(pathToFileURL(path).href);
      const contents = text.includes("import.meta.url") ? `const OWN_URL = ${url};${text}` : text;
      return { contents, loader: "ts" };
    });
  },
};

/**
 * Refuses imports that lead out of a folder, from a file in it: a student's code must not import the course's solution.
 * Packages stay as they are, because they are not bundled.
 */
function staysInside(folder: string): Plugin {
  const isInside = (path: string): boolean => {
    const way = relative(folder, path);
    return !way.startsWith("..") && !isAbsolute(way);
  };
  return {
    name: "stays-inside",
    setup({ onResolve }) {
      onResolve({ filter: /^\.|^file:|^[/\\]|^[A-Za-z]:/ }, ({ path, resolveDir, importer }) => {
        if (!isInside(importer)) return undefined;
        if (!path.startsWith("file:") && isInside(resolve(resolveDir, path))) return undefined;
        return { errors: [{ text: `the import of ${JSON.stringify(path)} leads out of the stages` }] };
      });
    },
  };
}

/**
 * Writes bundles. A module that several of them import is shared, so that a class stays one class.
 * @param programs the absolute path of each program, by the name of its bundle without ending
 * @param folder must be inside of the course's folder, because Node.js looks for packages from there
 * @param confinedTo a folder whose files may import only each other, and packages
 * @throws Error if a file is not valid TypeScript
 */
export async function writeBundles(
  programs: ReadonlyMap<string, string>,
  folder: string,
  confinedTo?: string,
): Promise<void> {
  await build({
    entryPoints: [...programs].map(([out, path]) => ({ in: path, out })),
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "silent",
    sourcemap: "inline", // An error names the line in the TypeScript file.
    plugins: [OWN_PLACE, ...(confinedTo === undefined ? [] : [staysInside(confinedTo)])],
    define: { "import.meta.url": "OWN_URL" },
  });
}

/** The programs and modules of a stage, and the process that calls the functions of modules. */
function stageBundles(folder: string): Map<string, string> {
  const programs = new Map([["module-host", MODULE_HOST]]);
  for (const name of readdirSync(folder))
    if (name.endsWith(".ts") && !name.endsWith(".test.ts"))
      programs.set(`${basename(folder)}/${basename(name, ".ts")}`, join(folder, name));
  return programs;
}

/** The programs that attacks start, in addition to the stages'. */
const ATTACK_PROGRAMS = ["attacks/attack.ts", "attacks/lab-bob.ts"];

/** A place with bundles, which the checks run instead of the programs. */
export interface BundledPlace {
  place: Place;
  /** Removes the bundles. */
  remove(): void;
}

/**
 * Bundles the programs of a place.
 * @param withAttacks bundles also the attacks beside the stage, and the other stages
 * @param parent the bundles get a new folder in here; it must be inside of the course's folder
 * @returns the place without bundles if a file is not valid TypeScript: then tsx reports the mistake
 */
export async function bundlePlace(place: Place, withAttacks: boolean, parent: string): Promise<BundledPlace> {
  try {
    return await bundleOrThrow(place, withAttacks, parent);
  } catch {
    return { place, remove: () => {} };
  }
}

/**
 * The same, for code that is not trusted.
 * @param confinedTo the files in this folder may import only each other, and packages
 * @throws Error if a file is not valid TypeScript, or imports what it may not; its member `errors` is esbuild's
 */
export async function bundleOrThrow(
  place: Place,
  withAttacks: boolean,
  parent: string,
  confinedTo?: string,
): Promise<BundledPlace> {
  const folder = makeFolder(parent, BUNDLES_FOLDER);
  try {
    await writeBundles(programsOf(place, withAttacks), folder, confinedTo);
    return { place: { ...place, bundles: folder }, remove: () => removeFolder(folder) };
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

function programsOf(place: Place, withAttacks: boolean): Map<string, string> {
  const programs = stageBundles(place.folder);
  if (!withAttacks) return programs;
  const beside = dirname(place.folder);
  for (const stage of Object.values(STAGE_FOLDERS).filter((name) => existsSync(join(beside, name))))
    for (const [out, path] of stageBundles(join(beside, stage))) programs.set(out, path);
  for (const name of ATTACK_PROGRAMS.filter((one) => existsSync(join(beside, one))))
    programs.set(name.replace(/\.ts$/, ""), join(beside, name));
  return programs;
}
