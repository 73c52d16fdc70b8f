// Tests npm run learn without a terminal, in a copy of the course, as students and scripts use it.

import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { hasRegion } from "../course/exercises/exercises.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { startProgram } from "../programs/stage-programs.ts";
import { CourseCopy } from "./support/course-copy.ts";

interface Run {
  code: number | null;
  text: string;
  errors: string;
}

describe("learn without a terminal", () => {
  let course: CourseCopy;

  before(() => {
    course = new CourseCopy();
  });
  after(() => course.remove());

  async function learn(...argv: string[]): Promise<Run> {
    const options = { folder: course.folder, environment: { NO_COLOR: "1" } };
    const program = startProgram("course/learn.ts", argv, options);
    program.endInput();
    const code = await program.exitCode();
    return { code, text: program.lines.join("\n"), errors: program.errors };
  }

  /** Restores the state before the first command. */
  function forget(): void {
    rmSync(course.path("work"), { recursive: true, force: true });
    rmSync(course.path("progress.txt"), { force: true });
  }

  describe("from the beginning", () => {
    before(forget);

    it("lists all exercises in the order of the course, and makes nothing", async () => {
      const { code, text } = await learn("list");
      expect(code).to.equal(0);
      const ids = text.split("\n").flatMap((line) => /^[> ] (0\S+)/.exec(line)?.[1] ?? []);
      expect(ids).to.deep.equal(course.exercises.map(({ id }) => id));
      expect(text).to.match(/^> 01-hello/m);
      expect(existsSync(course.path("work"))).to.equal(false);
    });

    it("fails with the starter, and says what, why and where", async () => {
      const { code, text } = await learn("check");
      expect(code).to.equal(1);
      expect(text).to.match(/^not yet: 01-hello, check 1 of \d+ failed/);
      for (const label of ["sent:", "expected:", "received:", "likely:", "clause P1"])
        expect(text).to.include(label);
      expect(text).to.include("You are at 01-hello: work/01-calculator/evaluate.ts");
      expect(existsSync(course.path("progress.txt"))).to.equal(false);
    });

    it("gives a hint at a time, and the solution after the last", async () => {
      const early = await learn("solution", "01-hello");
      expect(early.code).to.equal(2);
      expect(early.errors).to.include("there are 3 more");
      for (const count of [1, 2, 3]) expect((await learn("hint")).text).to.include(`Hint ${count} of 3`);
      const { code, text } = await learn("solution", "01-hello");
      expect(code).to.equal(0);
      expect(text).to.include("The solution");
    });

    it("passes with the solution, writes it down, and goes on", async () => {
      course.save("01-hello", "solution");
      const { code, text } = await learn("check", "01-hello");
      expect(text).to.match(/^passed: 01-hello/m);
      expect(text).to.include("What it meant");
      expect(code).to.equal(0);
      expect(course.read("progress.txt")).to.match(/^01-hello \d{4}-\d\d-\d\d$/m);
      const next = await learn("next");
      expect(next.code).to.equal(0);
      expect(next.text).to.not.include("01-hello");
    });

    it("compares with the starter, and begins again with a copy kept", async () => {
      await learn("check", "01-framing");
      expect((await learn("diff")).text).to.equal("01-framing: as the starter");
      course.save("01-framing", { code: "    mine();\n" });
      expect((await learn("diff")).text).to.match(/^\+ mine\(\);$/m);
      const { code, text } = await learn("reset", "01-framing");
      expect(code).to.equal(0);
      const copy = /kept in (work\/copies\/\S+)/.exec(text)?.[1] ?? "";
      expect(course.read(copy)).to.include("mine();");
      expect((await learn("diff")).text).to.equal("01-framing: as the starter");
    });

    it("checks all that is passed, each with the student's code, and answers programs in JSON", async () => {
      interface Answer {
        seed: number;
        exercises: { id: string; verdict: string; checks: { failure?: object }[] }[];
      }
      const total = course.exercises.length;
      // The current exercise still holds its starter: it was never begun, so it fails nothing.
      const fresh = await learn("check", "--json");
      expect(fresh.code).to.equal(0);
      const begun = JSON.parse(fresh.text) as Answer;
      expect(begun).to.include({
        passed: 1,
        failed: 0,
        couldNotRun: 0,
        notBegun: total - 1,
        points: 1,
        of: total,
      });
      expect(begun.seed).to.be.a("number");
      expect(begun.exercises.map(({ id, verdict }) => [id, verdict])).to.deep.equal([["01-hello", "passed"]]);

      course.save("01-framing", { code: "    return [];\n" });
      const { code, text } = await learn("check", "--json", "--junit", course.path("report.xml"));
      expect(code).to.equal(1);
      const answer = JSON.parse(text) as Answer;
      expect(answer).to.include({ passed: 1, failed: 1, couldNotRun: 0, notBegun: total - 2, points: 1 });
      const { exercises } = answer;
      expect(exercises.map(({ id, verdict }) => [id, verdict])).to.deep.equal([
        ["01-hello", "passed"],
        ["01-framing", "failed"],
      ]);
      expect(exercises[1]?.checks.at(-1)?.failure).to.include.keys("step", "expected", "received", "clause");
      const xml = course.read("report.xml");
      expect(xml).to.contain(`tests="${total}" failures="1" errors="0" skipped="${total - 2}"`);
      expect(xml).to.match(/name="01-framing" time="[0-9.]+">\s+<failure message="P0\.2-/);
      expect(xml).to.contain(`name="seed" value="${answer.seed}"`);
    });

    it("writes a JUnit report of one exercise, and still says in words what it found", async () => {
      const { code, text } = await learn("check", "01-hello", "--junit", course.path("report.xml"));
      expect(code).to.equal(0);
      expect(text).to.match(/^passed: 01-hello/m);
      expect(course.read("report.xml"))
        .to.contain('tests="1" failures="0"')
        .and.to.contain('name="01-hello"');
    });

    it("finds code that was passed and no longer passes", async () => {
      course.write("work/solutions/01-hello.ts", "  return false;\n");
      const { code, text } = await learn("check", "01-hello");
      expect(code).to.equal(1);
      expect(text).to.include("not yet: 01-hello");
    });
  });

  it("says in one line what is wrong with a command", async () => {
    const WRONG: readonly (readonly [string[], string])[] = [
      [["nonsense"], 'there is no command "nonsense"; there are list, check'],
      [["check", "01-nonsense"], 'there is no exercise "01-nonsense"'],
      [["check", "a", "b"], "usage: npm run learn -- check"],
      [["solution"], "usage: npm run learn -- solution ID"],
      [["check", "--junit"], "--junit needs the name of a file"],
      [["check", "--junit", "no/such/folder.xml"], "ENOENT"],
      [["--nonsense"], 'unknown option "--nonsense"'],
      [["answer", "01-hello", "1"], "01-hello is not answered, but written"],
      [[], "this is no terminal"],
    ];
    const runs = await Promise.all(WRONG.map(async ([argv, says]) => ({ says, ...(await learn(...argv)) })));
    for (const { says, code, errors } of runs) {
      expect(errors.trim().split("\n")).to.have.length(1);
      expect(errors).to.include(`error: ${says}`);
      expect(code).to.equal(2);
    }
  });

  it("says that markers are damaged, where, and what to do; a reset mends it", async () => {
    forget();
    await learn("check");
    const file = "work/01-calculator/evaluate.ts";
    course.write(file, course.read(file).replace("// END SOLUTION 01-hello\n", "\n"));
    const { code, errors } = await learn("check");
    expect(code).to.equal(2);
    expect(errors).to.match(
      /^error: work\/01-calculator\/evaluate\.ts:\d+: .*01-hello.*npm run learn -- reset 01-hello/,
    );
    expect((await learn("reset", "01-hello")).code).to.equal(0);
    expect((await learn("check")).code).to.equal(1);
  });

  it("could not run where the code is no TypeScript, and says where", async () => {
    forget();
    await learn("next");
    course.save("01-hello", { code: "  return ((;\n" });
    const { code, text } = await learn("check");
    expect(code).to.equal(2);
    expect(text).to.match(/could not run: 01-hello[\s\S]*evaluate\.ts:\d+/);
  });

  it("takes progress from another machine: what is missing is the course's own, and it says so", async () => {
    forget();
    course.write("progress.txt", "01-hello 2025-12-24\n");
    const { text } = await learn("check");
    expect(text).to.match(/^passed: 01-hello/m);
    expect(text).to.include("Your code for 01-hello is not here");
  });

  it("judges answers", async () => {
    const question = course.exercises.find((exercise) => !hasRegion(exercise));
    if (question === undefined) throw new Error("the course has no question");
    forget();
    const { code, text } = await learn("answer", question.id, "surely not this");
    expect(code).to.equal(1);
    expect(text).to.match(new RegExp(`^not yet: ${question.id}\n {2}\\S`));
    expect(existsSync(course.path("progress.txt"))).to.equal(false);
  });

  it("looks at the machine", async () => {
    const { text } = await learn("doctor");
    for (const what of ["Node.js", "127.0.0.1", "work/", "terminal", "tshark", "capture"])
      expect(text).to.include(what);
  });

  it("leaves nothing in the course but work/ and progress.txt", () => {
    const names = readdirSync(course.folder).filter((name) => !existsSync(join(COURSE_FOLDER, name)));
    expect(names.filter((name) => name !== "work" && name !== "progress.txt")).to.deep.equal([]);
  });
});
