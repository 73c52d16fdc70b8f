// Tests `npm run grade` as a program: submissions that are right, wrong, broken, or made to cheat; what it reports.

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { checkOf, checkVariant } from "../authoring/prove/prove.ts";
import { loadQuestion } from "../course/exercises/question.ts";
import type { ChildProgram } from "../programs/child-program.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { startProgram } from "../programs/stage-programs.ts";
import { PROGRAM_EXERCISES } from "./support/course.ts";
import { CourseCopy } from "./support/course-copy.ts";

const WRONG = '  return line === "END";\n';

/** Right code that does something else as well. */
const beside = (code: string): string => `  ${code};\n${solutionOf("01-hello")}`;

/** Reads the solution of the course, and does what it says. */
const READS_THE_SOLUTION = `
  const text = process.getBuiltinModule("node:fs").readFileSync(${JSON.stringify(join(COURSE_FOLDER, "01-calculator", "evaluate.ts"))}, "utf8");
  const [, code] = /BEGIN [A-Z]+ 01-hello\\n(.*)\\n/.exec(text);
  return new Function("line", code)(line);
`;
const builtin = (name: string): string => `process.getBuiltinModule("node:${name}")`;

function solutionOf(id: string): string {
  return PROGRAM_EXERCISES.find((exercise) => exercise.id === id)?.solution ?? "";
}

