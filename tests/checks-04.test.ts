// The programs of stage 04 pass every check of the stage.

import { testStage } from "./support/checks.ts";

describe("stage 04 and its checks", () => {
  testStage("04");
});
