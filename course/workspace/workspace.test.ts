import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import type { BundledPlace } from "../../checks/engine/bundles.ts";
import {
  type Exercise,
  hasRegion,
  loadExercises,
  type ProgramExercise,
  readCourse,
} from "../exercises/exercises.ts";
import { EncodingError, type Problem, ProblemError } from "../exercises/problem.ts";
import { replaceRegion } from "../exercises/regions.ts";
import { packStandIns, STAND_INS_FILE } from "../exercises/stand-ins.ts";
import { stubOf } from "../exercises/stubs.ts";
import { composePlace } from "./compose.ts";
import { Workspace } from "./workspace.ts";

const HINTS = [1, 2, 3].map((n) => `<details><summary>Hint ${n}</summary>\n\nhint\n\n</details>\n`).join("");

function page(kind: string, starter: string): string {
  const blocks = `\`\`\`ts starter\n${starter}\`\`\`\n\n\`\`\`text first-failure\nno\n\`\`\`\n`;
  return `<!-- exercise\nkind: ${kind}\nchecks: P0.1-a\n-->\n# Title\n\n## Task\nDo.\n\n## What is checked\n- It.\n\n## Starter\n${blocks}\n## Hints\n${HINTS}\n## What it meant\nIt.\n`;
}

function region(id: string, content: string): string {
  return `// BEGIN SOLUTION ${id}\n${content}// END SOLUTION ${id}\n`;
}

/** A file with two exercises, which stage 02 copies; a file with another exercise of stage 02; and an attack. */
const LINES = `start();\n${region("01-a", "  solutionA();\n")}${region("01-b", "  solutionB();\n")}end();\n`;
/** The same as the student finds it, before they have done anything: a starter, and a stub. */
const FRESH = LINES.replace("solutionA", "starterA").replace("  solutionB();\n", stub("01-b"));

function stub(id: string): string {
  return stubOf({ id, starter: "  statement();\n" });
}

const FILES: Record<string, string> = {
  "lessons/01-calculator/1-a.md": page("code", "  starterA();\n"),
  "lessons/01-calculator/2-b.md": page("code", "  starterB();\n"),
  "lessons/02-basic-p2p/1-c.md": page("code", "  starterC();\n"),
  "lessons/02-basic-p2p/2-spoof.md": page("attack", "  starterSpoof();\n"),
  "01-calculator/lines.ts": LINES,
  "01-calculator/lines.test.ts": "test();\n",
  "01-calculator/server.ts": "server();\n",
  "01-calculator/README.md": "# Stage\n",
  "02-basic-p2p/lines.ts": LINES,
  "02-basic-p2p/peer.ts": region("02-c", "  solutionC();\n"),
  "attacks/spoof.ts": region("02-spoof", "  solutionSpoof();\n"),
  "captures/follow/load.ts": "load();\n",
  "captures/follow/load.test.ts": "test();\n",
  "captures/02.pcap": "\u0000\u0001",
  "programs/child.ts": "child();\n",
  "terminal/paint.ts": "paint();\n",
};

