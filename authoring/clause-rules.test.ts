import { expect } from "chai";
import { formatProblem } from "../course/exercises/problem.ts";
import { clauseProblems, clausesOf } from "./clause-rules.ts";
import type { WrongAnswer } from "./prove/wrong-answers.ts";

const PROTOCOL = `# The protocol

Nothing before the first section is a clause.

## P1 Calculator (stage 01)

From here on \`1.5\` is a number. All numbers are.

| event | line |
|---|---|
| started | \`hello\` |

- **P1.1** The client speaks first; the server
  greets nobody. It waits.
- **P1.2** Replies come in order.

## P7 The terminal

It shows lines.
`;

const TABLE = `# Wrong answers

## P1

> From here on \`1.5\` is a number.

- 01-numbers/no-sign

> All numbers are.

- no demand: it says it again.

> started | \`hello\`

- elsewhere/says-hi

## P1.1

> The client speaks first; the server greets nobody.

- elsewhere/greets

> It waits.

- elsewhere/asks

## P1.2

> Replies come in order.

- elsewhere/last-first

## P7

> It shows lines.

- elsewhere/shows-words
`;

const edit = (name: string, ...caughtBy: string[]): WrongAnswer => ({
  kind: "edit",
  file: `authoring/wrong-answers/elsewhere/${name}.txt`,
  stage: "01",
  edit: { file: "server.ts", find: "a", replace: "b" },
  caughtBy,
});

const ANSWERS: readonly WrongAnswer[] = [
  edit("greets", "P1.1-first"),
  edit("asks", "P1.9-idle", "P1.1-first"),
  edit("says-hi", "P7-lines"),
  edit("last-first", "P1.2-order"),
  edit("shows-words", "P7-lines"),
  {
    kind: "code",
    file: "authoring/wrong-answers/01-numbers/no-sign.ts",
    exercise: "01-numbers",
    code: "",
    caughtBy: ["P1.3-signs"],
    says: undefined,
  },
  {
    kind: "text",
    file: "authoring/wrong-answers/01-nagle/the-first-half.txt",
    exercise: "01-nagle",
    answer: "10",
    says: "half",
  },
];

/** What is found in the table if a text in it is replaced. */
function found(find: string, replace: string, answers = ANSWERS): string[] {
  expect(TABLE.split(find)).to.have.length(2);
  return clauseProblems(PROTOCOL, TABLE.replace(find, replace), answers).map(formatProblem);
}

describe("the rules for wrong answers by clause", () => {
  it("know the sentences of clauses, and those of a section outside of them", () => {
    expect(clausesOf(PROTOCOL)).to.deep.equal([
      { id: "P1", sentences: ["From here on `1.5` is a number.", "All numbers are.", "started | `hello`"] },
      { id: "P1.1", sentences: ["The client speaks first; the server greets nobody.", "It waits."] },
      { id: "P1.2", sentences: ["Replies come in order."] },
      { id: "P7", sentences: ["It shows lines."] },
    ]);
  });

  it("accept a table that has all of them", () => {
    expect(clauseProblems(PROTOCOL, TABLE, ANSWERS)).to.deep.equal([]);
  });

  it("name a sentence that is missing, changed, or not the protocol's", () => {
    expect(found("> It waits.\n", "").join()).to.match(/by-clause\.md:19: .*P1\.1 is missing: > It waits\./);
    expect(found("It waits.", "It waits a while.").join()).to.match(/:23: .*P1\.1 is missing: > It waits\./);
    expect(found("## P1.2", "> It sleeps.\n\n- elsewhere/asks\n\n## P1.2").join()).to.match(
      /:27: P1\.1 has no such sentence/,
    );
    expect(found("## P7\n\n> It shows lines.\n\n- elsewhere/shows-words\n", "", ANSWERS).join()).to.match(
      /:1: clause P7 is missing.*elsewhere\/shows-words\.txt:1: it stands under no sentence/,
    );
    expect(found("## P7\n", "## P8\n").join()).to.match(/clause P7 is missing.*no clause P8/);
    expect(found("## P7\n", "## P1.2\n").join()).to.match(/P1\.2 stands here a second time/);
  });

  it("name a sentence without a wrong answer of its own", () => {
    expect(found("- elsewhere/last-first\n", "", ANSWERS).join()).to.match(
      /:29: a sentence of P1\.2 has no wrong answer of its own.*Replies come in order\./,
    );
    expect(found("- elsewhere/asks\n", "- elsewhere/greets\n").join()).to.match(
      /:19: a sentence of P1\.1.*greets nobody.*:23: a sentence of P1\.1.*It waits/,
    );
    expect(found("no demand: it", "it").join()).to.match(/:11: there is no wrong answer it says it again/);
    expect(
      found("- elsewhere/says-hi", "- elsewhere/says-hi\n- no demand: it is an example.").join(),
    ).to.match(/:13: this sentence demands nothing, and has wrong answers/);
  });

  it("pass over the sentences that are listed as not proved, and no other", () => {
    const protocol =
      "## P8 Discovery\n\n- **P8.7** Addresses are looked up anew at every beat. A beat is short.\n";
    const table = "## P8.7\n\n> Addresses are looked up anew at every beat.\n\n> A beat is short.\n";
    expect(clauseProblems(protocol, table, []).map(formatProblem).join()).to.match(
      /^authoring\/wrong-answers\/by-clause\.md:5: a sentence of P8\.7 .*: A beat is short\.$/,
    );
  });

  it("name a wrong answer that does not exist, that is none, or that another clause's check catches", () => {
    expect(found("- elsewhere/asks", "- elsewhere/asked").join()).to.match(
      /:25: there is no wrong answer elsewhere\/asked/,
    );
    expect(found("- elsewhere/last-first", "- 01-nagle/the-first-half").join()).to.match(
      /:31: 01-nagle\/the-first-half is an answer to a question/,
    );
    expect(found("- elsewhere/last-first", "- elsewhere/last-first\n- elsewhere/asks").join()).to.match(
      /:32: elsewhere\/asks is caught by P1\.9-idle P1\.1-first, which is no check of P1\.2/,
    );
    // P1.1 is not P1.10.
    const other = ANSWERS.map((answer) =>
      answer.kind === "edit" && answer.file.includes("greets")
        ? { ...answer, caughtBy: ["P1.10-first"] }
        : answer,
    );
    expect(clauseProblems(PROTOCOL, TABLE, other).map(formatProblem).join()).to.match(
      /:21: elsewhere\/greets is caught by P1\.10-first/,
    );
  });

  it("name a file that stands nowhere", () => {
    const more = [...ANSWERS, edit("forgotten", "P1.1-first")];
    expect(clauseProblems(PROTOCOL, TABLE, more).map(formatProblem)).to.deep.equal([
      "authoring/wrong-answers/elsewhere/forgotten.txt:1: it stands under no sentence of " +
        "authoring/wrong-answers/by-clause.md: name the sentence that it breaks",
    ]);
  });
});
