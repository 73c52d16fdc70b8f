// Lab copies: a stage in which one check is taken out, so that an attack can show what the check is good for.

import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { LAN_FOLDER } from "./lan-lab.ts";
import { AttackError } from "./report.ts";

/** Copies a stage into a folder, and changes a function of it that returns a boolean, so that it always returns true. */
export function copyWithoutCheck(stageFolder: string, folder: string, file: string, check: string): void {
  const stage = fileURLToPath(new URL(`../${stageFolder}`, import.meta.url));
  // A user's keys and history stay where they are.
  cpSync(stage, folder, { recursive: true, filter: (path) => path !== join(stage, "data") });
  const path = join(folder, file);
  const source = readFileSync(path, "utf8");
  // In a handout, the file may be minified code, which exports the function under another name than its own.
  const name = new RegExp(`([\\w$]+) as ${check}\\b`).exec(source)?.[1]?.replaceAll("$", "\\$") ?? check;
  const beginning = new RegExp(`\\bfunction ${name}\\([^)]*\\)(?:: boolean)? ?\\{`);
  const changed = source.replace(beginning, "$& return true; /* LAB COPY */");
  if (changed === source) throw new AttackError(`${check}() was not found in ${file}`);
  writeFileSync(path, changed);
}

/** The same with stage 05, which needs a package. */
export function copyStage05(folder: string, file: string, check: string): void {
  copyWithoutCheck(LAN_FOLDER, folder, file, check);
  symlinkSync(join(COURSE_FOLDER, "node_modules"), join(folder, "node_modules"), "junction");
}
