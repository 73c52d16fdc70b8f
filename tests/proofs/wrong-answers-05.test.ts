// The wrong answers of stage 05: each is rejected by the check that it names.

import { testWrongAnswers, wrongAnswersOf } from "../support/wrong-answers.ts";

describe("the wrong answers of stage 05", () => {
  testWrongAnswers(wrongAnswersOf("05"));
});
