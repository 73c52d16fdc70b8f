// The commands on one page of each stage print what the page says. (tests/proofs/ runs those of all pages.)

import { LESSON_FOLDERS } from "../course/exercises/stages.ts";
import { testCommandsOfOneEach } from "./support/lesson-runs.ts";

describe("the commands of a page of each stage", () => {
  testCommandsOfOneEach(LESSON_FOLDERS);
});
