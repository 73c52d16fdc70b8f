// The peer in interop/python passes every check of stage 05, as checks-python.test.ts shows it for the other stages.

import { testLanChecks } from "../support/lan-checks.ts";
import { withOwnNetwork } from "../support/own-network.ts";
import { PYTHON, withPython } from "../support/python.ts";

withPython("the peer in Python", () => {
  withOwnNetwork("and the checks of stage 05", () => {
    testLanChecks(["--peer", `${PYTHON} -B interop/python/lan_peer.py`]);
  });
});