describe("the workspace", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "workspace-"));
    for (const [name, text] of Object.entries(FILES)) write(name, text);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const read = (name: string): string => readFileSync(join(folder, name), "utf8");
  const list = (name: string): string[] =>
    existsSync(join(folder, name)) ? readdirSync(join(folder, name)).sort() : [];

  function write(name: string, text: string | Buffer): void {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }

  /** Makes a workspace as a new process would. */
  function start(): { workspace: Workspace; exercise: (id: string) => ProgramExercise } {
    const workspace = new Workspace(folder, loadExercises(folder), {
      now: () => new Date(2026, 0, 31, 14, 5, 9),
    });
    const exercise = (id: string): ProgramExercise => {
      const found = workspace.find(id);
      if (found === undefined || !hasRegion(found)) throw new Error(id);
      return found;
    };
    return { workspace, exercise };
  }

  /** Changes a region in work/, as an editor does. */
  function edit(id: string, content: string, file = "work/01-calculator/lines.ts"): void {
    write(file, replaceRegion(read(file), file, id, content));
  }

  it("holds the stage's files, the starter of the current exercise and a stub for each other one", () => {
    const { workspace, exercise } = start();
    expect(workspace.current.id).to.equal("01-a");
    expect(workspace.open(exercise("01-a"))).to.deep.equal([]);
    expect(list("work/01-calculator")).to.deep.equal(["lines.ts", "server.ts"]);
    expect(read("work/01-calculator/lines.ts")).to.equal(FRESH);
    expect(FRESH).to.include("// comes in 01-b\n").and.not.include("solution");
  });

  it("keeps the student's own code of exercises passed, in later stages too", () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    edit("01-a", "  mine();\n");
    workspace.pass(exercise("01-a"), workspace.text(exercise("01-a")));
    workspace.open(exercise("01-b"));
    expect(read("work/01-calculator/lines.ts")).to.equal(
      LINES.replace("solutionA", "mine").replace("solutionB", "starterB"),
    );
    workspace.open(exercise("02-c"));
    expect(read("work/02-basic-p2p/lines.ts")).to.equal(
      LINES.replace("solutionA", "mine").replace("  solutionB();\n", stub("01-b")),
    );
    expect(read("work/02-basic-p2p/peer.ts")).to.include("starterC");
    expect(read("work/solutions/01-a.ts")).to.equal("  mine();\n");
    expect(read("progress.txt")).to.match(/^# .*\n01-a 2026-01-31\n$/);
  });

  it("gives a draft back when the student returns, and what they wrote outside of regions stays", () => {
    const first = start();
    first.workspace.open(first.exercise("01-a"));
    edit("01-a", "  half();\n");
    write("work/01-calculator/lines.ts", `// my note\n${read("work/01-calculator/lines.ts")}`);
    first.workspace.open(first.exercise("01-b"));
    expect(read("work/01-calculator/lines.ts")).to.equal(
      `// my note\n${LINES.replace("  solutionA();\n", stub("01-a")).replace("solutionB", "starterB")}`,
    );
    const second = start();
    expect(second.workspace.current.id).to.equal("01-b");
    expect(second.workspace.changedOutside(second.exercise("01-b"))).to.deep.equal([
      "work/01-calculator/lines.ts",
    ]);
    second.workspace.open(second.exercise("01-a"));
    expect(read("work/01-calculator/lines.ts")).to.equal(`// my note\n${FRESH.replace("starterA", "half")}`);
    expect(read("work/drafts/01-a.ts")).to.equal("  half();\n");
  });

  it("leaves the current region alone when it is opened again", () => {
    start().workspace.open(start().exercise("01-a"));
    edit("01-a", "half();\n");
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    expect(workspace.text(exercise("01-a"))).to.equal("half();\n");
  });

  it("keeps what was written into another exercise's region as its draft, and says so", () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    edit("01-b", "early();\n");
    expect(workspace.open(exercise("01-a"))[0]).to.include(
      "region 01-b of work/01-calculator/lines.ts is kept",
    );
    expect(workspace.text(exercise("01-a"))).to.equal("  starterA();\n");
    workspace.open(exercise("01-b"));
    expect(workspace.text(exercise("01-b"))).to.equal("early();\n");
  });

  it("takes an older solution that it has written itself for no draft", () => {
    const { workspace, exercise } = start();
    workspace.pass(exercise("01-a"), "first();\n");
    workspace.open(exercise("02-c"));
    workspace.open(exercise("01-a"));
    edit("01-a", "second();\n");
    workspace.pass(exercise("01-a"), "second();\n");
    expect(workspace.open(exercise("02-c"))).to.deep.equal([]);
    expect(read("work/02-basic-p2p/lines.ts")).to.include("second();");
    expect(list("work/drafts")).to.deep.equal([]);
  });

  it("shows no solution of what was passed on another machine, and says what runs instead", () => {
    write("progress.txt", "01-a 2025-12-24\r\n99-future 2025-12-25\n");
    const { workspace, exercise } = start();
    expect(workspace.current.id).to.equal("01-b");
    expect(workspace.open(exercise("01-b"))).to.deep.equal([
      "Your code for what you have passed elsewhere is not here (copy work/solutions/); the course's own runs in its place: 01-a.",
    ]);
    expect(workspace.open(exercise("01-a"))).to.deep.equal([
      "You have passed 01-a elsewhere; your code is not here, so it begins with the starter.",
    ]);
    workspace.open(exercise("01-b"));
    expect(read("work/01-calculator/lines.ts")).to.include(stub("01-a")).and.not.include("solutionA");
    workspace.pass(exercise("01-b"), "b();\n");
    expect(read("progress.txt")).to.equal("01-a 2025-12-24\r\n99-future 2025-12-25\n01-b 2026-01-31\n");
  });

  it("finds damaged markers, and a reset mends them and keeps a copy", () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    expect(damageOf(workspace, exercise("01-a"))).to.equal(undefined);
    edit("01-a", "mine();\n");
    const damaged = read("work/01-calculator/lines.ts").replace("// END SOLUTION 01-a\n", "");
    write("work/01-calculator/lines.ts", damaged);
    expect(damageOf(workspace, exercise("01-a"))).to.deep.include({
      file: "work/01-calculator/lines.ts",
      line: 4,
    });
    expect(() => workspace.open(exercise("01-b"))).to.throw(
      "work/01-calculator/lines.ts:4: region 01-b begins inside 01-a",
    );
    const copies = workspace.reset(exercise("01-b"));
    expect(copies).to.deep.equal(["work/copies/2026-01-31-14-05-09-01-calculator-lines.ts"]);
    expect(read(copies[0] ?? "")).to.equal(damaged);
    expect(read("work/01-calculator/lines.ts")).to.equal(
      LINES.replace("  solutionA();\n", stub("01-a")).replace("solutionB", "starterB"),
    );
  });

  it("finds that both markers of a region are gone", () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    write("work/01-calculator/lines.ts", "nothing();\n");
    expect(damageOf(workspace, exercise("01-a"))?.message).to.match(/^region 01-a is not there/);
    rmSync(join(folder, "work/01-calculator/lines.ts"));
    expect(damageOf(workspace, exercise("01-a"))?.message).to.equal("the file is not there");
  });

  it("names files that are UTF-16, and loses none of them: saved as UTF-8 again, or kept as a copy", () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    edit("01-a", "  größer();\n");
    const text = read("work/01-calculator/lines.ts");
    for (const mark of ["\uFEFF", ""]) {
      write("work/01-calculator/lines.ts", Buffer.from(mark + text, "utf16le"));
      expect(() => workspace.text(exercise("01-a"))).to.throw(EncodingError, "UTF-16");
    }
    write("work/01-calculator/lines.ts", text);
    expect(workspace.text(exercise("01-a"))).to.equal("  größer();\n");
    const bytes = Buffer.from(`\uFEFF${text}`, "utf16le");
    write("work/01-calculator/lines.ts", bytes);
    const [copy = ""] = workspace.reset(exercise("01-a"));
    expect(readFileSync(join(folder, copy)).equals(bytes)).to.equal(true);
    write("work/answers/01-a.txt", Buffer.from("\uFEFFan answer", "utf16le"));
    expect(() => workspace.student.answer("01-a")).to.throw(EncodingError, "work/answers/01-a.txt:1:");
    write("work/answers/01-a.txt", "\uFEFFan answer\n");
    expect(workspace.student.answer("01-a")).to.equal("an answer");
    write("progress.txt", "\uFEFF01-a 2026-01-02\n");
    expect(start().workspace.progress.dayOf("01-a")).to.equal("2026-01-02");
    write("progress.txt", Buffer.from("\uFEFF01-a 2026-01-02\n", "utf16le"));
    expect(() => start()).to.throw(EncodingError, "progress.txt:1:");
  });

  it("begins a passed exercise again after a reset, and forgets nothing", () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    edit("01-a", "mine();\n");
    workspace.pass(exercise("01-a"), "mine();\n");
    expect(workspace.reset(exercise("01-a"))).to.have.length(1);
    expect(workspace.text(exercise("01-a"))).to.equal("  starterA();\n");
    const again = start();
    again.workspace.open(again.exercise("01-a"));
    expect(again.workspace.text(again.exercise("01-a"))).to.equal("  starterA();\n");
    again.workspace.open(again.exercise("01-b"));
    expect(read("work/01-calculator/lines.ts")).to.include("mine();");
  });

  /** The text of a file in a composed place. The place is removed at once. */
  async function composed(place: Promise<BundledPlace>, name = "lines.ts"): Promise<string> {
    const { place: made, remove } = await place;
    try {
      return readFileSync(join(made.folder, name), "utf8");
    } finally {
      remove();
    }
  }

  const PROGRAMS = { stage: "01", withAttacks: false } as const;

  it("composes what runs: the student's files, with the course's own code in place of stubs, line by line", async () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    edit("01-a", "  half();\n  more();\n");
    const written = read("work/01-calculator/lines.ts").replace("end();", "end(); // mine");
    write("work/01-calculator/lines.ts", written);
    write("work/01-calculator/helper.ts", "help();\n");
    const text = await composed(workspace.composeOwn(PROGRAMS));
    expect(text)
      .to.include("  half();\n  more();\n")
      .and.include("solutionB();")
      .and.include("end(); // mine");
    expect(text).to.not.include("comes in 01-b");
    const line = (where: string, what: string): number =>
      where.split("\n").findIndex((one) => one.includes(what));
    expect(line(text, "end();")).to.equal(line(written, "end();"));
    expect(await composed(workspace.composeWritten(exercise("01-a")))).to.equal(text);
    expect(await composed(workspace.composeOwn(PROGRAMS), "helper.ts")).to.equal("help();\n");
    expect(read("work/01-calculator/lines.ts")).to.equal(written);
    expect(list("work").filter((name) => name.startsWith("."))).to.deep.equal([]);
  });

  it("never fills in the exercise that is checked, nor one that the student has begun", async () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    for (const nothing of ["", stub("01-a"), "  // what now?\n"]) {
      edit("01-a", nothing);
      expect(await composed(workspace.composeWritten(exercise("01-a")))).to.not.include("solutionA");
      expect(await composed(workspace.composeOwn(PROGRAMS))).to.not.include("solutionA");
      const solutions = new Map([["01-a", nothing]]);
      expect(await composed(composePlace(workspace, PROGRAMS, solutions))).to.not.include("solutionA");
    }
  });

  it("fills in what was deleted from the region of another exercise", async () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    for (const nothing of ["", "\n", "  // nothing here\n\n"]) {
      edit("01-b", nothing);
      const text = await composed(workspace.composeOwn(PROGRAMS));
      expect(text).to.include("solutionB").and.include("starterA");
      expect(text.split("\n")).to.have.length(read("work/01-calculator/lines.ts").split("\n").length);
    }
  });

  it("makes the files of another stage when they are run, with what the student writes at the moment", async () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    edit("01-a", "  half();\n");
    const stage = { stage: "02", withAttacks: false } as const;
    const text = await composed(workspace.composeOwn(stage));
    expect(text).to.include("half();").and.include("solutionB();");
    edit("01-a", "  more();\n");
    write("work/02-basic-p2p/peer.ts", region("02-c", "  early();\n"));
    expect(await composed(workspace.composeOwn(stage))).to.include("more();");
    expect(await composed(workspace.composeOwn(stage), "peer.ts")).to.include("early();");
    expect(read("work/02-basic-p2p/lines.ts")).to.not.include("solution");
    expect(workspace.current.id).to.equal("01-a");
  });

  it("composes what has passed in the files of the course, whatever else the student has changed", async () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    write("work/01-calculator/server.ts", "broken();\n");
    workspace.pass(exercise("01-a"), "  mine();\n");
    const solutions = workspace.passedCode();
    expect(await composed(composePlace(workspace, PROGRAMS, solutions), "server.ts")).to.equal("server();\n");
    const text = await composed(composePlace(workspace, PROGRAMS, solutions));
    expect(text).to.include("  mine();\n").and.include("solutionB").and.not.include("solutionA");
  });

  it("names the file and the line of what is no TypeScript", async () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("01-a"));
    edit("01-a", "  right();\n  half(;\n");
    const lines = read("work/01-calculator/lines.ts").split("\n");
    const line = lines.findIndex((one) => one.includes("half(;")) + 1;
    const written = await problemOf(workspace.composeOwn(PROGRAMS));
    expect(written).to.deep.include({ file: "work/01-calculator/lines.ts", line });
    const passed = await problemOf(
      composePlace(workspace, PROGRAMS, new Map([["01-a", "  right();\n  half(;\n"]])),
    );
    expect(passed).to.deep.include({ file: "work/solutions/01-a.ts", line: 2 });
  });

  it("knows what has changed since it passed", () => {
    const { workspace, exercise } = start();
    const first = exercise("01-a");
    expect(workspace.isChanged(first)).to.equal(false);
    workspace.open(first);
    edit("01-a", "  mine();\n");
    workspace.pass(first, "  mine();\n");
    expect(workspace.isChanged(first)).to.equal(false);
    workspace.open(exercise("01-b"));
    expect(workspace.isChanged(first)).to.equal(false);
    workspace.student.setSolution("01-a", "  edited();\n"); // What we have written into work/ is no change.
    expect(workspace.isChanged(first)).to.equal(false);
    edit("01-a", "  better();\n");
    expect(workspace.isChanged(first)).to.equal(true);
    edit("01-a", "  mine();\n");
    expect(workspace.isChanged(first)).to.equal(false);
    write("work/01-calculator/server.ts", "mine();\n");
    expect(workspace.isChanged(first)).to.equal(true);
  });

  it("puts an attack beside all stages and the captures", () => {
    const { workspace, exercise } = start();
    workspace.open(exercise("02-spoof"));
    expect(read("work/attacks/spoof.ts")).to.include("starterSpoof");
    expect(list("work/captures")).to.deep.equal(["02.pcap", "follow"]);
    expect(list("work/captures/follow")).to.deep.equal(["load.ts"]);
    expect(list("work/programs")).to.deep.equal(["child.ts"]);
    expect(list("work/terminal")).to.deep.equal(["paint.ts"]);
    expect(list("work/01-calculator")).to.deep.equal(["lines.ts", "server.ts"]);
    expect(list("work/02-basic-p2p")).to.deep.equal(["lines.ts", "peer.ts"]);
    write("work/captures/follow/load.ts", "changed();\n");
    expect(workspace.open(exercise("02-spoof"))[0]).to.include(
      "work/copies/2026-01-31-14-05-09-captures-follow-load.ts",
    );
    expect(read("work/captures/follow/load.ts")).to.equal("load();\n");
  });

  it("composes from what is packed, where the course has no solutions", async () => {
    for (const name of Object.keys(FILES).filter(
      (name) => /^(?:0|attacks)/.test(name) && !name.startsWith("lessons"),
    ))
      write(`course/templates/${name}`, (FILES[name] ?? "").replaceAll("solution", "template"));
    write("01-calculator/lines.ts", "unreadable\n");
    const ids = ["01-a", "01-b", "02-c", "02-spoof"];
    write(STAND_INS_FILE, packStandIns(new Map(ids.map((id) => [id, `packed("${id}");`]))));
    const { workspace, exercise } = start();
    workspace.pass(exercise("01-a"), "mine();\n");
    workspace.open(exercise("02-c"));
    expect(read("work/02-basic-p2p/lines.ts")).to.equal(
      LINES.replace("  solutionA();", "mine();").replace("  solutionB();\n", stub("01-b")),
    );
    const text = await composed(workspace.composeOwn({ stage: "02", withAttacks: false }));
    expect(text).to.include("mine();").and.include('packed("01-b");').and.not.include("starter");
    expect(await composed(workspace.composeOwn({ stage: "02", withAttacks: false }), "peer.ts")).to.include(
      "starterC",
    );
  });

  it("says that what is packed is missing or damaged, once", () => {
    write("course/templates/01-calculator/lines.ts", LINES);
    for (const damage of [undefined, "", "[1]", '{"01-a":"AAAA"}']) {
      if (damage !== undefined) write(STAND_INS_FILE, damage);
      const problems = readCourse(folder).problems.filter(({ file }) => file === STAND_INS_FILE);
      expect(problems, damage).to.have.length(1);
    }
  });

  it("survives that its notes are damaged", () => {
    start().workspace.open(start().exercise("01-a"));
    edit("01-a", "half();\n");
    write("work/state.json", "{ nonsense");
    const { workspace, exercise } = start();
    workspace.open(exercise("01-b"));
    expect(read("work/drafts/01-a.ts")).to.equal("half();\n");
  });

  it("counts hints", () => {
    const { workspace, exercise } = start();
    expect([1, 2, 3, 4].map(() => workspace.takeHint(exercise("01-a")))).to.deep.equal([1, 2, 3, 3]);
    expect(start().workspace.hintsSeen(exercise("01-a"))).to.equal(3);
  });

  it("goes on with what is not passed, from here and then from the beginning", () => {
    const { workspace, exercise } = start();
    workspace.pass(exercise("02-c"), "c();\n");
    expect(workspace.next(exercise("01-b"))?.id).to.equal("02-spoof");
    expect(workspace.next(exercise("02-spoof"))?.id).to.equal("01-a");
    for (const id of ["01-a", "01-b", "02-spoof"]) workspace.pass(exercise(id), "x();\n");
    expect(workspace.next()).to.equal(undefined);
  });

  it("goes along the short way, and leaves out what is in depth", () => {
    const isShort = (id: string): boolean => id === "01-b" || id === "02-spoof";
    const exercises = loadExercises(folder).map((one) => ({ ...one, isShort: isShort(one.id) }));
    const workspace = new Workspace(folder, exercises);
    const [first, short] = exercises;
    expect(workspace.next(first)?.id).to.equal("01-b");
    expect(workspace.next(short)?.id).to.equal("02-c");

    workspace.takeShortWay();
    expect(workspace.current.id).to.equal("01-b");
    expect(workspace.next(first)?.id).to.equal("01-b");
    expect(workspace.next(short)?.id).to.equal("02-spoof");
    // Whoever goes to another exercise stays there, and comes back to the way with the next one.
    workspace.open(exercises[2] as Exercise);
    expect(workspace.current.id).to.equal("02-c");
    expect(workspace.next(workspace.current)?.id).to.equal("02-spoof");
    workspace.pass(exercises[1] as Exercise, "b();\n");
    expect(workspace.next(exercises[3])).to.equal(undefined);
    expect(workspace.passed.map(({ id }) => id)).to.deep.equal(["01-b"]);
  });
});

/** The problem that keeps a place from being composed. */
async function problemOf(place: Promise<BundledPlace>): Promise<Problem> {
  try {
    (await place).remove();
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error("it was composed");
}

/** The damage that keeps an exercise from being checked; undefined if there is none. */
function damageOf(workspace: Workspace, exercise: ProgramExercise): Problem | undefined {
  try {
    workspace.text(exercise);
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
}
