// Every starter is TypeScript that an editor has nothing to say against, except that it does not use everything yet.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { STAGE_NUMBERS } from "../course/checking/check.ts";
import { COURSE_FOLDER } from "../course/programs.ts";
import { makeVariant } from "../course/proof/variant.ts";
import { programExercises } from "./support/course.ts";

const COMPILER = join(COURSE_FOLDER, "node_modules", "typescript", "bin", "tsc");

const CONFIGURATION = {
  extends: "../../tsconfig.json",
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false, allowUnreachableCode: true },
  include: ["**/*.ts"],
  exclude: [],
};

describe("the starters, as TypeScript", () => {
  for (const stage of STAGE_NUMBERS) {
    it(`those of stage ${stage} have no errors, in their places in its files`, () => {
      const starters = programExercises(stage).map(({ id, starter }) => [id, starter] as const);
      expect(starters).to.have.length.greaterThan(3);
      const { place, remove } = makeVariant(stage, { regions: new Map(starters), withAttacks: true });
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
