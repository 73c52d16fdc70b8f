// The implementation in interop/python passes every check over the wire. So the protocol says enough to write a
// program, and the checks demand no more than the protocol.

import { SERVER_STAGES } from "../../checks/engine/place.ts";
import { findChecks } from "../../checks/index.ts";
import { testChecks } from "../support/checks.ts";
import { pythonPlace, withPython } from "../support/python.ts";

withPython("the programs in Python", () => {
  for (const stage of SERVER_STAGES) {
    describe(`stage ${stage}`, () => {
      const overTheWire = findChecks(stage).filter(({ of }) => of === "server" || of === "client");
      testChecks(overTheWire, () => pythonPlace(stage));
    });
  }
});
