// Every right answer passes in a handout, whatever else is done or not.

import { PROGRAM_EXERCISES } from "../support/course.ts";
import { type HandoutCopy, makeHandout } from "../support/handout-copy.ts";
import { testRightAnswers } from "../support/right-answers.ts";

describe("right answers in a handout", () => {
  let handout: HandoutCopy;

  before(async () => {
    handout = await makeHandout();
  });
  after(() => handout.remove());

  testRightAnswers("a handout", () => handout.folder, PROGRAM_EXERCISES, "nothing else");
  testRightAnswers("a handout", () => handout.folder, PROGRAM_EXERCISES, "everything else");
});
