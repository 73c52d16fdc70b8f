// The second implementation, interop/python, passes every check that is made over the wire: the contract is enough to
// write a program from, and the checks demand no more than it.

import { STAGE_NUMBERS, type StageNumber } from "../course/checking/check.ts";
import { type Place, referencePlace } from "../course/checking/scene.ts";
import { findChecks } from "../course/checks/index.ts";
import { COURSE_FOLDER } from "../course/programs.ts";
import { testChecks } from "./support/checks.ts";
import { PYTHON, withPython } from "./support/python.ts";

function pythonPlace(stage: StageNumber): Place {
  const chat = stage !== "01";
  const of = (program: string): string =>
    `${PYTHON} -B -u interop/python/${program}.py${chat ? ` --stage ${stage}` : ""}`;
  return {
    ...referencePlace(stage),
    server: of(chat ? "registry" : "calculator_server"),
    client: of(chat ? "chat_client" : "calculator_client"),
    workingFolder: COURSE_FOLDER,
  };
}

withPython("the programs in Python", () => {
  for (const stage of STAGE_NUMBERS) {
    describe(`stage ${stage}`, () => {
      const overTheWire = findChecks(stage).filter(({ of }) => of === "server" || of === "client");
      testChecks(overTheWire, pythonPlace(stage));
    });
  }
});
