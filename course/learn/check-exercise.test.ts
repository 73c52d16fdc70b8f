import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Check, defineCheck } from "../../checks/engine/check.ts";
import type { Exercise } from "../exercises/exercises.ts";
import { Workspace } from "../workspace/workspace.ts";
import { checkExercise, drawSeed } from "./check-exercise.ts";

const EXERCISE: Exercise = {
  id: "01-a",
  kind: "code",
  stage: "01",
  title: "A",
  isShort: true,
  page: "lessons/01-calculator/1-a.md",
  checks: ["P1.1-first", "P1.1-second"],
  breaks: [],
  task: "",
  checked: [],
  hints: ["", "", ""],
  meaning: "",
  file: "01-calculator/a.ts",
  copies: [],
  starter: "starter\n",
  solution: "solution\n",
  standIn: "solution",
  firstFailure: [],
};

describe("the check of an exercise", () => {
  let folder = "";
  let began: string[] = [];

  beforeEach(() => {
    began = [];
    folder = mkdtempSync(join(tmpdir(), "check-"));
    mkdirSync(join(folder, "01-calculator"));
    writeFileSync(
      join(folder, "01-calculator/a.ts"),
      "// BEGIN SOLUTION 01-a\nsolution\n// END SOLUTION 01-a\n",
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function check(id: string, outcome: "passes" | "fails" | "never ends"): Check {
    return defineCheck({
      id,
      stages: ["01"],
      of: "module",
      title: id,
      likelyCause: "",
      async run(scene) {
        began.push(id);
        scene.observe();
        if (outcome === "fails") scene.fails({ expected: "1", received: "2" });
        if (outcome === "never ends") await new Promise(() => {});
      },
    });
  }

  async function run(...checks: Check[]) {
    const workspace = new Workspace(folder, [EXERCISE]);
    workspace.open(EXERCISE);
    return { workspace, outcome: await checkExercise(EXERCISE, { workspace, checks, seed: 1 }) };
  }

  it("passes when all its checks do, and says with what", async () => {
    const { outcome } = await run(check("P1.1-second", "passes"), check("P1.1-first", "passes"));
    expect(outcome).to.deep.include({ verdict: "passed", own: "starter\n", notes: [] });
    expect(outcome.results.map((result) => result.check.id)).to.deep.equal(["P1.1-first", "P1.1-second"]);
  });

  it("gives its seed to the checks, and tells it", async () => {
    const drawn: string[] = [];
    const draws = defineCheck({
      ...check("P1.1-first", "passes"),
      async run(scene) {
        scene.observe();
        drawn.push(scene.random.word());
      },
    });
    const workspace = new Workspace(folder, [EXERCISE]);
    workspace.open(EXERCISE);
    for (const seed of [5, 5, 6]) {
      const checks = [draws, check("P1.1-second", "passes")];
      expect((await checkExercise(EXERCISE, { workspace, checks, seed })).seed).to.equal(seed);
    }
    expect(drawn[0]).to.equal(drawn[1]).and.not.equal(drawn[2]);
    const seeds = new Set(Array.from({ length: 50 }, drawSeed));
    expect(seeds.size).to.be.greaterThan(45);
  });

  it("ends with the first that fails, in the order of the exercise", async () => {
    const { outcome } = await run(check("P1.1-first", "fails"), check("P1.1-second", "never ends"));
    expect(outcome.verdict).to.equal("failed");
    expect(outcome.results.map((result) => result.check.id)).to.deep.equal(["P1.1-first"]);
  });

  it("waits for the first, when the second has failed before it", async () => {
    const { outcome } = await run(check("P1.1-first", "passes"), check("P1.1-second", "fails"));
    expect(outcome.results.map(({ verdict }) => verdict)).to.deep.equal(["passed", "failed"]);
  });

  it("could not run when a check is missing, or markers are damaged", async () => {
    const missing = await run(check("P1.1-first", "passes"));
    expect(missing.outcome).to.deep.include({ verdict: "could-not-run" });
    expect(missing.outcome.explanation).to.include("P1.1-second");
    expect(began).to.deep.equal([]);

    const checks = [check("P1.1-first", "passes"), check("P1.1-second", "passes")];
    writeFileSync(join(folder, "work/01-calculator/a.ts"), "// BEGIN SOLUTION 01-a\n");
    const damaged = await checkExercise(EXERCISE, { workspace: missing.workspace, checks, seed: 1 });
    expect(damaged.verdict).to.equal("could-not-run");
    expect(damaged.explanation).to.include(
      "work/01-calculator/a.ts:1: region 01-a begins here and never ends",
    );
    expect(began).to.deep.equal([]);
  });
});
