// A copy of a stage in which some regions hold other code: a starter, or a wrong answer. Made to be checked, then removed.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { buildSync } from "esbuild";
import { STAGE_FOLDERS, type StageNumber } from "../../checks/engine/check.ts";
import type { Place } from "../../checks/engine/scene.ts";
import { importedFiles, isSource } from "../../course/exercises/exercises.ts";
import { findRegions, replaceRegion } from "../../course/exercises/regions.ts";
import { ATTACKS_FOLDER } from "../../course/exercises/stages.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

const PROGRAMS = ["server.ts", "client.ts"];
const MODULE_HOST = join(COURSE_FOLDER, "checks", "engine", "module-host.ts");
const COMPILER_OPTIONS = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  logLevel: "silent",
} as const;

/** Text that stands once in a file, and what shall stand there instead. */
export interface Edit {
  file: string;
  find: string;
  replace: string;
}

export interface VariantOptions {
  /** Regions by exercise, and what they shall hold. */
  regions?: ReadonlyMap<string, string>;
  edits?: readonly Edit[];
  /** With the attacks, the captures and the other stages beside it: what an attack program needs. */
  withAttacks?: boolean;
  /** What is made plain JavaScript: hundreds of them are started, and each starts in a fifth of the time. Default: nothing. */
  compiled?: { programs: boolean; modules: boolean };
}

export interface Variant {
  place: Place;
  /** Removes the copy. */
  remove(): void;
}

/**
 * Makes the copy inside of the course's folder work/, where programs find the packages that they import.
 * @throws Error if an edit does not fit
 */
export function makeVariant(stage: StageNumber, options: VariantOptions): Variant {
  mkdirSync(join(COURSE_FOLDER, "work"), { recursive: true });
  const folder = mkdtempSync(join(COURSE_FOLDER, "work", ".proof-"));
  try {
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
    const folders = options.withAttacks
      ? [...Object.values(STAGE_FOLDERS), ATTACKS_FOLDER]
      : [STAGE_FOLDERS[stage]];
    for (const name of folders) copySources(name, folder);
    if (options.withAttacks)
      for (const file of importedFiles(COURSE_FOLDER)) cpSync(join(COURSE_FOLDER, file), join(folder, file));
    for (const name of folders) replaceRegions(join(folder, name), options.regions ?? new Map());
    for (const edit of options.edits ?? []) apply(edit, join(folder, STAGE_FOLDERS[stage]));
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  const stageFolder = join(folder, STAGE_FOLDERS[stage]);
  return {
    place: { stage, folder: stageFolder, ...compile(stageFolder, options.compiled) },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** @returns how the programs and modules are started; nothing if they are no TypeScript, so that tsx says what is wrong */
function compile(
  folder: string,
  { programs, modules } = { programs: false, modules: false },
): Partial<Place> {
  try {
    return { ...(programs && compilePrograms(folder)), ...(modules && compileModules(folder)) };
  } catch {
    return {};
  }
}

function compilePrograms(folder: string): Partial<Place> {
  const outdir = join(folder, "programs");
  buildSync({ ...COMPILER_OPTIONS, entryPoints: PROGRAMS.map((name) => join(folder, name)), outdir });
  const start = (name: string): string => `"${process.execPath}" "${join(outdir, name)}"`;
  return { server: start("server.js"), client: start("client.js") };
}

/** What two files have in common stands once, as it does where they are modules: a class is one class. */
function compileModules(folder: string): Partial<Place> {
  const outdir = join(folder, "modules");
  const files = readdirSync(folder).filter((name) => isSource(name) && !PROGRAMS.includes(name));
  const entryPoints = [...files.map((name) => join(folder, name)), MODULE_HOST].map((path) => {
    return { in: path, out: basename(path, ".ts") };
  });
  buildSync({ ...COMPILER_OPTIONS, entryPoints, splitting: true, outdir });
  return { modules: outdir };
}

function copySources(name: string, target: string): void {
  const source = join(COURSE_FOLDER, name);
  mkdirSync(join(target, name));
  for (const file of readdirSync(source)) {
    if (isSource(file)) cpSync(join(source, file), join(target, name, file));
  }
}

function replaceRegions(folder: string, regions: ReadonlyMap<string, string>): void {
  for (const name of readdirSync(folder).filter(isSource)) {
    const path = join(folder, name);
    const text = readFileSync(path, "utf8");
    let changed = text;
    for (const { id } of findRegions(text, name)) {
      const content = regions.get(id);
      if (content !== undefined) changed = replaceRegion(changed, name, id, content);
    }
    if (changed !== text) writeFileSync(path, changed);
  }
}

function apply({ file, find, replace }: Edit, folder: string): void {
  const path = join(folder, file);
  const parts = readFileSync(path, "utf8").split(find);
  if (parts.length !== 2)
    throw new Error(`${file}: the text to replace stands there ${parts.length - 1} times`);
  writeFileSync(path, parts.join(replace));
}
