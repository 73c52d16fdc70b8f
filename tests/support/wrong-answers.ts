// Tests that every wrong answer is caught by the check that it names, with a helpful report.

import { expect } from "chai";
import { checkOf, checkVariant, reportOf } from "../../authoring/prove/prove.ts";
import type { VariantOptions } from "../../authoring/prove/variant.ts";
import { readWrongAnswers, type WrongAnswer, type WrongText } from "../../authoring/prove/wrong-answers.ts";
import { STAGE_FOLDERS, type StageNumber } from "../../checks/engine/place.ts";
import { Random } from "../../checks/engine/random.ts";
import {
  type Found,
  judgeAnswer,
  judgeGuess,
  loadPrediction,
  loadQuestion,
} from "../../course/exercises/question.ts";
import { stageOf } from "../../course/exercises/stages.ts";
import { EXERCISES, PROGRAM_EXERCISES } from "./course.ts";
import { SEED } from "./on-the-wire.ts";
import { remembered, rememberedCount } from "./remembered.ts";
import { took } from "./timing.ts";
import { SAMPLED } from "./tools.ts";

/** How many are checked at the same time. */
const SIDE_BY_SIDE = 4;

/** The stage of a wrong answer. */
function stageOfAnswer(answer: WrongAnswer): StageNumber {
  const stage = answer.kind === "edit" ? answer.stage : stageOf(answer.exercise);
  if (stage === undefined) throw new Error(`${answer.file} belongs to no stage`);
  return stage;
}

/** All wrong answers of a stage, but for those that `npm test` has tried just before (tools.ts, SAMPLED). */
export function wrongAnswersOf(stage: StageNumber): WrongAnswer[] {
  const tried = new Set(SAMPLED ? oneOfEachExercise().map(({ file }) => file) : []);
  return readWrongAnswers().answers.filter(
    (answer) => stageOfAnswer(answer) === stage && !tried.has(answer.file),
  );
}

/** One wrong answer for each exercise. The choice depends on the seed. */
export function oneOfEachExercise(): WrongAnswer[] {
  const { answers } = readWrongAnswers();
  const random = new Random(`wrong answers ${SEED}`);
  return EXERCISES.flatMap(({ id }) => {
    const own = answers.filter((answer) => answer.kind !== "edit" && answer.exercise === id);
    const [chosen] = own.slice(random.integer(0, own.length - 1));
    return chosen ?? [];
  });
}

/** Defines a test for each wrong answer: the check that it names must catch it, with a helpful report. */
export function testWrongAnswers(answers: readonly WrongAnswer[]): void {
  const verdicts = new Map<WrongAnswer, { error: Error | undefined; milliseconds: number }>();

  // Most wrong programs are silent, so checks mostly wait. That is why several run at the same time.
  before(async function () {
    this.timeout(900_000);
    const waiting = [...answers];
    const work = async (): Promise<void> => {
      for (let answer = waiting.shift(); answer !== undefined; answer = waiting.shift()) {
        const started = performance.now();
        const error = await judge(answer);
        verdicts.set(answer, { error, milliseconds: performance.now() - started });
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  });

  for (const answer of answers) {
    it(`${answer.file.split("/").slice(-2).join("/")} is caught`, function () {
      const verdict = verdicts.get(answer);
      if (verdict === undefined) throw new Error("it was not judged");
      took(this, verdict.milliseconds);
      if (verdict.error !== undefined) throw verdict.error;
    });
  }

  after(() => {
    if (rememberedCount() > 0)
      console.log(`\n  ${rememberedCount()} proofs are remembered; --fresh forgets them`);
  });
}

/** @returns why it is not caught; undefined if it is */
async function judge(answer: WrongAnswer): Promise<Error | undefined> {
  const stage = stageOfAnswer(answer);
  const isPlain = answer.kind === "edit" || (answer.kind === "code" && !isAttack(answer.exercise));
  // Questions and attacks run programs of all stages.
  const files = isPlain
    ? [STAGE_FOLDERS[stage]]
    : [...Object.values(STAGE_FOLDERS), "attacks", "authoring/pictures", "course"];
  try {
    await remembered(files, ["wrong answer", JSON.stringify(answer)], () =>
      answer.kind === "text" ? expectExplained(answer) : expectCaught(stage, answer),
    );
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

async function expectExplained(wrong: WrongText): Promise<void> {
  const { exercise, answer, says } = wrong;
  if (EXERCISES.find(({ id }) => id === exercise)?.kind === "predict") return expectBesideResult(wrong);
  const judgement = await judgeAnswer(await loadQuestion(exercise), answer);
  if (judgement.verdict !== "failed") throw new Error(`judged as ${judgement.verdict}`);
  expect(judgement.explanation).to.contain(says);
}

/** A wrong guess counts: it stands beside the result, with its explanation. What is no guess is asked for again. */
async function expectBesideResult({ exercise, answer, says }: WrongText): Promise<void> {
  const question = await loadPrediction(exercise);
  let found: Found | undefined;
  const find = async (): Promise<Found> => {
    found = await question.find();
    return found;
  };
  const judgement = await judgeGuess({ ...question, find }, answer);
  if (judgement.verdict === "could-not-run") throw new Error(judgement.reason);
  if (judgement.verdict === "failed") {
    expect(found, "what ran for something that is no guess").to.equal(undefined);
    expect(judgement.explanation).to.contain(says).and.not.contain("\n");
    return;
  }
  const [result = ""] = found?.answers ?? [];
  expect(judgement.observed).to.match(/^your guess +the result\n/);
  expect(judgement.observed.split("\n")[1]?.replace(/ {3,}/, " | ")).to.equal(`${answer} | ${result}`);
  expect(judgement.observed).to.contain(says).and.not.contain("As you said.");
  expect(judgement.observed).to.contain(found?.observed);
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

/** Ignores line breaks, because reports and wrong answers break lines in different places. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function isAttack(id: string): boolean {
  return PROGRAM_EXERCISES.find((exercise) => exercise.id === id)?.kind === "attack";
}
