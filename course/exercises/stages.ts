// Names the folders of lessons, programs and attacks.

import { STAGE_FOLDERS, STAGE_NUMBERS, type StageNumber } from "../../checks/engine/place.ts";

/** The folder of the attacks, beside those of the stages. */
export const ATTACKS_FOLDER = "attacks";

/** Folders that attacks import in addition to stages. Exercises do not change their code and recordings. */
export const ATTACKS_IMPORT: readonly string[] = ["captures", "programs", "terminal"];

/** The folders that may hold regions, in this order: the first folder that has a region owns it. */
export const REGION_FOLDERS: readonly string[] = [
  ...STAGE_NUMBERS.map((stage) => STAGE_FOLDERS[stage]),
  ATTACKS_FOLDER,
];

/** The folders of lessons, in the order of the course. Setting up comes before the first stage. */
export const LESSON_FOLDERS: readonly string[] = [
  "00-setting-up",
  ...STAGE_NUMBERS.map((stage) => STAGE_FOLDERS[stage]),
];

/** The stage at the beginning of an id or a folder's name, e.g. 01 of 01-framing; undefined if there is none. */
export function stageOf(name: string): StageNumber | undefined {
  return STAGE_NUMBERS.find((stage) => name.startsWith(`${stage}-`));
}
