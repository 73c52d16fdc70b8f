import { expect } from "chai";
import { formatProblem } from "../course/exercises/problem.ts";
import type { WrongAnswer } from "./prove/wrong-answers.ts";
import { TASK_TABLE, taskProblems } from "./sentence-rules.ts";

const answer = (exercise: string, name: string): WrongAnswer => ({
  kind: "code",
  file: `authoring/wrong-answers/${exercise}/${name}.ts`,
  exercise,
  code: "",
  caughtBy: ["P1.8-end"],
  says: undefined,
});

const TASKS = [
  { id: "01-add", task: "It adds. It `never. Ever` waits.\n\n- The sum is a number." },
  { id: "01-end", task: "It ends." },
];
const ANSWERS = ["subtracts", "waits", "a-text", "either"].map((name) => answer("01-add", name));
const TABLE = `# Wrong answers

## 01-add
> It adds.
- subtracts
- either
> It \`never. Ever\` waits.
- waits
- either
> The sum is a number.
- a-text

## 01-end
> It ends.
- no demand: it says so.
`;

/** The problems of a table in which one text is replaced by another. */
function problems(find = "", replace = "", answers = ANSWERS): string[] {
  expect(TABLE).to.include(find);
  return taskProblems(TASKS, TABLE.replace(find, replace), answers).map(formatProblem);
}

describe("the table of wrong answers by the sentences of the Tasks", () => {
  it("has no problem if each sentence has a wrong answer of its own, or demands nothing", () => {
    expect(problems()).to.deep.equal([]);
  });

  const WRONG: Record<string, { find: string; replace?: string; says: string }> = {
    "a missing sentence": {
      find: "> It `never. Ever` waits.\n- waits\n",
      says: `${TASK_TABLE}:8: here a sentence of the Task of 01-add is missing: > It \`never. Ever\` waits.`,
    },
    "sentences in another order": {
      find: "> It adds.\n- subtracts\n- either\n> It `never. Ever` waits.\n- waits\n",
      replace: "> It `never. Ever` waits.\n- waits\n> It adds.\n- subtracts\n",
      says: `${TASK_TABLE}:4: here a sentence of the Task of 01-add is missing: > It adds.`,
    },
    "another word in a sentence": {
      find: "It ends.",
      replace: "It stops.",
      says: `${TASK_TABLE}:14: here a sentence of the Task of 01-end is missing: > It ends.`,
    },
    "a sentence too many": {
      find: "- no demand: it says so.",
      replace: "- no demand: it says so.\n> It begins.\n- no demand: it does not.",
      says: `${TASK_TABLE}:16: the Task of 01-end has no such sentence`,
    },
    "a wrong name": {
      find: "- a-text",
      replace: "- a-word",
      says: `${TASK_TABLE}:11: there is no wrong answer a-word: correct the name`,
    },
    "a wrong answer that nobody lists": {
      find: "- subtracts\n",
      replace: "",
      says: "authoring/wrong-answers/01-add/subtracts.ts:1: it stands under no sentence of 01-add",
    },
    "a sentence that shares all its wrong answers with others": {
      find: "- waits\n",
      replace: "",
      says: `${TASK_TABLE}:7: a sentence of 01-add has no wrong answer of its own`,
    },
    "a sentence without anything": {
      find: "- no demand: it says so.\n",
      says: `${TASK_TABLE}:14: a sentence of 01-end has no wrong answer of its own`,
    },
    "a sentence that demands nothing and has a wrong answer": {
      find: "- a-text",
      replace: "- a-text\n- no demand: it is plain.",
      says: `${TASK_TABLE}:10: this sentence demands nothing, and has wrong answers`,
    },
    "an exercise that is missing": {
      find: "## 01-end\n> It ends.\n- no demand: it says so.\n",
      says: `${TASK_TABLE}:1: exercise 01-end is missing: write "## 01-end"`,
    },
    "an exercise twice": {
      find: "## 01-end",
      replace: "## 01-end\n> It ends.\n- no demand: it says so.\n\n## 01-end",
      says: `${TASK_TABLE}:17: 01-end stands here a second time`,
    },
    "an exercise that does not exist": {
      find: "## 01-end",
      replace: "## 01-begin\n\n## 01-end",
      says: `${TASK_TABLE}:13: there is no exercise 01-begin`,
    },
  };
  for (const [title, { find, replace = "", says }] of Object.entries(WRONG))
    it(`names ${title}`, () => {
      expect(problems(find, replace).join("\n")).to.include(says);
    });

  it("names a wrong answer of another exercise", () => {
    const elsewhere = [...ANSWERS.slice(0, 2), answer("01-end", "a-text"), ...ANSWERS.slice(3)];
    expect(problems("", "", elsewhere).join("\n")).to.include("there is no wrong answer a-text");
  });
});
