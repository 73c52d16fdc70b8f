// Where the course stands.

import { fileURLToPath } from "node:url";

/** The folder of the course: programs are started in it. It ends with a slash. */
export const COURSE_FOLDER = fileURLToPath(new URL("..", import.meta.url));
