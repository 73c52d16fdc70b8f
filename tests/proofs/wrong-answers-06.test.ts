// The wrong answers of stage 06: each is rejected by the check that it names.

import { testWrongAnswers, wrongAnswersOf } from "../support/wrong-answers.ts";

describe("the wrong answers of stage 06", () => {
  testWrongAnswers(wrongAnswersOf("06"));
});
