// work/ shows no solution of an exercise that is not passed, and the course's own code can stand in for every stub.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { transform } from "esbuild";
import {
  hasRegion,
  importedFiles,
  isSource,
  type ProgramExercise,
  sourceFiles,
} from "../course/exercises/exercises.ts";
import { findRegions, replaceRegion } from "../course/exercises/regions.ts";
import { stubOf } from "../course/exercises/stubs.ts";
import { withRegions } from "../course/workspace/compose.ts";
import { Workspace } from "../course/workspace/workspace.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { EXERCISES, PROGRAM_EXERCISES } from "./support/course.ts";
import { CourseCopy } from "./support/course-copy.ts";

/** The lines of a text, without blanks around them, that are long enough to tell something. */
function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.length > 8);
}

/** The files of the course that work/ may hold, by name. */
const FILES = new Map(
  [...sourceFiles(COURSE_FOLDER), ...importedFiles(COURSE_FOLDER).filter(isSource)].map((file) => [
    file,
    readFileSync(join(COURSE_FOLDER, file), "utf8"),
  ]),
);

/** What a student may see: everything outside of regions, all starters and all stubs. */
const HARMLESS = new Set([
  ...[...FILES].flatMap(([file, text]) => linesOf(withRegions(text, file, EXERCISES, () => ""))),
  ...PROGRAM_EXERCISES.flatMap((exercise) => linesOf(exercise.starter + stubOf(exercise))),
]);

/** The lines of a solution that stand nowhere else. */
function tellingLines({ solution = "" }: ProgramExercise): string[] {
  return linesOf(solution).filter((line) => !HARMLESS.has(line));
}

describe("work/", () => {
  let course: CourseCopy;

  before(() => {
    course = new CourseCopy();
  });
  after(() => course.remove());
  beforeEach(() => course.forgetWork());

  /** All that is written in work/, but for the student's own solutions. */
  function written(): string {
    return readdirSync(course.path("work"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.startsWith("solutions"))
      .map((name) => course.read(`work/${name}`))
      .join("\n");
  }

  it("would be caught by these tests if it showed a solution", () => {
    for (const exercise of PROGRAM_EXERCISES)
      expect(tellingLines(exercise), exercise.id).to.not.deep.equal([]);
  });

  for (const current of PROGRAM_EXERCISES)
    it(`shows no solution when ${current.id} is open, and says where each one comes`, () => {
      const workspace = new Workspace(course.folder, course.exercises);
      const exercise = course.exercise(current.id);
      // What is marked as passed, but is not here, is no reason to show it.
      workspace.progress.add(PROGRAM_EXERCISES.find((one) => one !== current)?.id ?? "", new Date());
      workspace.open(exercise);
      const text = written();
      const lines = new Set(linesOf(text));
      for (const other of PROGRAM_EXERCISES)
        expect(
          tellingLines(other).filter((line) => lines.has(line)),
          other.id,
        ).to.deep.equal([]);
      for (const other of PROGRAM_EXERCISES) {
        if (!text.includes(`BEGIN SOLUTION ${other.id}`)) continue;
        const label = `// comes in ${other.id}\n`;
        if (other.id === current.id) expect(text).to.not.include(label);
        else expect(text).to.include(label);
      }
      if (hasRegion(exercise)) expect(workspace.text(exercise)).to.equal(exercise.starter);
    });
});

describe("the course's own code in one line", () => {
  for (const [file, text] of FILES) {
    if (findRegions(text, file).length === 0) continue;
    it(`is the same program in ${file}`, async () => {
      let joined = text;
      for (const { id } of findRegions(text, file)) {
        const standIn = PROGRAM_EXERCISES.find((exercise) => exercise.id === id)?.standIn ?? "";
        expect(standIn.split("\n")).to.have.length(1);
        joined = replaceRegion(joined, file, id, standIn);
      }
      const options = { loader: "ts", target: "node20", minifyWhitespace: true } as const;
      const [wanted, made] = await Promise.all([transform(text, options), transform(joined, options)]);
      expect(made.code).to.equal(wanted.code);
    });
  }
});
