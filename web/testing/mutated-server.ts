// The web server with another guard: its source text is changed before it is bundled. So a test sees that it would notice.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { makeFolder } from "../../checks/engine/own-folder.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import type { startWebServer } from "../serve/web-server.ts";

const SERVE = join(COURSE_FOLDER, "web", "serve");
/** What bundled files take for their own address: one of them finds the course with it. */
const ADDRESS = pathToFileURL(join(COURSE_FOLDER, "programs", "course-folder.ts")).href;

export function guardSource(): Promise<string> {
  return readFile(join(SERVE, "guard.ts"), "utf8");
}

/** @param guard the source text of a guard in place of serve/guard.ts */
export async function serverWithGuard(guard: string): Promise<typeof startWebServer> {
  const folder = makeFolder(join(COURSE_FOLDER, "work"), "mutated");
  const outfile = join(folder, "server.mjs");
  await build({
    entryPoints: [join(SERVE, "web-server.ts")],
    bundle: true,
    outfile,
    platform: "node",
    format: "esm",
    packages: "external",
    define: { "import.meta.url": JSON.stringify(ADDRESS) },
    logLevel: "silent",
    plugins: [
      {
        name: "another guard",
        setup: ({ onLoad }) =>
          onLoad({ filter: /serve[\\/]guard\.ts$/ }, () => ({ contents: guard, loader: "ts" })),
      },
    ],
  });
  return (await import(pathToFileURL(outfile).href)).startWebServer;
}
