// Makes a copy of a stage in which some regions hold other code, a starter or a wrong answer, in order to check it.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundlePlace } from "../../checks/engine/bundles.ts";
import { makeFolder, removeFolder } from "../../checks/engine/own-folder.ts";
import type { Place } from "../../checks/engine/place.ts";
import { STAGE_FOLDERS, type StageNumber } from "../../checks/engine/place.ts";
import { importedFiles, isSource } from "../../course/exercises/exercises.ts";
import { findRegions, replaceRegion } from "../../course/exercises/regions.ts";
import { ATTACKS_FOLDER } from "../../course/exercises/stages.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

/** Replaces a text that occurs exactly once in a file. */
export interface Edit {
  file: string;
  find: string;
  replace: string;
}

export interface VariantOptions {
  /** The code that replaces a region, by the id of its exercise. */
  regions?: ReadonlyMap<string, string>;
  edits?: readonly Edit[];
  /** Also copies the attacks, the captures and the other stages. An attack program needs them. */
  withAttacks?: boolean;
  /** Default: true. Checks may call functions in files of the stage (bundles.ts). */
  withModules?: boolean;
  /** Makes no bundles (bundles.ts), for callers that only read the files. */
  unbundled?: boolean;
  /** The folder in which the copy is made. Default: work/ in the course. */
  parent?: string;
}

export interface Variant {
  place: Place;
  /** Removes the copy. */
  remove(): void;
}

/**
 * Makes the copy in the course's folder work/, so that its programs find the packages that they import. Any other parent
 * must have a node_modules/, too.
 * @throws Error if the text of an edit does not occur exactly once
 */
export async function makeVariant(stage: StageNumber, options: VariantOptions): Promise<Variant> {
  const folder = makeFolder(options.parent ?? join(COURSE_FOLDER, "work"), ".proof-");
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
    removeFolder(folder);
    throw error;
  }
  const place = { stage, folder: join(folder, STAGE_FOLDERS[stage]) };
  const remove = (): void => removeFolder(folder);
  if (options.unbundled) return { place, remove };
  // The bundles are written into the folder of the copy, so remove() removes them, too.
  const { withAttacks = false, withModules = true } = options;
  return { place: (await bundlePlace(place, withAttacks, folder, { withModules })).place, remove };
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
