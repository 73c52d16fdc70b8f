// Tests npm run learn without a terminal, in a copy of the course, as students and scripts use it.

import { existsSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { basename, join } from "node:path";
import { expect } from "chai";
import { ChildProgram } from "../programs/child-program.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { BUNDLES, bundleCommand } from "../programs/node-command.ts";
import { portIn, startProgram } from "../programs/stage-programs.ts";
import { bundleProgramsOf } from "./support/bundles.ts";
import { CourseCopy } from "./support/course-copy.ts";

/** The number of the line that holds this text, from 1. */
function lineOf(text: string, part: string): number {
  return text.split("\n").findIndex((line) => line.includes(part)) + 1;
}

interface Run {
  code: number | null;
  text: string;
  errors: string;
}

describe("learn without a terminal", () => {
  let course: CourseCopy;
  let bundles: string;

  before(async () => {
    course = new CourseCopy();
    bundles = await bundleProgramsOf(course.folder, course.folder);
  });
  after(() => course.remove());

  async function learn(...argv: string[]): Promise<Run> {
    const words = [...bundleCommand(join(bundles, "course/learn.js")), ...argv];
    const environment = { NO_COLOR: "1", [BUNDLES]: bundles };
    const program = new ChildProgram("learn", words, { folder: course.folder, environment });
    program.endInput();
    const code = await program.exitCode();
    return { code, text: program.lines.join("\n"), errors: program.errors };
  }

  /** Restores the state before the first command. */
  function forget(): void {
    rmSync(course.path("work"), { recursive: true, force: true });
    rmSync(course.path("progress.txt"), { force: true });
  }

  describe("along the short way", () => {
    before(forget);

    it("lists its exercises, and goes to the next of them that is not passed", async () => {
      const short = course.exercises.filter(({ isShort }) => isShort).map(({ id }) => id);
      const list = await learn("list", "--short");
      const ids = list.text.split("\n").flatMap((line) => /^[> ] (0\S+)/.exec(line)?.[1] ?? []);
      expect(ids).to.deep.equal(short);
      expect(list.text).to.include(`0 of ${short.length} passed`);
      course.write("progress.txt", "01-hello 2026-01-31\n");
      expect((await learn("next")).text).to.match(/^01-stream: /m);
      // From an exercise in depth, too, it goes on with the next one of the way.
      expect((await learn("next", "--short")).text).to.match(/^01-framing: /m);
      course.write("progress.txt", short.map((id) => `${id} 2026-01-31\n`).join(""));
      expect((await learn("next", "--short")).text).to.equal("All exercises of the short way are passed.");
    });

    it("refuses the option where it means nothing", async () => {
      for (const argv of [
        ["check", "--short"],
        ["hint", "--short"],
        ["doctor", "--short"],
      ]) {
        const { code, text, errors } = await learn(...argv);
        expect({ code, text }).to.deep.equal({ code: 2, text: "" });
        expect(errors).to.equal(
          "error: --short is an option of next, of list, and of learn without a command\n",
        );
      }
    });
  });

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
      [["check", "--junit", "/no/such/file.xml"], "/no/such/file.xml: there is no such file or folder"],
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

  it("takes progress from another machine, but passes nothing whose code is missing", async () => {
    forget();
    course.write("progress.txt", "01-hello 2025-12-24\n");
    const { code, text } = await learn("check", "01-hello");
    expect(code).to.equal(1);
    expect(text).to.match(/^not yet: 01-hello$/m);
    expect(text.replace(/\s+/g, " ")).to.include("copy work/solutions/01-hello.ts from there");
  });

  it("draws other random values each time, and the same ones again with the seed", async () => {
    forget();
    const seedOf = ({ text }: Run): string =>
      /^ *again: +npm run learn -- check 01-hello --seed (\d+)$/m.exec(text)?.[1] ?? "none";
    const [first, second] = [seedOf(await learn("check")), seedOf(await learn("check"))];
    expect(first).to.not.equal(second);
    expect(first).to.match(/^\d+$/);
    expect(seedOf(await learn("check", "01-hello", "--seed", first))).to.equal(first);
    for (const seed of ["", "x", "-1", "4294967296"])
      expect((await learn("check", "--seed", seed)).errors).to.include("--seed takes an integer from 0 to");
    expect((await learn("list", "--seed", "1")).errors).to.include("--seed is an option of check");
  });

  describe("with an exercise that has passed", () => {
    const FILE = "work/01-calculator/evaluate.ts";

    before(async () => {
      forget();
      await learn("check");
      course.save("01-hello", "solution");
      await learn("check");
      await learn("check", "01-framing");
    });

    it("checks what is on the disk if it is named, and says so", async () => {
      course.save("01-hello", { code: '  return line === "BYE";\n' });
      const named = await learn("check", "01-hello");
      expect(named.code).to.equal(1);
      expect(named.text).to.match(/^not yet: 01-hello, check 1/m);
      expect(named.text).to.include(`Checked was ${FILE} as it is now`);
      const all = await learn("check");
      expect(all.text).to.match(/^passed: 01-hello/m);
      expect(all.text.replace(/\s+/g, " ")).to.include(
        "Checked was the code that you passed with, work/solutions/01-hello.ts",
      );
    });

    it("keeps changed code that passes as the new solution", async () => {
      const other = "  return /^[ \\t]*end[ \\t]*$/i.test(line); // other\n";
      course.save("01-hello", { code: other });
      const { code, text } = await learn("check", "01-hello");
      expect(code, text).to.equal(0);
      expect(text).to.include(`Checked was ${FILE} as it is now`);
      expect(course.read("work/solutions/01-hello.ts")).to.equal(other);
      expect((await learn("check", "01-hello")).text).to.not.include("Checked was");
    });

    it("passes it also if the code for another one no longer does", async () => {
      course.write("progress.txt", `${course.read("progress.txt")}01-numbers 2026-01-01\n`);
      for (const broken of ["const NUMBER = /x/y;\n", "const NUMBER = ;\n"]) {
        course.write("work/solutions/01-numbers.ts", broken);
        const { code, text } = await learn("check", "01-hello");
        expect(code, text).to.equal(0);
      }
      const { code, text } = await learn("check", "01-numbers");
      expect(code).to.equal(2);
      expect(text).to.match(/^ +work\/solutions\/01-numbers\.ts:1: /m);
    });
  });

  describe("run", () => {
    before(async () => {
      forget();
      await learn("check");
    });

    it("runs the student's files, and the course's own code for what they have not written", async () => {
      course.save("01-hello", { code: '  return line === "1 + 1 + 1";\n' });
      const options = { folder: course.folder, environment: { NO_COLOR: "1" } };
      const server = startProgram("course/learn.ts", ["run", "01:server", "--", "--port", "0"], options);
      const port = portIn(await server.line(/^listening on /));
      const client = startProgram("course/learn.ts", ["run", "01:client", "--port", String(port)], options);
      client.enter("1e1 + 2 * 3");
      client.enter("1 ?");
      client.enter("1 + 1 + 1");
      expect(await client.exitCode()).to.equal(0);
      expect(client.lines).to.deep.equal(["= 36", 'error: unexpected "?" at column 3']);
      server.signal("SIGTERM");
      await server.exit();
      expect(readdirSync(course.path("work")).filter((name) => name.startsWith("."))).to.deep.equal([]);
    });

    it("names the line in the student's file when their code throws", async () => {
      course.save("01-hello", { code: '  const text = "right";\n  throw new Error(text);\n' });
      const line = lineOf(course.read("work/01-calculator/evaluate.ts"), "throw new Error(text)");
      const client = startProgram("course/learn.ts", ["run", "01:server", "--port", "0"], {
        folder: course.folder,
      });
      const socket = connect(portIn(await client.line(/^listening on /)), "127.0.0.1");
      socket.on("error", () => {}).write("1\n");
      expect(await client.exitCode()).to.equal(1);
      expect(client.errors).to.include(`${join("work", "01-calculator", "evaluate.ts")}:${line}`);
      expect(client.errors).to.not.include(".checking");
    });

    it("runs attacks, and refuses what it cannot run in one line", async () => {
      const { code, text } = await learn("run", "attack", "crib");
      expect(text).to.include("proof: ");
      expect(code).to.equal(0);
      for (const name of ["", "01", "01:x", "05:server", "attacks"]) {
        const { code, errors } = await learn("run", name);
        expect(errors, name).to.match(/^error: name a program to run: 01:server, .*attack NAME\n*$/);
        expect(code).to.equal(2);
      }
      course.save("01-hello", { code: "  return ((;\n" });
      const line = lineOf(course.read("work/01-calculator/evaluate.ts"), "return ((;");
      const { errors } = await learn("run", "01:server");
      expect(errors).to.match(new RegExp(`^error: work/01-calculator/evaluate\\.ts:${line}: .*\n*$`));
    });
  });

  it("takes guesses, right or wrong, but nothing that is none", async () => {
    forget();
    const none = await learn("answer", "01-stream", "surely many");
    expect(none.code).to.equal(1);
    expect(none.text).to.match(/^no guess yet: 01-stream\n {2}Enter a number, such as 4\.$/m);
    expect(existsSync(course.path("progress.txt"))).to.equal(false);
    const wrong = await learn("answer", "01-stream", "18");
    expect(wrong.code).to.equal(0);
    expect(wrong.text).to.match(/^ {2}your guess +the result\n {2}18 +1$/m);
    expect(wrong.text).to.include("Those are the bytes.").and.to.include("What it meant");
    const { code, text } = await learn("check", "01-stream");
    expect(text).to.match(/^predicted: 01-stream$/m);
    expect(code).to.equal(0);
    course.write("work/answers/01-stream.txt", "edited\n");
    expect((await learn("check", "01-stream")).code).to.equal(1);
  });

  it("passes the first exercise with what most people write first", async () => {
    forget();
    await learn("next");
    course.save("01-hello", { code: '  return line.trim().toUpperCase() === "END";\n' });
    expect((await learn("check", "01-hello")).code).to.equal(0);
  });

  it("judges answers", async () => {
    const question = course.exercise("01-two-in-one");
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
    const expected = ["work", "progress.txt", basename(bundles)];
    expect(names.filter((name) => !expected.includes(name))).to.deep.equal([]);
  });
});
