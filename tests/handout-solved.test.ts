// Tests a handout in which some exercises are given solved, and the workflow that grades handouts in GitHub Classroom.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findRegions } from "../course/exercises/regions.ts";
import { ChildProgram } from "../programs/child-program.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { startProgram } from "../programs/stage-programs.ts";
import { EXERCISES, PROGRAM_EXERCISES } from "./support/course.ts";

const GIVEN = EXERCISES.filter(({ id, stage }) => stage === "01" || id === "02-hello").map(({ id }) => id);

/** What somebody who has run stage 05 in this folder has there. */
const OWN_DATA = join(COURSE_FOLDER, "05-lan-chat", "data", `handout-test-${process.pid}`);

describe("a handout with exercises given solved", () => {
  let parent: string;
  let folder: string;
  const programs: ChildProgram[] = [];

  interface Run {
    text: string;
    errors: string;
    code: number | null;
  }

  async function run(file: string, argv: readonly string[], where: string): Promise<Run> {
    const program = startProgram(file, argv, {
      folder: where,
      environment: { INIT_CWD: parent, NO_COLOR: "1" },
    });
    programs.push(program);
    program.endInput();
    const { code } = await program.ended;
    return { text: program.lines.join("\n"), errors: program.errors, code };
  }
  const learn = (...argv: string[]): Promise<Run> => run("course/learn.ts", argv, folder);
  const grade = (...argv: string[]): Promise<Run> => run("authoring/grade.ts", argv, COURSE_FOLDER);
  const handout = (...argv: string[]): Promise<Run> => run("authoring/handout.ts", argv, COURSE_FOLDER);
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");

  before(async function () {
    this.timeout(120_000);
    parent = mkdtempSync(join(tmpdir(), "handout-solved-"));
    folder = join(parent, "submission");
    mkdirSync(OWN_DATA, { recursive: true });
    writeFileSync(join(OWN_DATA, "identity.pem"), "the key of whoever has run stage 05 here\n");
    const { code, errors, text } = await handout("submission", "--solved", "01,02-hello");
    expect(code, errors).to.equal(0);
    expect(text).to.contain(`${GIVEN.length} exercises given solved`);
    symlinkSync(join(COURSE_FOLDER, "node_modules"), join(folder, "node_modules"), "junction");
  });
  after(async () => {
    rmSync(OWN_DATA, { recursive: true, force: true });
    for (const program of programs) await program.kill();
    rmSync(parent, { recursive: true, force: true });
  });

  it("holds stage 05, and no key or history of whoever has run it", () => {
    expect(existsSync(join(folder, "05-lan-chat", "peer.ts"))).to.equal(true);
    expect(existsSync(join(folder, "05-lan-chat", "data"))).to.equal(false);
  });

  it("shows the solutions of those, and of no others", () => {
    // A stage that is given as a whole is as in the course.
    for (const name of readdirSync(join(folder, "01-calculator")))
      expect(read(`01-calculator/${name}`), name).to.equal(
        readFileSync(join(COURSE_FOLDER, "01-calculator", name), "utf8"),
      );
    for (const { id, file, solution, starter } of PROGRAM_EXERCISES) {
      const template = findRegions(read(`course/templates/${file}`), file).find((region) => region.id === id);
      expect(template?.content, id).to.equal(GIVEN.includes(id) ? solution : starter);
      expect(existsSync(join(folder, "work/solutions", `${id}.ts`)), id).to.equal(GIVEN.includes(id));
    }
  });

  it("begins with the first that is not given, and counts the others only", async function () {
    this.timeout(120_000);
    const { text } = await learn("list");
    expect(text).to.match(/^ {2}01-hello +code +short +given /m);
    expect(text).to.match(/^> 02-why-peer-to-peer/m);
    const left = EXERCISES.length - GIVEN.length;
    expect(text).to.contain(`0 of ${left} passed, ${GIVEN.length} given solved`);
    const { text: json, code } = await learn("check", "--json");
    expect(JSON.parse(json)).to.include({ passed: 0, failed: 0, notBegun: left, points: 0, of: left });
    expect(code).to.equal(0);
    // The exercise that is given still passes.
    expect((await learn("check", "02-hello")).text).to.match(/^passed: 02-hello/m);
  });

  it("is graded without them", async function () {
    this.timeout(120_000);
    const rows = ["--only", "01-hello,02-hello,02-parse", "--csv", "grades.csv"];
    await grade("submission", ...rows, "--solved", "01,02-hello");
    const csv = (): string | undefined => readFileSync(join(parent, "grades.csv"), "utf8").split("\r\n")[1];
    expect(csv()).to.equal("submission,0,0,0,1,0,1,,,not-begun");
    // If nobody tells the grader, what progress.txt says is worth no point either.
    await grade("submission", ...rows);
    expect(csv()).to.equal("submission,0,0,0,3,0,3,,,not-begun,not-begun,not-begun");
    const workflow = read(".github/workflows/classroom.yml");
    expect(workflow).to.contain("--only 02-parse ").and.not.to.contain("--only 02-hello ");
  });

  it("has a workflow whose commands give a point for what a pristine course lets pass", async function () {
    this.timeout(180_000);
    const workflow = read(".github/workflows/classroom.yml");
    const steps = [
      ...workflow.matchAll(/^ +command: (npm --prefix course run -s grade -- .*--only (\S+) .*)$/gm),
    ];
    const ids = EXERCISES.map(({ id }) => id).filter((id) => !GIVEN.includes(id));
    expect(steps.map(([, , id]) => id)).to.deep.equal(ids);
    const [, command = ""] = steps.find(([, , id]) => id === "02-parse") ?? [];
    // The same folders as on GitHub: the course beside the submission.
    symlinkSync(COURSE_FOLDER, join(parent, "course"), "junction");
    const point = async (): Promise<number | null> => {
      const program = new ChildProgram("the step", ["sh", "-c", command], {
        folder: parent,
        environment: { INIT_CWD: "" },
      });
      programs.push(program);
      return (await program.ended).code;
    };
    expect(await point(), "nothing handed in").to.equal(1);
    const { solution = "" } = PROGRAM_EXERCISES.find(({ id }) => id === "02-parse") ?? {};
    mkdirSync(join(folder, "work/solutions"), { recursive: true });
    const hand = (code: string): void => writeFileSync(join(folder, "work/solutions/02-parse.ts"), code);
    hand("  return {};\n");
    writeFileSync(join(folder, "progress.txt"), "02-parse 2026-01-31\n");
    // The checker in the copy would let anything pass.
    writeFileSync(join(folder, "course/learn.ts"), "process.exit(0);\n");
    expect(await point(), "a wrong answer, with a changed checker").to.equal(1);
    hand(solution);
    expect(await point(), "the right answer").to.equal(0);
  });

  it("is refused with one line where a name is wrong", async () => {
    const other = join(parent, "other");
    for (const [argv, says] of [
      [[other, "--solved", "01-hullo"], '--solved: there is no stage or exercise "01-hullo"'],
      [[other, "--solved", ""], '--solved: there is no stage or exercise ""'],
      [[other, "--sloved", "01"], "Unknown option '--sloved'"],
      [["--solved", "01"], "name one folder"],
      [[other, "more"], "name one folder"],
      [[folder], "is not empty"],
    ] as const) {
      const { errors, code } = await handout(...argv);
      expect(errors.trim().split("\n")).to.have.length(1);
      expect(errors)
        .to.match(/^error: /)
        .and.to.contain(says);
      expect(code).to.equal(2);
    }
    expect(existsSync(other)).to.equal(false);
  });
});
