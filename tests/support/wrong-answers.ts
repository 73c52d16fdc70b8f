// Every wrong answer is caught by the check that it names, with a report that helps.

import { expect } from "chai";
import type { StageNumber } from "../../course/checking/check.ts";
import { judgeAnswer, loadQuestion } from "../../course/exercises/question.ts";
import { checkOf, checkVariant, reportOf } from "../../course/proof/prove.ts";
import type { VariantOptions } from "../../course/proof/variant.ts";
import { readWrongAnswers, type WrongAnswer, type WrongText } from "../../course/proof/wrong-answers.ts";
import { SEED } from "./checks.ts";
import { PROGRAM_EXERCISES } from "./course.ts";

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

  for (const answer of answers.filter((one) => stageOf(one) === stage)) {
    const what = answer.kind === "edit" ? `${stage}, elsewhere` : answer.exercise;
    it(`${answer.file.split("/").slice(-2).join("/")} is caught`, async () => {
      const count = caught.get(what) ?? { answers: 0, caught: 0 };
      caught.set(what, count);
      count.answers += 1;
      if (answer.kind === "text") await expectExplained(answer);
      else await expectCaught(stage, answer);
      count.caught += 1;
    });
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
  for (const result of results) {
    expect(result.verdict, reportOf(result)).to.equal("failed");
    if (answer.kind === "code" && answer.says !== undefined)
      expect(reportOf(result).replace(/\s+/g, " ")).to.contain(answer.says.replace(/\s+/g, " "));
  }
}

function isAttack(id: string): boolean {
  return PROGRAM_EXERCISES.find((exercise) => exercise.id === id)?.kind === "attack";
}
