// Who may import whom: the house keeps its walls only if somebody looks at every import. Pure.

import { posix } from "node:path";

/** One import of one file; types count, too. */
export interface Import {
  file: string;
  /** What it imports: a file, relative to the course's folder; or a package, as it is written. */
  target: string;
}

const CAPTURES = ["captures/read", "captures/follow", "captures/explain"];
const IN_CAPTURES = [...CAPTURES, "captures/show", "captures/record"];
const ALL_CAPTURES = ["captures", ...IN_CAPTURES];
const SHARED = ["programs", "terminal"];

/** The files of stages that have no socket, clock or terminal: functions of bytes and values. */
const PURE =
  /^0[234]-[a-z0-9-]+\/(?:channel|diffie-hellman|groups|integers|key-schedule|sealed-lines|stage-interface)\.ts$/;

/** What makes a chat of stage 04 readable again, for who has its keys. */
const CIPHER = /^04-aes-chat\/(?:aes-cbc-hmac|key-schedule)\.ts$/;

/** What a folder may import, beside its own files and Node's modules. */
export interface Room {
  folders?: readonly string[];
  packages?: readonly string[];
  /** Single files of other folders. */
  files?: RegExp;
}

/** The plan of the house. A folder that is not here may import nothing; tests and bench may import anything. */
export const ROOMS: Readonly<Record<string, Room>> = {
  "01-calculator": {},
  "02-basic-p2p": {},
  "03-dh-chat": {},
  "04-aes-chat": {},
  programs: {},
  terminal: {},
  "captures/read": { packages: ["pcap-parser"] },
  "captures/follow": { folders: ["captures/read"] },
  "captures/explain": { folders: ["captures/read", "captures/follow"], files: CIPHER },
  "captures/show": { folders: [...CAPTURES, ...SHARED] },
  "captures/record": { folders: [...CAPTURES, ...SHARED] },
  captures: { folders: [...IN_CAPTURES, ...SHARED] },
  attacks: { folders: [...ALL_CAPTURES, ...SHARED], files: PURE },
  checks: { folders: [...ALL_CAPTURES, ...SHARED], packages: ["esbuild"] },
  course: { folders: ["checks", ...ALL_CAPTURES, ...SHARED], packages: ["marked"] },
  authoring: {
    folders: ["course", "checks", ...ALL_CAPTURES, ...SHARED],
    packages: ["esbuild", "marked"],
  },
};

/** Files that may import anything: they look at the whole house. */
const FREE = /^(?:tests|bench|captures\/testing)\/|\.test\.ts$/;

const COMMENT_OR_TEMPLATE = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$|`(?:\\[\s\S]|[^`\\])*`/gm;
const IMPORT =
  /(?:^|[\n;])\s*(?:import|export)\b(?:[^;"']*?\bfrom)?\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

/** The imports of a file, but for Node's own modules. Programs that stand in template texts are started, not imported. */
export function importsOf(file: string, text: string): Import[] {
  const code = text.replace(COMMENT_OR_TEMPLATE, "``");
  return [...code.matchAll(IMPORT)].flatMap(([, named, called]) => {
    const path = named ?? called ?? "";
    if (path.startsWith("node:")) return [];
    return { file, target: path.startsWith(".") ? posix.join(posix.dirname(file), path) : path };
  });
}

/** The folder of the plan that a file belongs to. */
export function roomOf(file: string): string {
  const [first = "", second = ""] = file.split("/");
  const inner = `${first}/${second}`;
  return inner in ROOMS ? inner : first;
}

/** What is wrong with an import; undefined: nothing. */
export function importProblem({ file, target }: Import): string | undefined {
  if (FREE.test(file)) return undefined;
  const room = roomOf(file);
  const { folders = [], packages = [], files } = ROOMS[room] ?? {};
  const isFile = target.includes("/") && target.endsWith(".ts");
  const isAllowed = isFile
    ? roomOf(target) === room || folders.includes(roomOf(target)) || (files?.test(target) ?? false)
    : packages.includes(target);
  // What was made for tests is no part of a program.
  if (isAllowed && !FREE.test(target)) return undefined;
  return `${file} imports ${target}: ${room}/ may import ${[...folders, ...packages].join(", ") || "nothing"} beside its own files`;
}

/** Files that import each other in a circle, the first one again at the end; undefined: there is no circle. */
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
