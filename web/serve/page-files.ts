// The page's files: its script and style, made of page/main.ts and all that it imports, in memory. Nothing is written to the
// disk, and there is no step to build it.

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { type BuildResult, build, type Message } from "esbuild";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

const PAGE_FOLDER = join(COURSE_FOLDER, "web", "page");

/** A file as it is served. */
export interface PageFile {
  /** Its media type. */
  type: string;
  body: string | Uint8Array;
}

/** What the page is made of, by path. `/` is the page itself. */
export type PageFiles = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** By entry. */
const made = new Map<string, Promise<PageFiles>>();

/**
 * Bundles the page, once while this program runs.
 * @param entry the file that it starts with, in page/: tests have others
 * @throws Error with one sentence that names file and line of the first mistake
 */
export function makePageFiles(entry = "main.ts"): Promise<PageFiles> {
  const files = made.get(entry) ?? make(entry);
  made.set(entry, files);
  return files;
}

async function make(entry: string): Promise<PageFiles> {
  const { outputFiles } = await bundle(entry);
  const bundled = outputFiles.map(({ path, contents }): [string, PageFile] => {
    const name = basename(path);
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    return [`/${name}`, { type, body: contents }];
  });
  return new Map([...bundled, ["/icon.svg", { type: TYPES.svg ?? "", body: read("icon.svg") }]]);
}

async function bundle(
  entry: string,
): Promise<BuildResult<{ write: false }> & { outputFiles: { path: string; contents: Uint8Array }[] }> {
  try {
    return await build({
      entryPoints: [join(PAGE_FOLDER, entry)],
      bundle: true,
      write: false,
      format: "esm",
      splitting: true,
      // Nothing is written there; names are made from it.
      outdir: PAGE_FOLDER,
      entryNames: "main",
      chunkNames: "part-[hash]",
      platform: "browser",
      target: "es2022",
      minify: true,
      legalComments: "none",
      logLevel: "silent",
    });
  } catch (error) {
    throw new Error(`the page cannot be bundled: ${firstMistake(error)}`);
  }
}

/** esbuild lists mistakes, each with its place. */
function firstMistake(error: unknown): string {
  const [message] = (error as { errors?: Message[] }).errors ?? [];
  if (message === undefined) return error instanceof Error ? error.message : String(error);
  const { text, location } = message;
  return location === null ? text : `${relative(PAGE_FOLDER, location.file)}, line ${location.line}: ${text}`;
}

function read(name: string): string {
  return readFileSync(join(PAGE_FOLDER, name), "utf8");
}

/** Where index.html has the number that marks the page's own style elements, drawn anew for each request. */
const NONCE = "{{nonce}}";

/**
 * Where index.html names all scripts, so that they are there from the beginning: when our server has ended, anybody may listen
 * at its port, and a page that is still open must not load a script from them.
 */
const SCRIPTS = "{{scripts}}";

/**
 * The page itself, and its policy. xterm makes style elements, so these need a nonce (CSP 3, section 7.1).
 * @param paths of the page's files
 */
export function pageWithPolicy(paths: Iterable<string>): { body: string; policy: string } {
  const nonce = randomBytes(18).toString("base64");
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html dompurify",
  ].join("; ");
  const scripts = [...paths].filter((path) => /^\/part-[\w-]+\.js$/.test(path));
  const links = scripts.map((path) => `<link rel="modulepreload" href="${path}">\n`).join("");
  return { body: read("index.html").replace(NONCE, nonce).replace(SCRIPTS, links.trimEnd()), policy };
}
