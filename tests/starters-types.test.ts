// Every starter is TypeScript that an editor has nothing to say against, except that it does not use everything yet.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { COURSE_FOLDER } from "../course/programs.ts";
import { makeVariant } from "../course/proof/variant.ts";
import { PROGRAM_EXERCISES } from "./support/course.ts";

const COMPILER = join(COURSE_FOLDER, "node_modules", "typescript", "bin", "tsc");

const CONFIGURATION = {
  extends: "../../tsconfig.json",
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false, allowUnreachableCode: true },
  include: ["**/*.ts"],
  exclude: [],
};

describe("the starters, as TypeScript", () => {
  for (const { id, stage, kind, starter } of PROGRAM_EXERCISES) {
    it(`${id} has no errors`, () => {
      const { place, remove } = makeVariant(stage, {
        regions: new Map([[id, starter]]),
        withAttacks: kind === "attack",
      });
      try {
        const folder = join(place.folder, "..");
        writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(CONFIGURATION));
        const { status, stdout } = spawnSync(process.execPath, [COMPILER, "--project", folder], {
          encoding: "utf8",
        });
        expect(stdout).to.equal("");
        expect(status).to.equal(0);
      } finally {
        remove();
      }
    });
  }
});
