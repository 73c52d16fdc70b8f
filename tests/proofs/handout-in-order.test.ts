// A student can work through a handout, from the first exercise to the last.

import { expect } from "chai";
import { EXERCISES } from "../support/course.ts";
import { HandoutWalk } from "../support/handout-walk.ts";

describe("the handout, in the order of the course", () => {
  let walk: HandoutWalk;

  before(async () => {
    walk = await HandoutWalk.begin();
  });
  after(() => walk.remove());

  it("can be worked through, from the first exercise to the last", async function () {
    this.timeout(900_000);
    expect(EXERCISES.length).to.be.greaterThan(30);
    for (const exercise of EXERCISES) {
      const opened = await walk.learn("next");
      expect(opened.status, opened.output).to.equal(0);
      expect(opened.output).to.contain(`${exercise.id}: `);
      await walk.solve(exercise);
    }
    await walk.expectAllPassed();
  });
});
