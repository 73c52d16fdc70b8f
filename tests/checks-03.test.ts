// The programs of stage 03 pass every check of the stage.

import { testStage } from "./support/checks.ts";

describe("stage 03 and its checks", () => {
  testStage("03");
});
