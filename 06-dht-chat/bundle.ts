// The page's script, made of page/main.ts and all that it imports, in memory: nothing is written to the disk. What the page
// imports only when it needs it becomes a script of its own.

import { readFile } from "node:fs/promises";
import { basename, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Message, type Plugin } from "esbuild";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** A script for browsers, and how large it is, in bytes. */
export interface Bundle {
  script: Uint8Array;
  size: number;
  /** What it loads later, by file name: it has to be served beside it. */
  parts: ReadonlyMap<string, Uint8Array>;
}

/** Names of parts begin so; then comes a hash of what is in them. */
const PART = "part";

/**
 * Bundles a TypeScript file for browsers.
 * @param entry the file's path
 * @throws Error with one sentence that names file and line of the first mistake
 */
export async function bundlePage(entry: string): Promise<Bundle> {
  let outputs: { path: string; contents: Uint8Array }[];
  try {
    const result = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: "esm",
      splitting: true,
      // Nothing is written there; names are made from it.
      outdir: FOLDER,
      entryNames: "main",
      chunkNames: `${PART}-[hash]`,
      platform: "browser",
      target: "es2022",
      minify: true,
      legalComments: "none",
      logLevel: "silent",
      plugins: [ONE_COPY],
    });
    outputs = result.outputFiles;
  } catch (error) {
    throw new Error(`the page cannot be bundled: ${firstMistake(error)}`);
  }
  const files = new Map(outputs.map(({ path, contents }) => [basename(path), contents]));
  const script = files.get("main.js") ?? new Uint8Array();
  files.delete("main.js");
  return { script, size: script.length, parts: files };
}

/** Packages that npm installs at several places, in the same version: one copy of each file is enough. */
const ONE_COPY: Plugin = {
  name: "one copy",
  setup({ onResolve, resolve }) {
    const first = new Map<string, string>();
    onResolve(
      { filter: /^(protons-runtime|uint8arraylist)($|\/)/ },
      async ({ path, pluginData, ...options }) => {
        if (pluginData === ONE_COPY) return undefined;
        const { importer, resolveDir, kind } = options;
        const found = await resolve(path, { importer, resolveDir, kind, pluginData: ONE_COPY });
        const [folder = "", name = ""] = /^.*[\\/]node_modules[\\/]([^\\/]+)/.exec(found.path) ?? [];
        if (found.errors.length > 0 || folder === "") return found;
        const { version } = JSON.parse(await readFile(`${folder}/package.json`, "utf8")) as {
          version: string;
        };
        const file = `${name} ${version} ${found.path.slice(folder.length)}`;
        const known = first.get(file) ?? found.path;
        first.set(file, known);
        return { ...found, path: known };
      },
    );
  },
};

/** esbuild lists mistakes, each with its place. */
function firstMistake(error: unknown): string {
  const [message] = (error as { errors?: Message[] }).errors ?? [];
  if (message === undefined) return error instanceof Error ? error.message : String(error);
  const { text, location } = message;
  return location === null ? text : `${relative(FOLDER, location.file)}, line ${location.line}: ${text}`;
}
