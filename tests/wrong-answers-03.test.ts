// The wrong answers of stage 03: each is rejected by the check that it names.

import { testWrongAnswers } from "./support/wrong-answers.ts";

describe("the wrong answers of stage 03", () => {
  testWrongAnswers("03");
});
