// One wrong answer for each exercise is rejected by the check that it names. (All of them: tests/proofs.)

import { oneOfEachExercise, testWrongAnswers } from "./support/wrong-answers.ts";

describe("a wrong answer for each exercise", () => {
  testWrongAnswers(oneOfEachExercise());
});
