// An editor finds no type errors in work/: neither in a starter, nor in the stubs around it. Only unused names are allowed.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "chai";
import { makeVariant, type Variant } from "../../authoring/prove/variant.ts";
import type { ProgramExercise } from "../../course/exercises/exercises.ts";
import { stubOf } from "../../course/exercises/stubs.ts";
import { COMPILER_OPTIONS } from "../../course/workspace/workspace.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { PROGRAM_EXERCISES } from "../support/course.ts";

/** Stage 06 is compiled by itself, with the types of a browser, as workspace.ts has it. */
const isOf06 = ({ stage, kind }: ProgramExercise): boolean => stage === "06" && kind === "code";

const COMPILER = join(COURSE_FOLDER, "node_modules", "typescript", "bin", "tsc");

/** What each region holds when an exercise is opened before any other is done. */
function regionsOf({ id, starter }: ProgramExercise): Map<string, string> {
  return new Map(PROGRAM_EXERCISES.map((one) => [one.id, one.id === id ? starter : stubOf(one)]));
}

/** Runs the compiler with this configuration. @returns the files that it has read, and the errors */
function compile(configuration: object): string {
  const project = mkdtempSync(join(COURSE_FOLDER, "work", ".types-"));
  try {
    const text = JSON.stringify({ exclude: [], compilerOptions: COMPILER_OPTIONS, ...configuration });
    writeFileSync(join(project, "tsconfig.json"), text);
    const argv = [COMPILER, "--project", project, "--pretty", "false", "--listFiles"];
    return spawnSync(process.execPath, argv, { encoding: "utf8", maxBuffer: 2 ** 26 }).stdout;
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

describe("the starters and the stubs, as TypeScript", () => {
  const variants = new Map<string, Variant>();
  const folderOf = (id: string): string => basename(join(variants.get(id)?.place.folder ?? "", ".."));
  let output = "";

  // As students have it, each starter gets a copy of its stage with stubs. Two compiler runs read all copies.
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
    const [of06, others] = [
      PROGRAM_EXERCISES.filter(isOf06),
      PROGRAM_EXERCISES.filter((one) => !isOf06(one)),
    ];
    output = compile({
      extends: "../../tsconfig.json",
      include: others.map(({ id }) => `../${folderOf(id)}/**/*.ts`),
      exclude: others.map(({ id }) => `../${folderOf(id)}/06-dht-chat`),
    });
    output += compile({
      extends: "../../06-dht-chat/tsconfig.json",
      files: of06.map(({ id, file }) => `../${folderOf(id)}/${file}`),
      include: [],
    });
  });
  after(() => {
    for (const { remove } of variants.values()) remove();
  });

  for (const exercise of PROGRAM_EXERCISES) {
    const { id } = exercise;
    it(`${id} has no errors`, () => {
      const own = output.split("\n").filter((line) => line.includes(`${folderOf(id)}/`));
      // What attacks import of stage 06 is compiled with that stage.
      const lines = isOf06(exercise) ? own : own.filter((line) => !line.includes("/06-dht-chat/"));
      expect(lines.length, "files that were compiled").to.be.greaterThan(3);
      expect(lines.filter((line) => line.includes("error TS"))).to.deep.equal([]);
    });
  }
});
