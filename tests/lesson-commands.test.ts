// The commands of one page of each stage print what the page says. (Those of all pages: tests/proofs.)

import { LESSON_FOLDERS } from "../course/exercises/stages.ts";
import { testCommandsOfOneEach } from "./support/lesson-runs.ts";

describe("the commands of a page of each stage", () => {
  testCommandsOfOneEach(LESSON_FOLDERS);
});
