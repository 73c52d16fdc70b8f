// Lab copies: a stage in which one check is taken out, so that an attack can show what the check is good for.

import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { LAN_FOLDER } from "./lan-lab.ts";
import { AttackError } from "./report.ts";

/** Copies a stage into a folder, and changes a function of it that returns a boolean, so that it always returns true. */
export function copyWithoutCheck(stageFolder: string, folder: string, file: string, check: string): void {
  // A user's keys and history stay where they are.
  const data = join(COURSE_FOLDER, stageFolder, "data");
  cpSync(join(COURSE_FOLDER, stageFolder), folder, { recursive: true, filter: (path) => path !== data });
  const path = join(folder, file);
  const source = readFileSync(path, "utf8");
  const pattern = new RegExp(`(export function ${check}\\([^)]*\\): boolean \\{\\n).*?\\n\\}\\n`, "s");
  const changed = source.replace(pattern, "$1  return true; // LAB COPY\n}\n");
  if (changed === source) throw new AttackError(`${check}() was not found in ${file}`);
  writeFileSync(path, changed);
}

/** The same with stage 05, which needs a package. */
export function copyStage05(folder: string, file: string, check: string): void {
  copyWithoutCheck(LAN_FOLDER, folder, file, check);
  symlinkSync(join(COURSE_FOLDER, "node_modules"), join(folder, "node_modules"), "junction");
}
