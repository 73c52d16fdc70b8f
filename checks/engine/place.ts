// Names the stages by number, and says where the checked programs are.

import { join } from "node:path";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

export type StageNumber = "01" | "02" | "03" | "04" | "05" | "06";

export const STAGE_NUMBERS: readonly StageNumber[] = ["01", "02", "03", "04", "05", "06"];

/** The stages with a server and a client. */
export const SERVER_STAGES = ["01", "02", "03", "04"] as const satisfies readonly StageNumber[];

/** The stages with a registry and chats. */
export const CHAT_STAGES = ["02", "03", "04"] as const satisfies readonly StageNumber[];

/** The folder of each stage in the course. */
export const STAGE_FOLDERS: Readonly<Record<StageNumber, string>> = {
  "01": "01-calculator",
  "02": "02-basic-p2p",
  "03": "03-dh-chat",
  "04": "04-aes-chat",
  "05": "05-lan-chat",
  "06": "06-dht-chat",
};

/** The programs to check, and where they are. */
export interface Place {
  stage: StageNumber;
  /** The absolute path of the stage's folder. Checks of attacks expect attacks/ and captures/ beside it. */
  folder: string;
  /** Templates of commands for programs in other languages (command.ts). */
  server?: string;
  client?: string;
  /** The one program of stage 05. */
  peer?: string;
  /** Options that every server gets. */
  serverOptions?: readonly string[];
  /** A folder with bundles of the same programs (bundles.ts). They start four times as fast. */
  bundles?: string;
  /** The folder in which these commands run. Default: the checker's own folder. */
  workingFolder?: string;
  /** If it is missing, attacks are not recorded. */
  recorder?: Recorder;
}

/** Records what the programs of an attack say to each other. */
export interface Recorder {
  /** The absolute path of a folder for its logs. A recording that a check makes for an attack is kept there, too. */
  folder: string;
  /** With these variables, a program that Node.js runs is recorded, and the programs that it starts. */
  environment: Readonly<Record<string, string>>;
}

/** The course's own folder of a stage: the reference. */
export function referencePlace(stage: StageNumber): Place {
  return { stage, folder: join(COURSE_FOLDER, STAGE_FOLDERS[stage]) };
}
