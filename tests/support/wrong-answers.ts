// Every wrong answer is caught by the check that it names, with a report that helps.

import { expect } from "chai";
import { checkOf, checkVariant, reportOf } from "../../authoring/prove/prove.ts";
import type { VariantOptions } from "../../authoring/prove/variant.ts";
import { readWrongAnswers, type WrongAnswer, type WrongText } from "../../authoring/prove/wrong-answers.ts";
import type { StageNumber } from "../../checks/engine/place.ts";
import { judgeAnswer, loadQuestion } from "../../course/exercises/question.ts";
import { PROGRAM_EXERCISES } from "./course.ts";
import { SEED } from "./on-the-wire.ts";

/** How many are judged side by side. */
const SIDE_BY_SIDE = 4;

/** Where a wrong answer belongs. */
function stageOf(answer: WrongAnswer): string {
  return answer.kind === "edit" ? answer.stage : answer.exercise.slice(0, 2);
}

export function testWrongAnswers(stage: StageNumber): void {
  const { answers } = readWrongAnswers();
  const caught = new Map<string, { answers: number; caught: number }>();

  after(() => {
    const rows = [...caught].map(
      ([what, { answers: all, caught: found }]) =>
        `  ${what.padEnd(30)} ${String(all).padStart(3)} ${String(found).padStart(7)}`,
    );
    console.log([`\n  ${"exercise".padEnd(26)} answers  caught`, ...rows].join("\n"));
  });

  const own = answers.filter((one) => stageOf(one) === stage);
  const verdicts = new Map<WrongAnswer, Error | undefined>();

  // Most of them are silent, and waited for: so many side by side. Each has a test of its own below.
  before(async function () {
    this.timeout(900_000);
    const waiting = [...own];
    const work = async (): Promise<void> => {
      for (let answer = waiting.shift(); answer !== undefined; answer = waiting.shift())
        verdicts.set(answer, await judge(stage, answer));
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  });

  for (const answer of own) {
    const what = answer.kind === "edit" ? `${stage}, elsewhere` : answer.exercise;
    it(`${answer.file.split("/").slice(-2).join("/")} is caught`, () => {
      const count = caught.get(what) ?? { answers: 0, caught: 0 };
      caught.set(what, count);
      count.answers += 1;
      expect(verdicts.has(answer), "it was judged").to.equal(true);
      const error = verdicts.get(answer);
      if (error !== undefined) throw error;
      count.caught += 1;
    });
  }
}

/** @returns what is wrong with it: nothing, if it is caught */
async function judge(stage: StageNumber, answer: WrongAnswer): Promise<Error | undefined> {
  try {
    if (answer.kind === "text") await expectExplained(answer);
    else await expectCaught(stage, answer);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

async function expectExplained({ exercise, answer, says }: WrongText): Promise<void> {
  const judgement = await judgeAnswer(await loadQuestion(exercise), answer);
  if (judgement.verdict !== "failed") throw new Error(`judged as ${judgement.verdict}`);
  expect(judgement.explanation).to.contain(says);
}

async function expectCaught(stage: StageNumber, answer: Exclude<WrongAnswer, WrongText>): Promise<void> {
  const variant: VariantOptions =
    answer.kind === "edit"
      ? { edits: [answer.edit] }
      : { regions: new Map([[answer.exercise, answer.code]]), withAttacks: isAttack(answer.exercise) };
  const checks = answer.caughtBy.map((id) => checkOf(stage, id));
  const results = await checkVariant(stage, variant, checks, { seed: SEED });
  expect(results).to.have.length(checks.length).greaterThan(0);
  for (const result of results) expect(result.verdict, reportOf(result)).to.equal("failed");
  const report = results.map(reportOf).join("\n");
  if (answer.kind === "code" && answer.says !== undefined)
    expect(plain(report), report).to.contain(plain(answer.says));
}

/** Reports and wrong answers may break their lines in different places. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function isAttack(id: string): boolean {
  return PROGRAM_EXERCISES.find((exercise) => exercise.id === id)?.kind === "attack";
}
