import { expect } from "chai";
import { type PageExercise, parsePage } from "./pages.ts";

const HINTS = [1, 2, 3]
  .map(
    (n) =>
      `<details><summary>Hint ${n}</summary>\n\nHint number ${n}.\n\n\`\`\`ts\nf(${n});\n\`\`\`\n\n</details>\n`,
  )
  .join("\n");

const CODE_PAGE = `<!-- exercise
kind: code
checks: P0.2-in-pieces P0.2-several-at-once
breaks: P1.2-order
-->
# A stream of \`bytes\`

Reading text.

## Task
Fill in \`push\` in work/01-calculator/lines.ts.

## What is checked
- A line in pieces (P0.2),
  whatever the pieces.
- Two at once (P0.2).

## Starter
It takes every chunk for a line.

\`\`\`ts starter
      const text = chunk.toString();

      yield text;
\`\`\`

When you start, the check says:

\`\`\`text first-failure
expected: "= 3\\n"
\`\`\`

## Hints
${HINTS}
## What it meant
TCP carries **bytes**.
`;

const QUESTION_PAGE = `<!-- exercise
kind: predict
-->
# Two in one

## Question
How many?

## Hints
${HINTS}
## What it meant
Nothing.
`;

function exerciseOf(text: string): PageExercise {
  const { page, problems } = parsePage(text, "01-calculator", "3-framing.md");
  expect(problems).to.deep.equal([]);
  if (page.exercise === undefined) throw new Error("no exercise");
  return page.exercise;
}

describe("a lesson's page", () => {
  it("has a name, a title and an exercise with all its parts", () => {
    const { page } = parsePage(CODE_PAGE, "01-calculator", "3-framing.md");
    expect(page).to.deep.include({
      file: "lessons/01-calculator/3-framing.md",
      folder: "01-calculator",
      number: 3,
      id: "01-framing",
      title: "A stream of `bytes`",
    });
    expect(exerciseOf(CODE_PAGE)).to.deep.equal({
      kind: "code",
      stage: "01",
      checks: ["P0.2-in-pieces", "P0.2-several-at-once"],
      breaks: ["P1.2-order"],
      task: "Fill in `push` in work/01-calculator/lines.ts.",
      checked: ["A line in pieces (P0.2), whatever the pieces.", "Two at once (P0.2)."],
      starter: "      const text = chunk.toString();\n\n      yield text;\n",
      firstFailure: ['expected: "= 3\\n"'],
      hints: [1, 2, 3].map((n) => `Hint number ${n}.\n\n\`\`\`ts\nf(${n});\n\`\`\``),
      meaning: "TCP carries **bytes**.",
    });
  });

  it("may ask a question instead", () => {
    expect(exerciseOf(QUESTION_PAGE)).to.deep.include({
      kind: "predict",
      task: "How many?",
      starter: "",
      checks: [],
    });
  });

  it("may be for reading only", () => {
    const { page, problems } = parsePage("# Title\n\ntext\n", "01-calculator", "9-nagle.md");
    expect(problems).to.deep.equal([]);
    expect(page.exercise).to.equal(undefined);
  });

  it("is read with the line ends of Windows, too", () => {
    expect(exerciseOf(CODE_PAGE.replaceAll("\n", "\r\n"))).to.deep.equal(exerciseOf(CODE_PAGE));
  });

  const WRONG: Record<string, { text: string; says: string }> = {
    "no title": { text: "text\n", says: "1: the page has no title" },
    "a second title": { text: "# A\n\n# B\n", says: "3: the page has a second title" },
    "an unknown kind": {
      text: CODE_PAGE.replace("kind: code", "kind: coding"),
      says: "1: the exercise's kind is missing or unknown",
    },
    "an unknown member": {
      text: CODE_PAGE.replace("breaks:", "brakes:"),
      says: '4: "brakes: P1.2-order" is unknown here',
    },
    "no checks": { text: CODE_PAGE.replace(/checks: .*\n/, ""), says: "1: no checks" },
    "no starter": { text: CODE_PAGE.replace("ts starter", "ts"), says: "1: the starter is missing" },
    "two starters": {
      text: CODE_PAGE.replace("text first-failure", "ts starter"),
      says: "29: there is a second starter",
    },
    "no first failure": {
      text: CODE_PAGE.replace("text first-failure", "text"),
      says: "1: the first-failure is missing",
    },
    "two hints": {
      text: CODE_PAGE.replace(/<details><summary>Hint 3[\s\S]*?<\/details>/, ""),
      says: "33: there are 2 hints: write 3",
    },
    "an empty hint": {
      text: CODE_PAGE.replace(/Hint number 2\.[\s\S]*?\n\n<\/details>/, "</details>"),
      says: "33: hint 2 is empty",
    },
    "no list of checks": {
      text: CODE_PAGE.replaceAll("\n- ", "\n"),
      says: '13: the section "## What is checked" has no list',
    },
    "an empty section": {
      text: CODE_PAGE.replace("TCP carries **bytes**.\n", ""),
      says: 'the section "## What it meant" is empty',
    },
    "no task": {
      text: CODE_PAGE.replace("## Task", "## Tasks"),
      says: '1: the section "## Task" is missing',
    },
    "checks of a question": {
      text: QUESTION_PAGE.replace("predict", "predict\nchecks: P0.1-x"),
      says: "1: checks and breaks are for kinds code and attack",
    },
    "a starter, but no exercise": {
      text: CODE_PAGE.replace(/<!--[\s\S]*?-->\n/, ""),
      says: '5: "## Task" belongs to an exercise',
    },
  };
  for (const [title, { text, says }] of Object.entries(WRONG)) {
    it(`with ${title} is a problem with file and line`, () => {
      const { page, problems } = parsePage(text, "01-calculator", "3-framing.md");
      const all = problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join("\n");
      expect(all).to.include("lessons/01-calculator/3-framing.md:");
      expect(all).to.include(says);
      expect(page.exercise).to.equal(undefined);
    });
  }

  it("is called by a number and words, and only stages have exercises", () => {
    expect(parsePage(CODE_PAGE, "01-calculator", "framing.md").problems[0]?.message).to.include("N-words.md");
    expect(parsePage(CODE_PAGE, "00-setting-up", "1-node.md").problems[0]?.message).to.include("01 to 06");
  });
});
