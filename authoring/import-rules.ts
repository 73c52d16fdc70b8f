// Checks which folder may import which other folder (the plan in IMPORT_RULES). Pure.

import { posix } from "node:path";

/** One import in one file. An import of types counts, too. */
export interface Import {
  file: string;
  /** The imported file, relative to the course's folder; or the package's name as it is written. */
  target: string;
}

const CAPTURES = ["captures/read", "captures/follow", "captures/explain"];
const IN_CAPTURES = [...CAPTURES, "captures/show", "captures/record"];
const ALL_CAPTURES = ["captures", ...IN_CAPTURES];
const SHARED = ["programs", "terminal"];

/** Files of the stages without sockets, clocks or terminals: they hold only functions of bytes and values. */
const PURE = new RegExp(
  [
    "^0[234]-[a-z0-9-]+/(?:channel|diffie-hellman|groups|integers|key-schedule|sealed-lines|stage-interface)\\.ts$",
    "^05-lan-chat/(?:base64|beacons|diffie-hellman|fernet|frames|groups|hello|identity|letters)\\.ts$",
    "^05-lan-chat/(?:messages|proof|sealed-tokens|session-keys|team-key|texts|words)\\.ts$",
    "^06-dht-chat/(?:base58|bytes|card|cryptography|identity|pipe|record|session)\\.ts$",
  ].join("|"),
);

/** With the keys of a chat, these files of stages 04 and 05 can decrypt it. */
const CIPHER =
  /^(?:04-aes-chat\/(?:aes-cbc-hmac|key-schedule)|05-lan-chat\/(?:base64|fernet|identity|team-key))\.ts$/;

/** Files that need nothing of Node.js: the page has them bundled. */
const FOR_BROWSERS = /^(?:03-dh-chat\/groups|authoring\/pictures\/lighthouse)\.ts$/;

/** What the files of a folder may import, in addition to the folder itself and Node's modules. */
export interface ImportRule {
  folders?: readonly string[];
  packages?: readonly string[];
  /** Single files of other folders that they may import. */
  files?: RegExp;
}

/** The rules of each folder. Any other folder may import nothing, except those of MAY_IMPORT_ANYTHING. */
export const IMPORT_RULES: Readonly<Record<string, ImportRule>> = {
  "01-calculator": {},
  "02-basic-p2p": {},
  "03-dh-chat": {},
  "04-aes-chat": {},
  "05-lan-chat": { packages: ["libsql"] },
  "06-dht-chat": { packages: ["esbuild", "lit", "lean-qr", "jsqr", "ws"] },
  programs: {},
  terminal: {},
  "captures/read": { packages: ["pcap-parser"] },
  "captures/follow": { folders: ["captures/read"] },
  "captures/explain": { folders: ["captures/read", "captures/follow"], files: CIPHER },
  "captures/show": { folders: [...CAPTURES, ...SHARED] },
  "captures/record": { folders: [...CAPTURES, ...SHARED], packages: ["libsql"] },
  captures: { folders: [...IN_CAPTURES, ...SHARED] },
  attacks: { folders: [...ALL_CAPTURES, ...SHARED], files: PURE },
  checks: { folders: [...ALL_CAPTURES, ...SHARED], packages: ["esbuild"] },
  course: { folders: ["checks", ...ALL_CAPTURES, ...SHARED], packages: ["marked"] },
  authoring: {
    folders: ["course", "checks", ...ALL_CAPTURES, ...SHARED],
    packages: ["esbuild", "marked"],
  },
  "web/shared": {},
  "web/page": {
    folders: ["web/shared"],
    files: FOR_BROWSERS,
    packages: ["lit", "@xterm/xterm", "@xterm/addon-fit", "uplot", "highlight.js", "dompurify"],
  },
  web: {
    folders: ["web/shared", "course", "checks", ...ALL_CAPTURES, ...SHARED],
    packages: ["ws", "esbuild", "marked", "@lydell/node-pty"],
  },
};

/** The files of stage 06 that know the engine, libp2p, and its packages; all others know engine.ts alone. */
const ENGINE = /^06-dht-chat\/engine(?:-[a-z]+)?\.ts$/;
const ENGINE_PACKAGES =
  /^(?:libp2p$|@libp2p\/|@chainsafe\/libp2p-|@multiformats\/|datastore-core$|interface-datastore$)/;

/** Files that may import anything, because they use or test all parts of the course. */
const MAY_IMPORT_ANYTHING =
  /^(?:tests|bench|captures\/testing|06-dht-chat\/(?:played|testing)|web\/(?:[a-z]+\/)?testing)\/|\.test\.ts$/;

const COMMENT_OR_TEMPLATE = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|`(?:\\[\s\S]|[^`\\])*`/gm;
const IMPORT =
  /(?:^|[\n;])\s*(?:import|export)\b(?:[^;"']*?\bfrom)?\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** The imports in a file, without Node's own modules. Template texts are skipped: their code is only started. */
export function importsOf(file: string, text: string): Import[] {
  const code = text.replace(COMMENT_OR_TEMPLATE, "``");
  return [...code.matchAll(IMPORT)].flatMap(([, named, called]) => {
    const path = named ?? called ?? "";
    if (path.startsWith("node:")) return [];
    return { file, target: path.startsWith(".") ? posix.join(posix.dirname(file), path) : path };
  });
}

/** The folder in IMPORT_RULES that a file belongs to. */
export function folderOf(file: string): string {
  const [first = "", second = ""] = file.split("/");
  const inner = `${first}/${second}`;
  return inner in IMPORT_RULES ? inner : first;
}

/** What is wrong with an import; undefined if nothing is. */
export function importProblem({ file, target }: Import): string | undefined {
  if (MAY_IMPORT_ANYTHING.test(file)) return undefined;
  const folder = folderOf(file);
  const { folders = [], packages = [], files } = IMPORT_RULES[folder] ?? {};
  // A page imports its style sheets; those of packages are no files of ours.
  const isFile = target.includes("/") && (target.endsWith(".ts") || target.startsWith(`${folder}/`));
  const isAllowed = isFile
    ? folderOf(target) === folder || folders.includes(folderOf(target)) || (files?.test(target) ?? false)
    : packages.some((name) => target === name || target.startsWith(`${name}/`)) ||
      (ENGINE.test(file) && ENGINE_PACKAGES.test(target));
  // A program must not depend on files that were made for tests.
  if (isAllowed && !MAY_IMPORT_ANYTHING.test(target)) return undefined;
  return `${file} imports ${target}: ${folder}/ may import ${[...folders, ...packages].join(", ") || "nothing"} beside its own files`;
}

/** Files that import each other in a circle, with the first file again at the end; undefined if there is no circle. */
export function findCircle(imports: readonly Import[]): string[] | undefined {
  const targets = new Map<string, string[]>();
  for (const { file, target } of imports) targets.set(file, [...(targets.get(file) ?? []), target]);
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const target of targets.get(file) ?? []) {
      const circle = visit(target, [...path, file]);
      if (circle !== undefined) return circle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of targets.keys()) {
    const circle = visit(file, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
