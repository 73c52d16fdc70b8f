// A right answer passes in a handout in which nothing else is done: one exercise of each stage, and one attack, drawn by
// the seed. (tests/proofs/ tests all of them, also where everything else is done.)

import { Random } from "../checks/engine/random.ts";
import type { ProgramExercise } from "../course/exercises/exercises.ts";
import { PROGRAM_EXERCISES } from "./support/course.ts";
import { type HandoutCopy, makeHandout } from "./support/handout-copy.ts";
import { SEED } from "./support/on-the-wire.ts";
import { testRightAnswers } from "./support/right-answers.ts";

function drawn(): ProgramExercise[] {
  const random = new Random(`right answers ${SEED}`);
  const groups = new Map<string, ProgramExercise[]>();
  for (const exercise of PROGRAM_EXERCISES) {
    const key = exercise.kind === "attack" ? "attack" : exercise.stage;
    groups.set(key, [...(groups.get(key) ?? []), exercise]);
  }
  return [...groups.values()].flatMap((group) => group[random.integer(0, group.length - 1)] ?? []);
}

describe("a right answer", () => {
  let handout: HandoutCopy;

  before(async () => {
    handout = await makeHandout();
  });
  after(() => handout.remove());

  testRightAnswers("a handout", () => handout.folder, drawn(), "nothing else");
});
