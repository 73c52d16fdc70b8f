// Where the course keeps what belongs to a stage: lessons, programs, attacks.

import { STAGE_FOLDERS, STAGE_NUMBERS, type StageNumber } from "../../checks/engine/place.ts";

/** The folder of the attacks, beside those of the stages. */
export const ATTACKS_FOLDER = "attacks";

/** What the attacks import beside the stages: code and recordings that are nobody's exercise. */
export const ATTACKS_IMPORT: readonly string[] = ["captures", "programs", "terminal"];

/** Where regions may stand, in the order in which they count: the first folder that has one owns it. */
export const REGION_FOLDERS: readonly string[] = [
  ...STAGE_NUMBERS.map((stage) => STAGE_FOLDERS[stage]),
  ATTACKS_FOLDER,
];

/** The folders of lessons, in the order of the course. The first stage is preceded by setting up. */
export const LESSON_FOLDERS: readonly string[] = [
  "00-setting-up",
  ...STAGE_NUMBERS.map((stage) => STAGE_FOLDERS[stage]),
];

/** The stage that an id or a folder's name begins with, e.g. 01 of 01-framing; undefined if it is none of ours. */
export function stageOf(name: string): StageNumber | undefined {
  return STAGE_NUMBERS.find((stage) => name.startsWith(`${stage}-`));
}
