// Bundles: programs with all that they import, as plain JavaScript. tsx translates a program whenever it is started; whoever
// starts the same program a hundred times translates it once. esbuild does it, as it does for tsx.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import type { Place } from "./place.ts";

const MODULE_HOST = fileURLToPath(new URL("module-host.ts", import.meta.url));

/** A program that finds files by its own place shall find them from its bundle, too: so each file brings its place along. */
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
 * Writes bundles. What several of them import stands once, as it does where they are modules: a class is one class.
 * @param programs by the name of the bundle in the folder, without its ending: the absolute path of the program
 * @param folder below that of the course: the packages that are not bundled are looked for from there
 * @throws Error if something is no TypeScript
 */
export async function writeBundles(programs: ReadonlyMap<string, string>, folder: string): Promise<void> {
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
    plugins: [OWN_PLACE],
    define: { "import.meta.url": "OWN_URL" },
  });
}

/** The programs and modules of a stage, and the process that calls the functions of modules. */
export function stageBundles(folder: string): Map<string, string> {
  const programs = new Map([["module-host", MODULE_HOST]]);
  for (const name of readdirSync(folder))
    if (name.endsWith(".ts") && !name.endsWith(".test.ts"))
      programs.set(`${basename(folder)}/${basename(name, ".ts")}`, join(folder, name));
  return programs;
}

/** What attacks start, beside the stages: the attacks themselves, and who plays a victim. */
const ATTACK_PROGRAMS = ["attacks/attack.ts", "attacks/lab-bob.ts"];

/** Bundles of a place, which the checks run instead of its programs. */
export interface BundledPlace {
  place: Place;
  /** Removes the bundles. */
  remove(): void;
}

/**
 * Bundles the programs of a place.
 * @param withAttacks also the attacks beside the stage, and the other stages
 * @param parent where the bundles' own folder is made, below that of the course
 * @returns the place as it was if something there is no TypeScript: then tsx says what is wrong
 */
export async function bundlePlace(place: Place, withAttacks: boolean, parent: string): Promise<BundledPlace> {
  const beside = dirname(place.folder);
  const programs = stageBundles(place.folder);
  if (withAttacks) {
    for (const name of readdirSync(beside))
      if (/^0[0-9]-/.test(name))
        for (const [out, path] of stageBundles(join(beside, name))) programs.set(out, path);
    for (const name of ATTACK_PROGRAMS)
      if (existsSync(join(beside, name))) programs.set(name.replace(/\.ts$/, ""), join(beside, name));
  }
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, ".bundles-"));
  const remove = (): void => {
    process.off("exit", remove);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.on("exit", remove); // Whoever ends us leaves no time for more.
  try {
    await writeBundles(programs, folder);
    return { place: { ...place, bundles: folder }, remove };
  } catch {
    remove();
    return { place, remove: () => {} };
  }
}
