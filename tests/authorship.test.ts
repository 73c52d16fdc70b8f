// The course follows the rules for authors, and the program that checks these rules finds violations.

import { expect } from "chai";
import { findProblems } from "../authoring/course-rules.ts";
import { formatProblem } from "../course/exercises/problem.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";

describe("the rules of authorship", () => {
  it("are kept", () => {
    expect(findProblems(COURSE_FOLDER).map(formatProblem)).to.deep.equal([]);
  });
});
