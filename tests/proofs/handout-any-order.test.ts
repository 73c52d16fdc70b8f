// A student can work through a handout in any order. The seed draws one.

import { expect } from "chai";
import { Random } from "../../checks/engine/random.ts";
import { type Exercise, hasRegion } from "../../course/exercises/exercises.ts";
import { EXERCISES } from "../support/course.ts";
import { HandoutWalk } from "../support/handout-walk.ts";
import { SEED } from "../support/on-the-wire.ts";

describe("the handout, in another order", () => {
  let walk: HandoutWalk;

  before(async () => {
    walk = await HandoutWalk.begin();
  });
  after(() => walk.remove());

  it(`can be worked through in any order (seed ${SEED})`, async function () {
    this.timeout(900_000);
    expect(EXERCISES.length).to.be.greaterThan(30);
    for (const exercise of shuffled(EXERCISES)) {
      if (hasRegion(exercise)) await walk.learn("check", exercise.id); // Fails, and opens it.
      await walk.solve(exercise);
    }
    await walk.expectAllPassed();
    const all = await walk.learn("check");
    expect(all.status, all.output).to.equal(0);
  });
});

/** The exercises in an order that the seed draws. */
function shuffled(exercises: readonly Exercise[]): Exercise[] {
  const random = new Random(`order ${SEED}`);
  const keys = new Map(exercises.map((exercise) => [exercise, random.integer(0, 2 ** 32)]));
  return [...exercises].sort((one, other) => (keys.get(one) ?? 0) - (keys.get(other) ?? 0));
}
