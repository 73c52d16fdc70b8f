import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { loadExercises } from "../../course/exercises/exercises.ts";
import type { Grade, Row } from "../../course/exercises/grades.ts";
import { gradesAsJunit } from "../../course/exercises/grades-junit.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { idsOf, NameError } from "../exercise-names.ts";
import { readSubmission, SubmissionError } from "./read-submission.ts";
import { csvOf, tableLines } from "./table.ts";
import { parseEvent, parseTask } from "./task.ts";

const EXERCISES = loadExercises(COURSE_FOLDER);

const grade = (id: string, verdict: Grade["verdict"], more: Partial<Grade> = {}): Grade => ({
  id,
  verdict,
  milliseconds: 1500,
  ...more,
});

const ROWS: readonly Row[] = [
  {
    name: "alice",
    grades: [
      grade("01-hello", "passed"),
      grade("01-framing", "failed", { cause: 'P0.2: "<"', report: "all\u0007 of it" }),
    ],
    notes: ["a remark"],
  },
  {
    name: '+bob,"b"',
    grades: [grade("01-hello", "could-not-run", { cause: "why" }), grade("01-framing", "not-begun")],
    notes: [],
  },
  { name: "mallory\nx", grades: [], notes: [], problem: "there is no such folder" },
];
const IDS = ["01-hello", "01-framing"];

