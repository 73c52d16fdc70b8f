// An editor finds no type errors in work/: neither in a starter, nor in the stubs around it. Only unused names are allowed.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { makeVariant, type Variant } from "../../authoring/prove/variant.ts";
import type { ProgramExercise } from "../../course/exercises/exercises.ts";
import { stubOf } from "../../course/exercises/stubs.ts";
import { TSCONFIG } from "../../course/workspace/workspace.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { PROGRAM_EXERCISES } from "../support/course.ts";

const COMPILER = join(COURSE_FOLDER, "node_modules", "typescript", "bin", "tsc");

/** What each region holds when an exercise is opened before any other is done. */
function regionsOf({ id, starter }: ProgramExercise): Map<string, string> {
  return new Map(PROGRAM_EXERCISES.map((one) => [one.id, one.id === id ? starter : stubOf(one)]));
}

describe("the starters and the stubs, as TypeScript", () => {
  const variants = new Map<string, Variant>();
  const folderOf = (id: string): string => basename(join(variants.get(id)?.place.folder ?? "", ".."));
  let output = "";

  // As students have it, each starter gets a copy of its stage with stubs. One compiler run reads all copies.
  before(async function () {
    this.timeout(300_000);
    for (const exercise of PROGRAM_EXERCISES) {
      const { id, stage, kind } = exercise;
      const regions = regionsOf(exercise);
      variants.set(
        id,
        await makeVariant(stage, { regions, withAttacks: kind === "attack", unbundled: true }),
      );
    }
    const project = mkdtempSync(join(COURSE_FOLDER, "work", ".types-"));
    try {
      const configuration = {
        extends: "../../tsconfig.json",
        compilerOptions: TSCONFIG.compilerOptions,
        include: PROGRAM_EXERCISES.map(({ id }) => `../${folderOf(id)}/**/*.ts`),
        exclude: [],
      };
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify(configuration));
      const argv = [COMPILER, "--project", project, "--pretty", "false", "--listFiles"];
      output = spawnSync(process.execPath, argv, { encoding: "utf8", maxBuffer: 2 ** 26 }).stdout;
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  });
  after(() => {
    for (const { remove } of variants.values()) remove();
  });

  for (const { id } of PROGRAM_EXERCISES) {
    it(`${id} has no errors`, () => {
      const lines = output.split("\n").filter((line) => line.includes(`${folderOf(id)}/`));
      expect(lines.length, "files that were compiled").to.be.greaterThan(3);
      expect(lines.filter((line) => line.includes("error TS"))).to.deep.equal([]);
    });
  }
});
