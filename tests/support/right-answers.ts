// Tests that a right answer passes, whatever else a student has done or not done.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { reportOf } from "../../authoring/prove/prove.ts";
import { STAGE_FOLDERS } from "../../checks/engine/place.ts";
import { CHECKS } from "../../checks/index.ts";
import { hasRegion, loadExercises, type ProgramExercise } from "../../course/exercises/exercises.ts";
import { replaceRegion } from "../../course/exercises/regions.ts";
import { checkExercise, type Outcome } from "../../course/learn/check-exercise.ts";
import { Workspace } from "../../course/workspace/workspace.ts";
import { PROGRAM_EXERCISES } from "./course.ts";
import { DEADLINE, SEED } from "./on-the-wire.ts";
import { remembered } from "./remembered.ts";

/** What else the student has passed. */
export type Others = "nothing else" | "everything else";

/** What the proofs depend on, in addition to the checks. */
const FILES = [...Object.values(STAGE_FOLDERS), "attacks", "authoring/handout", "course"];

/**
 * Defines a test for each exercise: its right answer passes.
 * @param folder returns the folder of a course in which no other test works
 */
export function testRightAnswers(
  where: string,
  folder: () => string,
  exercises: readonly ProgramExercise[],
  others: Others,
): void {
  for (const exercise of exercises) {
    it(`${exercise.id} passes in ${where} where ${others} is passed`, () =>
      remembered(FILES, ["right answer", where, others, JSON.stringify(PROGRAM_EXERCISES), exercise.id], () =>
        expectPasses(folder(), exercise, others),
      ));
  }
}

async function expectPasses(folder: string, { id }: ProgramExercise, others: Others): Promise<void> {
  const outcome = await checkRightAnswer(folder, id, others);
  expect(outcome.verdict, `${outcome.explanation}\n${outcome.results.map(reportOf).join("\n")}`).to.equal(
    "passed",
  );
  expect(outcome.results.map(({ check }) => check.id)).to.deep.equal(outcome.exercise.checks);
}

/** Writes the right answer of an exercise into work/ as a student does, and checks it. */
async function checkRightAnswer(folder: string, id: string, others: Others): Promise<Outcome> {
  rmSync(join(folder, "work"), { recursive: true, force: true, maxRetries: 5 });
  rmSync(join(folder, "progress.txt"), { force: true });
  const workspace = new Workspace(folder, loadExercises(folder));
  const exercise = workspace.find(id);
  if (exercise === undefined || !hasRegion(exercise)) throw new Error(`${folder} has no code for ${id}`);
  if (others === "everything else")
    for (const other of workspace.exercises)
      if (other !== exercise && hasRegion(other)) workspace.pass(other, solutionOf(other.id));
  workspace.open(exercise);
  const path = workspace.path(exercise.file);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, replaceRegion(text, exercise.file, id, solutionOf(id)));
  return checkExercise(exercise, { workspace, checks: CHECKS, seed: SEED, timeout: DEADLINE });
}

/** The right answer: a handout does not show it, so it comes from the course. */
export function solutionOf(id: string): string {
  const solution = PROGRAM_EXERCISES.find((exercise) => exercise.id === id)?.solution;
  if (solution === undefined) throw new Error(`there is no solution for ${id}`);
  return solution;
}
