// Bundles the programs that tests start many times, once for each run. A few tests start them as students do.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { BUNDLES_FOLDER, writeBundles } from "../../checks/engine/bundles.ts";
import { makeFolder } from "../../checks/engine/own-folder.ts";
import { SERVER_STAGES, STAGE_FOLDERS } from "../../checks/engine/place.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { BUNDLES } from "../../programs/node-command.ts";

const PROGRAMS = [
  ...SERVER_STAGES.map((stage) => STAGE_FOLDERS[stage]).flatMap((stage) => [
    `${stage}/server.ts`,
    `${stage}/client.ts`,
  ]),
  "05-lan-chat/peer.ts",
  "attacks/attack.ts",
  "attacks/lab-bob.ts",
  "authoring/grade.ts",
  "authoring/grade/judge.ts",
  "authoring/handout.ts",
  "captures/capture.ts",
  "captures/show.ts",
  "checks/check.ts",
  "course/learn.ts",
  "course/lesson.ts",
  "course/tour.ts",
];

/** Bundles the programs; later starts use the bundles. They are removed when this process ends. */
export async function bundlePrograms(): Promise<void> {
  process.env[BUNDLES] = await bundleProgramsOf(COURSE_FOLDER, join(COURSE_FOLDER, "work"));
}

/**
 * Bundles the programs of a course or of a copy of it. They are removed when this process ends.
 * @param parent the bundles get a new folder in here; it must be inside of that course
 * @returns the folder with the bundles, which BUNDLES in the environment of a program must name
 */
export async function bundleProgramsOf(course: string, parent: string): Promise<string> {
  const folder = makeFolder(parent, BUNDLES_FOLDER);
  const there = PROGRAMS.filter((file) => existsSync(join(course, file))); // A handout has nothing of authoring/grade.
  const named = there.map((file) => [file.replace(/\.ts$/, ""), join(course, file)] as const);
  await writeBundles(new Map(named), folder);
  return folder;
}
