// The tests of interop/python for stage 05, each against our program in place of the one in Python: a raw other side that
// keeps to the protocol, and breaks it on purpose; and whole peers. They were written from the protocol alone.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { ChildProgram } from "../../programs/child-program.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { needsLan } from "../support/lan.ts";
import { PYTHON, withPython } from "../support/python.ts";
import { PEER } from "../support/team.ts";

const FOLDER = join(COURSE_FOLDER, "interop", "python");

/** Tests of Python, by module. */
const LIST = `
import sys, unittest
for module in sys.argv[1:]:
    for suite in unittest.defaultTestLoader.loadTestsFromName(module):
        for test in suite:
            print(test.id())
`;

function testsOf(...modules: string[]): string[] {
  const { stdout } = spawnSync(PYTHON, ["-B", "-c", LIST, ...modules], { cwd: FOLDER, encoding: "utf8" });
  return stdout.split("\n").filter((line) => line !== "");
}

async function passes(id: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const program = new ChildProgram(id, [PYTHON, "-B", "-m", "unittest", id], { folder: FOLDER, environment });
  const { code } = await program.ended;
  expect(code, `${program.lines.join("\n")}\n${program.errors}`).to.equal(0);
  expect(program.errors).to.match(/Ran 1 test[\s\S]*OK\s*$/);
}

withPython("the Python tests of stage 05", () => {
  for (const id of testsOf("test_lan_vectors", "test_lan_parts"))
    it(`P8 P9 in Python alone: ${id}`, () => passes(id, {}));

  describe("against our program", () => {
    before(function () {
      needsLan(this);
    });

    // Words for the shell module of Python; no path of ours has an apostrophe in it.
    const LAN_PEER = nodeCommand(join(COURSE_FOLDER, PEER))
      .map((word) => `'${word}'`)
      .join(" ");

    for (const id of testsOf("test_lan_wire", "test_lan_peers"))
      it(`P8 P9 ${id}`, () => passes(id, { LAN_PEER }));
  });
});