describe("npm run grade", () => {
  let folder: string;
  const programs: ChildProgram[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "grade-test-"));
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }

  /** Hands in code: by the name of the student, and the exercise's id. */
  function handIn(name: string, solutions: Readonly<Record<string, string>>): void {
    for (const [id, code] of Object.entries(solutions)) write(`${name}/work/solutions/${id}.ts`, code);
  }

  async function grade(...argv: string[]): Promise<{ text: string; errors: string; code: number | null }> {
    const program = startProgram("authoring/grade.ts", argv, { environment: { INIT_CWD: folder } });
    programs.push(program);
    program.endInput();
    const { code } = await program.ended;
    return { text: program.lines.join("\n"), errors: program.errors, code };
  }

  /** The verdicts of each student, and what the report says about each exercise that has not passed. */
  function verdicts(): { of: Record<string, Record<string, string>>; causes: Record<string, string> } {
    const of: Record<string, Record<string, string>> = {};
    const causes: Record<string, string> = {};
    const xml = readFileSync(join(folder, "grades.xml"), "utf8");
    const CASE =
      /<testcase classname="([^"]*)" name="([^"]*)" time="[0-9.]+"(?:\/>|>\s*<(\w+)(?: message="([^"]*)")?)/g;
    for (const [, name = "", id = "", element = "passed", cause = ""] of xml.matchAll(CASE)) {
      of[name] = { ...of[name], [id]: element };
      if (cause !== "") causes[`${name} ${id}`] = cause;
    }
    return { of, causes };
  }

  it("gives a row to each student: right, wrong, broken, not begun, missing", async function () {
    this.timeout(180_000);
    const { answers } = await (await loadQuestion("01-two-in-one")).find();
    const right = { "01-hello": solutionOf("01-hello"), "01-numbers": solutionOf("01-numbers") };
    handIn("right", right);
    write("right/work/answers/01-two-in-one.txt", `${answers[0]}\n`);
    handIn("wrong", { ...right, "01-hello": WRONG });
    write("wrong/work/answers/01-two-in-one.txt", "999\n");
    // A prediction is passed by whoever has made it, right or wrong.
    write("wrong/work/answers/01-stream.txt", "999\n");
    handIn("broken", { ...right, "01-hello": "  return (;\n" });
    write("untouched/lessons/README.md", "");
    write(
      "claims/progress.txt",
      "# passed\n01-hello 2026-01-31\n01-two-in-one 2026-01-31\n99-nothing 2026-01-31\n",
    );
    write("nothing/README.md", "");
    write('=cmd(1),"x"/progress.txt', "");
    const { text, code, errors } = await grade(
      ...["right", "wrong", "broken", "untouched", "claims", "nothing", "missing", '=cmd(1),"x"'],
      ...[
        "--only",
        "01-hello,01-numbers,01-two-in-one,01-stream",
        "--csv",
        "grades.csv",
        "--junit",
        "grades.xml",
        "--seed",
        "5",
      ],
    );
    expect(errors.split("\n").filter((line) => !/^\d of 8: /.test(line) && line !== "")).to.deep.equal([]);
    expect(code, "some could not be judged").to.equal(2);

    const { of, causes } = verdicts();
    const inOrder = (name: string): unknown[] =>
      ["01-hello", "01-two-in-one", "01-stream", "01-numbers"].map((id) => of[name]?.[id]);
    expect(inOrder("right")).to.deep.equal(["passed", "passed", "skipped", "passed"]);
    expect(inOrder("wrong")).to.deep.equal(["failure", "failure", "passed", "passed"]);
    expect(inOrder("broken")).to.deep.equal(["error", "skipped", "skipped", "passed"]);
    expect(inOrder("claims")).to.deep.equal(["error", "error", "skipped", "skipped"]);
    expect(causes["wrong 01-hello"]).to.match(/^P1\.8-end: /);
    expect(causes["broken 01-hello"]).to.contain("no TypeScript").and.to.contain("return (;");
    expect(causes["claims 01-hello"]).to.equal("nothing handed in, only a line in progress.txt");
    expect(causes["missing the submission"]).to.equal("there is no such folder");
    expect(causes["nothing the submission"]).to.contain(
      "it has no progress.txt, work/solutions/ or work/answers/",
    );

    const rows = readFileSync(join(folder, "grades.csv"), "utf8").split("\r\n");
    expect(rows[0]).to.match(
      /^name,passed,failed,could not run,not begun,points,of,problem,remarks,01-hello,/,
    );
    expect(rows.slice(1, 5)).to.deep.equal([
      "right,3,0,0,1,3,4,,,passed,not-begun,passed,passed",
      "wrong,2,2,0,0,2,4,,,failed,passed,failed,passed",
      "broken,1,0,1,2,1,4,,,could-not-run,not-begun,not-begun,passed",
      "untouched,0,0,0,4,0,4,,,not-begun,not-begun,not-begun,not-begun",
    ]);
    expect(rows[5]).to.match(/^claims,0,0,2,2,0,4,,"progress\.txt has a line .*99-nothing/);
    expect(rows[7]).to.match(/^missing,,,,,,4,there is no such folder,/);
    expect(rows[8]).to.match(/^"'=cmd\(1\),""x""",0,0,0,4,0,4,/);

    expect(text).to.match(/^right +3 +0 +0 +1 +3\/4$/m);
    expect(text).to.match(/^wrong +2 +2 +0 +0 +2\/4 {2}01-hello \(and 1 more\): P1\.8-end: /m);
    expect(text).to.match(/^missing +- +- +- +- +- {2}there is no such folder$/m);
    expect(text).to.contain("8 submissions, 6 points; 2 could not be judged").and.to.contain("--seed 5");
  });

  it("gives nothing to a copy whose checker was changed so that everything passes", async function () {
    this.timeout(180_000);
    const copy = new CourseCopy();
    try {
      const checker = "checks/engine/run-checks.ts";
      const changed = copy
        .read(checker)
        .replace(
          "const outcome = await judge(check, scene, options.signal);",
          'const outcome = { verdict: "passed" } as const;',
        );
      expect(changed).not.to.equal(copy.read(checker));
      copy.write(checker, changed);
      const learn = startProgram("course/learn.ts", ["check", "01-hello"], { folder: copy.folder });
      programs.push(learn);
      learn.endInput();
      expect((await learn.ended).code, "the copy itself lets the starter pass").to.equal(0);
      expect(copy.read("progress.txt")).to.contain("01-hello");

      const { code } = await grade(copy.folder, "--only", "01-hello", "--junit", "grades.xml");
      expect(Object.values(verdicts().of)).to.deep.equal([{ "01-hello": "failure" }]);
      expect(code, "failing is no error").to.equal(0);
      expect((await grade(copy.folder, "--only", "01-hello", "--must-pass")).code).to.equal(1);
    } finally {
      copy.remove();
    }
  });

  it("does not let code leave its region, its stage or its rights", async function () {
    this.timeout(300_000);
    // It would pass if it could read the course.
    const reading = await checkVariant("01", { regions: new Map([["01-hello", READS_THE_SOLUTION]]) }, [
      checkOf("01", "P1.8-end"),
    ]);
    expect(reading[0]?.verdict).to.equal("passed");

    const numbers = solutionOf("01-numbers");
    const lines = JSON.stringify(join(COURSE_FOLDER, "01-calculator", "lines.ts"));
    handIn("reads", { "01-hello": READS_THE_SOLUTION, "01-numbers": numbers });
    handIn("imports", {
      "01-hello": solutionOf("01-hello"),
      "01-numbers": `import * as theirs from ${lines};\nvoid theirs;\n${numbers}`,
    });
    handIn("escapes", {
      "01-hello": `${solutionOf("01-hello")}  // END SOLUTION 01-hello\n}\nfunction no(): void {\n  // BEGIN SOLUTION 01-errors\n`,
      "01-numbers": numbers,
    });
    handIn("forks", {
      "01-hello": beside(
        `${builtin("child_process")}.spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "left-behind"], { detached: true, stdio: "ignore" }).unref()`,
      ),
      "01-numbers": numbers,
    });
    handIn("kills", { "01-hello": beside('process.kill(process.ppid, "SIGKILL")'), "01-numbers": numbers });
    handIn("writes", {
      "01-hello": beside(`${builtin("fs")}.writeFileSync(${JSON.stringify(join(folder, "written"))}, "")`),
      "01-numbers": numbers,
    });
    handIn("prints", {
      "01-hello": beside(`for (;;) ${builtin("fs")}.writeSync(2, "x".repeat(65536))`),
      "01-numbers": numbers,
    });
    const names = ["reads", "imports", "escapes", "forks", "kills", "writes", "prints"];
    const { code } = await grade(...names, "--only", "01-hello,01-numbers", "--junit", "grades.xml");
    const { of, causes } = verdicts();
    for (const name of names) {
      const [bad, good] = name === "imports" ? ["01-numbers", "01-hello"] : ["01-hello", "01-numbers"];
      expect(of[name]?.[bad], `${name} ${bad}`).to.be.oneOf(["failure", "error"]);
      expect(of[name]?.[good], `${name} ${good}: the others are judged`).to.equal("passed");
    }
    expect(causes["imports 01-numbers"]).to.contain("leads out of the stages");
    expect(causes["escapes 01-hello"]).to.contain("holds a marker");
    expect(causes["kills 01-hello"]).to.equal("the judge has ended (SIGKILL)");
    expect(readdirSync(folder)).not.to.include("written");
    expect(code).to.equal(0);
  });

  it("follows no links, and takes no files that are too large or of other names", async () => {
    handIn("links", { "01-numbers": solutionOf("01-numbers") });
    write("elsewhere/01-hello.ts", solutionOf("01-hello"));
    symlinkSync(join(folder, "elsewhere/01-hello.ts"), join(folder, "links/work/solutions/01-hello.ts"));
    symlinkSync(join(folder, "elsewhere"), join(folder, "links/work/answers"));
    handIn("large", { "01-hello": solutionOf("01-hello") + " ".repeat(64 * 1024) });
    handIn("names", { "01-hello": solutionOf("01-hello"), "01-hullo": "", "01-stream": "" });
    const { text, code } = await grade(
      "links",
      "large",
      "names",
      "--only",
      "01-hello",
      "--junit",
      "grades.xml",
    );
    const { of, causes } = verdicts();
    expect(of).to.deep.equal({
      links: { "01-hello": "error" },
      large: { "01-hello": "error" },
      names: { "01-hello": "passed" },
    });
    expect(causes["links 01-hello"]).to.equal("work/solutions/01-hello.ts: it is a link");
    expect(causes["large 01-hello"]).to.equal("work/solutions/01-hello.ts: it has more than 65536 bytes");
    expect(text).to.contain("links: work/answers was ignored: it is a link");
    expect(text).to.contain("names: work/solutions/01-hullo.ts was ignored: it names no exercise");
    expect(text).to.contain("names: work/solutions/01-stream.ts was ignored: this exercise asks a question");
    expect(code).to.equal(0);
  });

  it("ends what takes too long, and goes on with the others", async function () {
    this.timeout(180_000);
    // The loop runs longer than the limit: the checks alone wait for 5 seconds.
    handIn("endless", { "01-hello": "  for (;;);\n", "01-numbers": solutionOf("01-numbers") });
    handIn("short", {});
    write("short/progress.txt", "");
    const only = ["--only", "01-hello,01-numbers", "--junit", "grades.xml", "--jobs", "1"];
    const { code } = await grade("endless", "short", "--limit", "3", ...only);
    const { of, causes } = verdicts();
    expect(of.endless?.["01-hello"]).to.equal("error");
    expect(causes["endless 01-hello"]).to.equal("the limit of 3 s for a submission was over (--limit)");
    expect(of.short).to.deep.equal({ "01-hello": "skipped", "01-numbers": "skipped" });
    expect(code).to.equal(0);
    // With more time, the loop costs only its own point.
    await grade("endless", ...only);
    expect(verdicts().of.endless).to.deep.equal({ "01-hello": "failure", "01-numbers": "passed" });
  });

  it("starts the judge that it is told to, and says so if it cannot", async () => {
    handIn("right", { "01-hello": solutionOf("01-hello") });
    const judge = `"${process.execPath}" --import tsx authoring/grade/judge.ts`;
    const only = ["--only", "01-hello", "--junit", "grades.xml"];
    expect((await grade("right", ...only, "--judge", judge)).code).to.equal(0);
    expect(verdicts().of.right).to.deep.equal({ "01-hello": "passed" });
    const { code, text } = await grade("right", ...only, "--judge", "there-is-no-such-program");
    expect(text).to.contain("the judge could not be started: not installed");
    expect(code).to.equal(2);
  });

  it("says in one line what is wrong with a command", async () => {
    const MISTAKES: readonly (readonly [string[], string])[] = [
      [["--csv", "x.csv"], "name the students' folders"],
      [["a", "--nonsense"], "Unknown option '--nonsense'"],
      [["a", "--only", "07"], '--only: there is no stage or exercise "07"'],
      [["a", "--solved", "01,02,03,04,05,06"], "no exercise is left"],
      [["a", "--limit", "0"], "--limit takes an integer from 1"],
      [["a", "--csv", "no/such/folder.csv"], "there is no such file or folder"],
    ];
    for (const [argv, says] of MISTAKES) {
      const { errors, code } = await grade(...argv);
      expect(errors.trim().split("\n")).to.have.length(1);
      expect(errors)
        .to.match(/^error: /)
        .and.to.contain(says);
      expect(code).to.equal(2);
    }
  });

  it("leaves the course's own work/ and progress.txt alone", async () => {
    const course = new CourseCopy();
    try {
      handIn("right", { "01-hello": solutionOf("01-hello") });
      const program = startProgram("authoring/grade.ts", [join(folder, "right"), "--only", "01-hello"], {
        folder: course.folder,
      });
      programs.push(program);
      const before = readdirSync(course.folder);
      expect((await program.ended).code).to.equal(0);
      expect(program.lines.join("\n")).to.match(/^right +1 +0 +0 +0 +1\/1$/m);
      expect(readdirSync(course.folder)).to.deep.equal(before).and.not.to.include("work");
    } finally {
      course.remove();
    }
  });
});
