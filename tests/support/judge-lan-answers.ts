// Judges the wrong programs of stage 05: each must be caught by the checks that it names. It runs in a network of its
// own (own-network.ts), because group and port of the beacons are fixed. It prints one line of JSON for each.

import { checkOf, checkVariant, reportOf } from "../../authoring/prove/prove.ts";
import { readWrongAnswers, type WrongEdit } from "../../authoring/prove/wrong-answers.ts";
import { STAGE_FOLDERS } from "../../checks/engine/place.ts";
import { remembered } from "./remembered.ts";

/** How many are judged at the same time: their programs mostly wait. */
const SIDE_BY_SIDE = 6;

/** How long each step waits, in milliseconds. Most of these programs never do what a check waits for. */
const TIMEOUT = 4000;

/** No check takes so long, in milliseconds: the longest waits 45 s. */
const LONGEST = 180_000;

/** How one was judged, as one line of JSON. */
export interface LanJudgement {
  file: string;
  milliseconds: number;
  /** Why it is not caught; undefined if it is. */
  problem?: string;
}

/** @throws Error if a check does not catch it */
async function mustBeCaught({ edit, caughtBy }: WrongEdit): Promise<void> {
  const checks = caughtBy.map((id) => checkOf("05", id));
  const seed = Number(process.env.SEED ?? 1);
  const options = { timeout: TIMEOUT, seed, signal: AbortSignal.timeout(LONGEST) };
  const results = await checkVariant("05", { edits: [edit] }, checks, options);
  if (results.length !== checks.length || results.length === 0) throw new Error("its checks did not run");
  for (const result of results)
    if (result.verdict !== "failed") throw new Error(`${result.verdict}\n${reportOf(result)}`);
}

async function judge(answer: WrongEdit): Promise<string | undefined> {
  try {
    await remembered([STAGE_FOLDERS["05"]], ["wrong answer", JSON.stringify(answer)], () =>
      mustBeCaught(answer),
    );
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The longest time that one of its checks only waits, in seconds. */
function waitsOf({ caughtBy }: WrongEdit): number {
  return Math.max(...caughtBy.map((id) => checkOf("05", id).waits ?? 0));
}

const waiting = readWrongAnswers().answers.filter(
  (answer): answer is WrongEdit => answer.kind === "edit" && answer.stage === "05",
);
// What waits longest begins first.
waiting.sort((one, other) => waitsOf(other) - waitsOf(one));
const work = async (): Promise<void> => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const started = performance.now();
    const problem = await judge(next);
    const milliseconds = performance.now() - started;
    const judgement: LanJudgement = { file: next.file, milliseconds, ...(problem && { problem }) };
    console.log(JSON.stringify(judgement));
  }
};
await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
process.exit(0); // A program that does not end must not keep this one.
