// The programs of stage 04 pass every check of the stage.

import { referencePlace } from "../course/checking/scene.ts";
import { findChecks } from "../course/checks/index.ts";
import { testChecks } from "./support/checks.ts";

describe("stage 04 and its checks", () => {
  testChecks(findChecks("04"), referencePlace("04"));
});
