// The stages by their numbers, and where the programs stand that are checked.

import { join } from "node:path";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

export type StageNumber = "01" | "02" | "03" | "04";

export const STAGE_NUMBERS: readonly StageNumber[] = ["01", "02", "03", "04"];

/** The stages with a registry and chats. */
export const CHAT_STAGES = ["02", "03", "04"] as const satisfies readonly StageNumber[];

/** The folder of each stage, in the course. */
export const STAGE_FOLDERS: Readonly<Record<StageNumber, string>> = {
  "01": "01-calculator",
  "02": "02-basic-p2p",
  "03": "03-dh-chat",
  "04": "04-aes-chat",
};

/** What is checked, and where it is. */
export interface Place {
  stage: StageNumber;
  /** The folder that holds the stage's files, absolute. Beside it are attacks/ and captures/, for checks of attacks. */
  folder: string;
  /** Templates of commands, for programs that are not ours (command.ts). */
  server?: string;
  client?: string;
  /** Options that every server gets. */
  serverOptions?: readonly string[];
  /** A folder with the same programs as plain JavaScript, which starts in a quarter of the time (bundles.ts). */
  bundles?: string;
  /** Where the commands of programs that are not ours are run; by default where the checker is. */
  workingFolder?: string;
}

/** The stage's folder in the course itself: the reference. */
export function referencePlace(stage: StageNumber): Place {
  return { stage, folder: join(COURSE_FOLDER, STAGE_FOLDERS[stage]) };
}