describe("rows of grades", () => {
  it("are CSV of RFC 4180, in which no name is a formula", () => {
    expect(csvOf(ROWS, IDS).split("\r\n")).to.deep.equal([
      "name,passed,failed,could not run,not begun,points,of,problem,remarks,01-hello,01-framing",
      "alice,1,1,0,0,1,2,,a remark,passed,failed",
      `"'+bob,""b""",0,0,1,1,0,2,,,could-not-run,not-begun`,
      '"mallory\nx",,,,,,2,there is no such folder,,,',
      "",
    ]);
    for (const first of ["=", "+", "-", "@", "\t", "\r"]) {
      const text = csvOf([{ name: `${first}1`, grades: [], notes: [`${first}1`], problem: `${first}1` }], []);
      // Each cell begins with an apostrophe, behind the quote that a carriage return needs.
      expect(text.match(/(?:^|,)"?'[=+\-@\t\r]1/gm), JSON.stringify(text)).to.have.length(3);
    }
  });

  it("are a table that fits the terminal", () => {
    expect(tableLines(ROWS, 100)).to.deep.equal([
      "name       passed  failed  not run  not begun  points",
      'alice           1       1        0          0     1/2  01-framing: P0.2: "<"',
      '+bob,"b"        0       0        1          1     0/2  01-hello: why',
      "mallory�x       -       -        -          -       -  there is no such folder",
    ]);
    expect(tableLines(ROWS, 60)[3]).to.equal("mallory�x       -       -        -          -       -  ther…");
  });

  it("are a JUnit report with a suite for each student", () => {
    const xml = gradesAsJunit(ROWS, 7);
    expect(xml).to.contain('<testsuites tests="5" failures="1" errors="2" skipped="1" time="6.000">');
    expect(xml).to.contain(
      '<testsuite name="alice" tests="2" failures="1" errors="0" skipped="0" time="3.000">',
    );
    expect(xml).to.contain('<testcase classname="alice" name="01-hello" time="1.500"/>');
    expect(xml).to.contain('<failure message="P0.2: &quot;&lt;&quot;">all\uFFFD of it</failure>');
    expect(xml).to.contain('<property name="seed" value="7"/>');
    expect(xml).to.contain('<property name="points" value="1"/>');
    expect(xml).to.contain('<error message="there is no such folder"/>');
    expect(xml).to.contain("<skipped/>");
  });
});

describe("the lines of a judge", () => {
  it("are taken only if they are about an exercise that it judges", () => {
    const passed = { grade: grade("01-hello", "passed") };
    expect(parseEvent(JSON.stringify(passed), IDS)).to.deep.equal(passed);
    expect(parseEvent('{"begins":"01-hello"}', IDS)).to.deep.equal({ begins: "01-hello" });
    const WRONG = [
      ["", "null", "[]", "{", '{"begins":"02-hello"}', '{"begins":1}', '{"grade":{"id":"01-hello"}}'],
      [JSON.stringify({ grade: grade("02-hello", "passed") })],
      [JSON.stringify({ grade: { ...grade("01-hello", "passed"), verdict: "excellent" } })],
      [JSON.stringify({ grade: grade("01-hello", "not-begun") })],
    ].flat();
    for (const line of WRONG) expect(parseEvent(line, IDS), line).to.equal(undefined);
    const long = parseEvent(
      JSON.stringify({ grade: grade("01-hello", "failed", { report: "x".repeat(1e6) }) }),
      IDS,
    );
    expect(JSON.stringify(long).length).to.be.lessThan(30_000);
  });

  it("answer a task that is whole", () => {
    const task = { ids: ["01-hello"], solutions: { "01-hello": "x" }, answers: {}, seed: 1, limit: 2 };
    expect(parseTask(JSON.stringify(task))).to.deep.equal(task);
    for (const wrong of [
      {},
      { ...task, ids: [1] },
      { ...task, solutions: { a: 1 } },
      { ...task, limit: "2" },
    ])
      expect(() => parseTask(JSON.stringify(wrong))).to.throw("this is no task");
  });
});

describe("a submission", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "submission-"));
    mkdirSync(join(folder, "work/solutions"), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (file: string, content: string | Buffer): void => writeFileSync(join(folder, file), content);
  const solution = (content: string | Buffer): string | undefined => {
    write("work/solutions/01-hello.ts", content);
    const { problems, solutions } = readSubmission(folder, EXERCISES);
    expect(problems.has("01-hello")).to.not.equal(solutions.has("01-hello"));
    return problems.get("01-hello");
  };

  it("is code in UTF-8, of at most 64 KiB, without markers", () => {
    const code = "  return false;\n";
    expect(solution(code)).to.equal(undefined);
    expect(solution("")).to.equal(undefined);
    expect(solution(" ".repeat(65_536))).to.equal(undefined);
    expect(solution(" ".repeat(65_537))).to.contain("more than 65536 bytes");
    expect(solution(Buffer.from([0x20, 0xff]))).to.contain("not UTF-8");
    expect(solution("a\0b")).to.contain("a byte 00");
    const MARKERS = [
      `${code}  // END SOLUTION 01-hello\n`,
      `  // BEGIN SOLUTION 01-hello\n${code}  // END SOLUTION 01-hello\n`,
      `${code}// BEGIN SOLUTION 01-errors\n// END SOLUTION 01-errors`,
      `${code.trim()} // END SOLUTION 01-hello`,
      `${code}\r// end solution 01-hello`,
      `${code}\u2028//ENDSOLUTION`,
    ];
    for (const marked of MARKERS) expect(solution(marked), JSON.stringify(marked)).to.contain("a marker");
  });

  it("is not what a link leads to, nor a folder", () => {
    mkdirSync(join(folder, "work/solutions/01-errors.ts"));
    write("real.ts", "x");
    symlinkSync(join(folder, "real.ts"), join(folder, "work/solutions/01-framing.ts"));
    symlinkSync(join(folder, "real.ts"), join(folder, "progress.txt"));
    symlinkSync(join(folder, "work/solutions"), join(folder, "work/answers"));
    const { problems, solutions, notes } = readSubmission(folder, EXERCISES);
    expect(problems.get("01-errors")).to.equal("work/solutions/01-errors.ts: it is no file");
    expect(problems.get("01-framing")).to.equal("work/solutions/01-framing.ts: it is a link");
    expect(notes).to.deep.equal([
      "progress.txt was ignored: it is a link",
      "work/answers was ignored: it is a link",
    ]);
    expect(solutions.size).to.equal(0);
  });

  it("says what it claims, and what was given", () => {
    write("progress.txt", "# a remark\r\n01-hello 2026-01-31\r\n01-framing given\r\n\r\n=x y\r\n");
    const { claimed, given, notes } = readSubmission(folder, EXERCISES);
    expect([...claimed]).to.deep.equal(["01-hello"]);
    expect([...given]).to.deep.equal(["01-framing"]);
    expect(notes).to.deep.equal(['progress.txt has a line that names no exercise: "=x"']);
  });

  it("has a limit for its files, and names only some that it ignores", () => {
    for (let count = 0; count < 30; count += 1) write(`work/solutions/x${count}`, "");
    expect(readSubmission(folder, EXERCISES).notes).to.have.length(11).and.to.include("… and 20 more");
    for (let count = 0; count < 1000; count += 1) write(`work/solutions/y${count}`, "");
    expect(readSubmission(folder, EXERCISES).notes[0]).to.contain("more than 1000 files");
  });

  it("is a folder", () => {
    write("file", "");
    for (const [name, says] of [
      ["missing", "no such folder"],
      ["file", "no folder"],
      ["work/solutions", "has no progress.txt"],
    ] as const)
      expect(() => readSubmission(join(folder, name), EXERCISES)).to.throw(SubmissionError, says);
  });
});

describe("a list of stages and exercises", () => {
  it("names exercises, and a stage stands for all of its own", () => {
    const first = EXERCISES.filter(({ stage }) => stage === "01").map(({ id }) => id);
    expect([...idsOf("01, 02-hello", EXERCISES, "--only")]).to.deep.equal([...first, "02-hello"]);
    for (const wrong of ["", "1", "01,", "07", "02-nothing"])
      expect(() => idsOf(wrong, EXERCISES, "--only"), wrong).to.throw(NameError, "--only: there is no stage");
  });
});
