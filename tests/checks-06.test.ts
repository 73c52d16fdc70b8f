// Stage 06 passes all of its checks: of its pure files, so that no packages of its own are needed.

import { testStage } from "./support/checks.ts";

describe("stage 06 and its checks", () => {
  testStage("06");
});
