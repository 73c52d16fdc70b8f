// Confines the programs of a student with Node.js' own permissions: they read and write only in the judge's folder, and
// start no other program. That keeps them from the course's solutions. It is no wall against a determined attacker: a container is.

import { join } from "node:path";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";

/** How much memory a student's program may use for its objects, in MiB. */
const MEMORY = 512;

/** Node.js 20 has permissions as an experiment, under another name. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";

/**
 * Options for NODE_OPTIONS, which programs inherit from us.
 * @param folder what they may read
 * @param writable the part of it in which they may also write
 * @param startsPrograms attacks start the programs that they attack
 */
export function confinement(folder: string, writable: string, startsPrograms: boolean): string {
  return [
    PERMISSION,
    allow("fs-read", join(folder, "*")),
    allow("fs-read", join(COURSE_FOLDER, "node_modules", "*")),
    allow("fs-write", join(writable, "*")),
    ...(startsPrograms ? ["--allow-child-process"] : []),
    // From Node.js 25 on, permissions are also about connections.
    ...(process.allowedNodeEnvironmentFlags.has("--allow-net") ? ["--allow-net"] : []),
    // The warnings about these options would stand in the output of the programs.
    "--disable-warning=ExperimentalWarning",
    "--disable-warning=SecurityWarning",
    `--max-old-space-size=${MEMORY}`,
  ].join(" ");
}

/** NODE_OPTIONS has words with blanks in quotes, and a backslash before a backslash in them. */
function allow(what: string, path: string): string {
  return `--allow-${what}=${JSON.stringify(path)}`;
}
