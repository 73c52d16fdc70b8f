// The programs of stage 02 pass every check of the stage.

import { testStage } from "./support/checks.ts";

describe("stage 02 and its checks", () => {
  testStage("02");
});
