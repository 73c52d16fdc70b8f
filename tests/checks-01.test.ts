// The programs of stage 01 pass every check of the stage.

import { referencePlace } from "../course/checking/scene.ts";
import { findChecks } from "../course/checks/index.ts";
import { testChecks } from "./support/checks.ts";

describe("stage 01 and its checks", () => {
  testChecks(findChecks("01"), referencePlace("01"));
});
