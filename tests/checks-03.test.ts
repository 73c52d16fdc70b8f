// The programs of stage 03 pass every check of the stage.

import { referencePlace } from "../course/checking/scene.ts";
import { findChecks } from "../course/checks/index.ts";
import { testChecks } from "./support/checks.ts";

describe("stage 03 and its checks", () => {
  testChecks(findChecks("03"), referencePlace("03"));
});
