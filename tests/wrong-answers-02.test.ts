// The wrong answers of stage 02: each is rejected by the check that it names.

import { testWrongAnswers } from "./support/wrong-answers.ts";

describe("the wrong answers of stage 02", () => {
  testWrongAnswers("02");
});
