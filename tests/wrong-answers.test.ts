// One wrong answer for each exercise is caught by the check that it names. (tests/proofs/ tests all of them.)

import { oneOfEachExercise, testWrongAnswers } from "./support/wrong-answers.ts";

describe("a wrong answer for each exercise", () => {
  testWrongAnswers(oneOfEachExercise());
});
