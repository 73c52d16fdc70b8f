// Takes the packages that only our tests need out of the copy for students: out of package.json and its lock file, so that
// `npm ci` installs a third of them.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What an editor needs to know the types in the course's files. */
const FOR_EDITORS = ["@types/mocha", "@types/node"];

type Versions = Record<string, string>;

interface Description {
  devDependencies: Versions;
}

interface LockedPackage extends Partial<Description> {
  dev?: boolean;
  dependencies?: Versions;
}

interface Lock {
  /** By the package's folder; that of the course itself is "". */
  packages: Record<string, LockedPackage>;
}

/** @param folder the copy */
export function leaveOutTestPackages(folder: string): void {
  change(folder, "package.json", (description: Description) => {
    description.devDependencies = onlyForEditors(description.devDependencies);
  });
  change(folder, "package-lock.json", (lock: Lock) => {
    const { "": root } = lock.packages;
    if (root?.devDependencies !== undefined) root.devDependencies = onlyForEditors(root.devDependencies);
    const kept = withWhatTheyNeed(FOR_EDITORS, lock);
    for (const [path, { dev }] of Object.entries(lock.packages))
      if (dev && !kept.has(path)) delete lock.packages[path];
  });
}

function change<Json>(folder: string, name: string, edit: (json: Json) => void): void {
  const path = join(folder, name);
  const json = JSON.parse(readFileSync(path, "utf8")) as Json;
  edit(json);
  writeFileSync(path, `${JSON.stringify(json, null, 2)}\n`);
}

function onlyForEditors(versions: Versions): Versions {
  return Object.fromEntries(Object.entries(versions).filter(([name]) => FOR_EDITORS.includes(name)));
}

/** The folders of packages, and of all that they need. */
function withWhatTheyNeed(names: readonly string[], { packages }: Lock): Set<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    const path = `node_modules/${name}`;
    if (found.has(path)) return;
    found.add(path);
    for (const needed of Object.keys(packages[path]?.dependencies ?? {})) add(needed);
  };
  for (const name of names) add(name);
  return found;
}
