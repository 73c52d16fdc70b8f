// Makes bundles: programs with all that they import, as plain JavaScript. tsx translates a program each time it starts;
// a bundle is translated only once. esbuild translates in both cases.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BuildFailure, build, type Plugin } from "esbuild";
import { makeFolder, removeFolder } from "./own-folder.ts";
import { type Place, STAGE_FOLDERS } from "./place.ts";

/** How the names of folders with bundles begin. */
export const BUNDLES_FOLDER = ".bundles-";

const MODULE_HOST = fileURLToPath(new URL("module-host.ts", import.meta.url));
/** Prints the hello that a peer has kept. */
export const KEPT_HELLO = fileURLToPath(new URL("kept-hello.ts", import.meta.url));

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

/** A file is not valid TypeScript, or imports what is not there. */
export class BundleError extends Error {
  /** The absolute path of the file. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly lineText: string;

  /** @param message what is wrong, in one line */
  constructor(message: string, file: string, line: number, lineText: string) {
    super(message);
    this.file = file;
    this.line = line;
    this.lineText = lineText;
  }
}

export interface BundleOptions {
  /** The path that errors of the running program name for a file. Default: the file's own. */
  shownAs?: (path: string) => string;
  /** A folder whose files may import only each other, and packages. For code that is not trusted. */
  confinedTo?: string;
}

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
 * @throws BundleError if a file is not valid TypeScript, or imports what it may not
 */
export async function writeBundles(
  programs: ReadonlyMap<string, string>,
  folder: string,
  { shownAs = (path) => path, confinedTo }: BundleOptions = {},
): Promise<void> {
  const bundles = await buildBundles(programs, folder, confinedTo).catch((error: BuildFailure) => {
    const [first] = error.errors ?? [];
    if (!first?.location) throw error;
    const { file, line, lineText } = first.location;
    throw new BundleError(first.text, resolve(file), line, lineText);
  });
  for (const { path, text } of bundles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, withSourcesShown(text, dirname(path), shownAs));
  }
}

const SOURCE_MAP = /(?<=\n\/\/# sourceMappingURL=data:application\/json;base64,)[A-Za-z0-9+/=]+/;

/** Gives other names to the files in the source map of a bundle. @param folder the folder of the bundle */
function withSourcesShown(bundle: string, folder: string, shownAs: (path: string) => string): string {
  return bundle.replace(SOURCE_MAP, (encoded) => {
    const map = JSON.parse(Buffer.from(encoded, "base64").toString());
    const rename = (source: string): string =>
      relative(folder, shownAs(resolve(folder, source))).replaceAll("\\", "/");
    return Buffer.from(JSON.stringify({ ...map, sources: map.sources.map(rename) })).toString("base64");
  });
}

async function buildBundles(
  programs: ReadonlyMap<string, string>,
  folder: string,
  confinedTo: string | undefined,
) {
  const { outputFiles } = await build({
    entryPoints: [...programs].map(([out, path]) => ({ in: path, out })),
    write: false,
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
  return outputFiles;
}

/** The files of stages that are started as programs, by whoever. */
const STAGE_PROGRAMS = ["server.ts", "client.ts", "peer.ts"];

/**
 * The programs of a stage.
 * @param withModules also all its other files, and the process that calls their functions
 */
function stageBundles(folder: string, withModules: boolean): Map<string, string> {
  const programs = new Map(
    withModules
      ? [
          ["module-host", MODULE_HOST],
          ["kept-hello", KEPT_HELLO],
        ]
      : [],
  );
  for (const name of readdirSync(folder))
    if (withModules ? name.endsWith(".ts") && !name.endsWith(".test.ts") : STAGE_PROGRAMS.includes(name))
      programs.set(`${basename(folder)}/${basename(name, ".ts")}`, join(folder, name));
  return programs;
}

/** The programs that attacks start, in addition to the stages'. */
const ATTACK_PROGRAMS = ["attacks/attack.ts", "attacks/lab-bob.ts"];

export interface PlaceBundleOptions extends BundleOptions {
  /** Default: true. Bundles all files of the stage, not its programs alone, because checks call their functions. */
  withModules?: boolean;
}

/** A place with bundles, which the checks run instead of the programs. */
export interface BundledPlace {
  place: Place;
  /** Removes the bundles. */
  remove(): void;
}

/**
 * Bundles the programs of a place. If a file is not valid TypeScript, the place stays without bundles, and tsx reports
 * the mistake.
 * @param withAttacks bundles also the attacks beside the stage, and the other stages
 * @param parent the bundles get a new folder in here; it must be inside of the course's folder
 * @param options withModules: false if no functions are called in files of the stage
 */
export async function bundlePlace(
  place: Place,
  withAttacks: boolean,
  parent: string,
  options: PlaceBundleOptions = {},
): Promise<BundledPlace> {
  try {
    return await bundleValidPlace(place, withAttacks, parent, options);
  } catch {
    return { place, remove: () => {} };
  }
}

/**
 * The same for a place whose mistakes the caller reports.
 * @throws BundleError if a file is not valid TypeScript, or imports what it may not
 */
export async function bundleValidPlace(
  place: Place,
  withAttacks: boolean,
  parent: string,
  { withModules = true, ...options }: PlaceBundleOptions = {},
): Promise<BundledPlace> {
  const folder = makeFolder(parent, BUNDLES_FOLDER);
  try {
    await writeBundles(programsOf(place, withAttacks, withModules), folder, options);
    return { place: { ...place, bundles: folder }, remove: () => removeFolder(folder) };
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

function programsOf(place: Place, withAttacks: boolean, withModules: boolean): Map<string, string> {
  const programs = stageBundles(place.folder, withModules);
  if (!withAttacks) return programs;
  const beside = dirname(place.folder);
  // Attacks start the programs of other stages, too. What else they need of a stage, they import.
  for (const stage of Object.values(STAGE_FOLDERS).filter((name) => existsSync(join(beside, name))))
    for (const [out, path] of stageBundles(join(beside, stage), false)) programs.set(out, path);
  for (const name of ATTACK_PROGRAMS.filter((one) => existsSync(join(beside, one))))
    programs.set(name.replace(/\.ts$/, ""), join(beside, name));
  return programs;
}
