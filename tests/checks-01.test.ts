// The programs of stage 01 pass every check of the stage.

import { testStage } from "./support/checks.ts";

describe("stage 01 and its checks", () => {
  testStage("01");
});
