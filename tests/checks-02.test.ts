// The programs of stage 02 pass every check of the stage.

import { referencePlace } from "../course/checking/scene.ts";
import { findChecks } from "../course/checks/index.ts";
import { testChecks } from "./support/checks.ts";

describe("stage 02 and its checks", () => {
  testChecks(findChecks("02"), referencePlace("02"));
});
