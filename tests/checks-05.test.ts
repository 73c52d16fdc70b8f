// The program of stage 05 passes every check of the stage.

import { testLanChecks } from "./support/lan-checks.ts";
import { withOwnNetwork } from "./support/own-network.ts";

withOwnNetwork("stage 05 and its checks", () => {
  testLanChecks();
});
