// Tests that the starter of each exercise fails its own checks as its page says, and breaks nothing else.

import { expect } from "chai";
import { checkOf, checkVariant, reportOf } from "../../authoring/prove/prove.ts";
import type { Check } from "../../checks/engine/check.ts";
import { STAGE_FOLDERS } from "../../checks/engine/place.ts";
import type { CheckResult } from "../../checks/engine/run-checks.ts";
import { findChecks } from "../../checks/index.ts";
import type { ProgramExercise } from "../../course/exercises/exercises.ts";
import { ATTACKS_FOLDER } from "../../course/exercises/stages.ts";
import { programExercises } from "./course.ts";
import { DEADLINE, SEED } from "./on-the-wire.ts";
import { remembered } from "./remembered.ts";

type Stage = ProgramExercise["stage"];

/** A starter breaks something else. */
class NotProved extends Error {}

export function testStarters(stage: Stage): void {
  const exercises = programExercises(stage);
  // What a proof depends on: the stage, or with attacks all stages; and all starters of the stage.
  const filesOf = (withAttacks: boolean): string[] =>
    withAttacks ? [...Object.values(STAGE_FOLDERS), ATTACKS_FOLDER] : [STAGE_FOLDERS[stage]];
  const prove = (what: string, withAttacks: boolean, run: () => Promise<void>): Promise<void> =>
    remembered(filesOf(withAttacks), ["starters", what, JSON.stringify(exercises)], run);

  let broken = new Map(exercises.map(({ id }) => [id, [] as string[]]));
  before(async function () {
    this.timeout(900_000);
    await prove("break nothing else", true, async () => {
      broken = await findBroken(stage, exercises);
      if ([...broken.values()].some((reports) => reports.length > 0)) throw new NotProved();
    }).catch((error: unknown) => {
      if (!(error instanceof NotProved)) throw error; // The tests below say which.
    });
  });

  for (const exercise of exercises) {
    const { id, checks, starter, kind, firstFailure } = exercise;
    const withAttacks = kind === "attack";

    it(`${id}: the starter fails as its page foretells`, () =>
      prove(`${id} fails`, withAttacks, async () => {
        const regions = new Map([[id, starter]]);
        const own = checks.map((check) => checkOf(stage, check));
        const results = await checkVariant(stage, { regions, withAttacks }, own, { seed: SEED });
        const first = results.find(({ verdict }) => verdict !== "passed");
        if (first === undefined) throw new Error("the starter passes all checks of its exercise");
        const report = reportOf(first);
        expect(first.verdict, report).to.equal("failed");
        for (const part of firstFailure) expect(plain(report)).to.contain(plain(part));
      }));

    if (findChecks(stage).some((check) => !isRelated(stage, exercise, check)))
      it(`${id}: the starter breaks nothing else`, () => {
        expect(broken.get(id)?.join("\n\n")).to.equal("");
      });

    it(`${id}: its checks need no later exercise`, () =>
      prove(`${id} needs no later one`, withAttacks, async () => {
        const later = exercises.slice(exercises.indexOf(exercise) + 1);
        const own = checks.map((check) => checkOf(stage, check));
        const results = await checkStarters(stage, later, own, withAttacks);
        expect(results).to.have.length(own.length).greaterThan(0);
        expect(reportsOf(results).join("\n\n")).to.equal("");
      }));
  }
}

/**
 * Runs each check with all those starters at once that must not break it. If it passes, none of them breaks it. If it
 * fails, each starter is tried alone. If none of them fails alone, all of them together are to blame.
 * @returns the reports of broken checks, by exercise
 */
async function findBroken(
  stage: Stage,
  exercises: readonly ProgramExercise[],
): Promise<Map<string, string[]>> {
  const broken = new Map(exercises.map(({ id }) => [id, [] as string[]]));
  const groups = new Map<string, { unrelated: ProgramExercise[]; checks: Check[] }>();
  for (const check of findChecks(stage)) {
    const unrelated = exercises.filter((exercise) => !isRelated(stage, exercise, check));
    const key = unrelated.map(({ id }) => id).join(" ");
    const group = groups.get(key) ?? { unrelated, checks: [] };
    groups.set(key, group);
    group.checks.push(check);
  }
  for (const { unrelated, checks } of groups.values()) {
    if (unrelated.length === 0) continue;
    const withAttacks = unrelated.some(({ kind }) => kind === "attack");
    const together = await checkStarters(stage, unrelated, checks, withAttacks);
    expect(together).to.have.length(checks.length);
    const failed = together.filter(({ verdict }) => verdict !== "passed").map(({ check }) => check);
    if (failed.length === 0) continue;
    const alone = new Set<string>();
    // Some checks wait for a minute, so the starters are tried side by side.
    await Promise.all(
      unrelated.map(async (one) => {
        const results = await checkStarters(stage, [one], failed, withAttacks);
        broken.get(one.id)?.push(...reportsOf(results));
        for (const { check, verdict } of results) if (verdict !== "passed") alone.add(check.id);
      }),
    );
    const onlyTogether = together.filter(
      ({ check, verdict }) => verdict !== "passed" && !alone.has(check.id),
    );
    for (const one of unrelated) broken.get(one.id)?.push(...reportsOf(onlyTogether));
  }
  return broken;
}

/** Whether a check may fail as long as the exercise is not done. */
function isRelated(stage: Stage, { kind, checks, breaks }: ProgramExercise, check: Check): boolean {
  // Programs of stages do not import attacks, and attacks do not import each other.
  if ((check.of === "attack") !== (kind === "attack")) return true;
  return (
    checks.includes(check.id) ||
    breaks.some((pattern) => findChecks(stage, pattern).some(({ id }) => id === check.id))
  );
}

/** Runs checks with the starters of these exercises in their regions. */
async function checkStarters(
  stage: Stage,
  exercises: readonly ProgramExercise[],
  checks: readonly Check[],
  withAttacks: boolean,
): Promise<CheckResult[]> {
  const regions = new Map(exercises.map(({ id, starter }) => [id, starter]));
  return checkVariant(stage, { regions, withAttacks }, checks, { seed: SEED, timeout: DEADLINE });
}

/** The reports of checks that have not passed. */
function reportsOf(results: readonly CheckResult[]): string[] {
  return results.filter(({ verdict }) => verdict !== "passed").map(reportOf);
}

/** Ignores line breaks and indentation, because pages and reports break lines in different places. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
