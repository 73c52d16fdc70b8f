// The place of the course on this machine.

import { fileURLToPath } from "node:url";

/** The path of the course's folder, with a slash at its end. Programs run in this folder. */
export const COURSE_FOLDER = fileURLToPath(new URL("..", import.meta.url));
