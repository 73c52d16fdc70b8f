// What must hold of the starter of each exercise: it fails its own checks as its page foretells, and breaks nothing else.

import { expect } from "chai";
import { findChecks } from "../../course/checks/index.ts";
import type { ProgramExercise } from "../../course/exercises/exercises.ts";
import { checkOf, checkVariant, reportOf } from "../../course/proof/prove.ts";
import { SEED } from "./checks.ts";
import { programExercises } from "./course.ts";

/** Passing takes as long as the machine needs, in milliseconds. */
const DEADLINE = 30_000;

export function testStarters(stage: ProgramExercise["stage"]): void {
  const exercises = programExercises(stage);
  for (const exercise of exercises) {
    const { id, checks, breaks, starter, kind, firstFailure } = exercise;
    const withAttacks = kind === "attack";

    it(`${id}: the starter fails as its page foretells`, async () => {
      const regions = new Map([[id, starter]]);
      const own = checks.map((check) => checkOf(stage, check));
      const results = await checkVariant(stage, { regions, withAttacks }, own, { seed: SEED });
      const first = results.find(({ verdict }) => verdict !== "passed");
      if (first === undefined) throw new Error("the starter passes all checks of its exercise");
      const report = reportOf(first);
      expect(first.verdict, report).to.equal("failed");
      for (const part of firstFailure) expect(plain(report)).to.contain(plain(part));
    });

    const broken = breaks.flatMap((pattern) => findChecks(stage, pattern).map((check) => check.id));
    const related = new Set([...checks, ...broken]);
    // No program of a stage imports an attack, and no attack has a part in another.
    const others = findChecks(stage).filter(
      (check) => !related.has(check.id) && (check.of === "attack") === withAttacks,
    );
    const breaksNothing = async (): Promise<void> => {
      const regions = new Map([[id, starter]]);
      const options = { seed: SEED, timeout: DEADLINE };
      const results = await checkVariant(stage, { regions, withAttacks }, others, options);
      const failed = results.filter(({ verdict }) => verdict !== "passed");
      expect(results).to.have.length(others.length);
      expect(failed.map(reportOf).join("\n\n")).to.equal("");
    };
    if (others.length > 0) it(`${id}: the starter breaks nothing else`, breaksNothing).timeout(300_000);

    it(`${id}: its checks need no later exercise`, async () => {
      const later = exercises.slice(exercises.indexOf(exercise) + 1);
      const regions = new Map(later.map((other) => [other.id, other.starter]));
      const own = checks.map((check) => checkOf(stage, check));
      const results = await checkVariant(stage, { regions, withAttacks }, own, {
        seed: SEED,
        timeout: DEADLINE,
      });
      expect(results).to.have.length(own.length).greaterThan(0);
      const failed = results.filter(({ verdict }) => verdict !== "passed");
      expect(failed.map(reportOf).join("\n\n")).to.equal("");
    });
  }
}

/** Pages and reports may break and indent their lines in different places. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
