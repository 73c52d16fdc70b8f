// Every right answer passes in the course itself, whatever else is done or not.

import { PROGRAM_EXERCISES } from "../support/course.ts";
import { CourseCopy } from "../support/course-copy.ts";
import { testRightAnswers } from "../support/right-answers.ts";

describe("right answers in the course", () => {
  let course: CourseCopy;

  before(() => {
    course = new CourseCopy();
  });
  after(() => course.remove());

  testRightAnswers("the course", () => course.folder, PROGRAM_EXERCISES, "nothing else");
  testRightAnswers("the course", () => course.folder, PROGRAM_EXERCISES, "everything else");
});
