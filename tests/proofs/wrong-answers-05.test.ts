// The wrong answers of stage 05: each is rejected by the check that it names. Those that change the program elsewhere
// than in an exercise run in a network of their own.

import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { LanJudgement } from "../support/judge-lan-answers.ts";
import { runInOwnNetwork, withOwnNetwork } from "../support/own-network.ts";
import { took } from "../support/timing.ts";
import { testWrongAnswers, wrongAnswersOf } from "../support/wrong-answers.ts";

const JUDGE = fileURLToPath(new URL("../support/judge-lan-answers.ts", import.meta.url));

const answers = wrongAnswersOf("05");

describe("the wrong answers of stage 05", () => {
  testWrongAnswers(answers.filter(({ kind }) => kind !== "edit"));
});

withOwnNetwork("the wrong programs of stage 05", () => {
  const judgements = new Map<string, LanJudgement>();

  before(async function () {
    this.timeout(900_000);
    const output = await runInOwnNetwork([process.execPath, "--import", "tsx", JUDGE]);
    for (const line of output.trim().split("\n")) {
      const judgement: LanJudgement = JSON.parse(line);
      judgements.set(judgement.file, judgement);
    }
  });

  for (const { file } of answers.filter(({ kind }) => kind === "edit"))
    it(`${file.split("/").slice(-2).join("/")} is caught`, function () {
      const judgement = judgements.get(file);
      if (judgement === undefined) throw new Error("it was not judged");
      took(this, judgement.milliseconds);
      expect(judgement.problem).to.equal(undefined);
    });
});
