import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { loadExercises, readCourse } from "./exercises.ts";
import { packStandIns, STAND_INS_FILE } from "./stand-ins.ts";

const HINTS = [1, 2, 3].map((n) => `<details><summary>Hint ${n}</summary>\n\nhint\n\n</details>\n`).join("");
const END = `## Hints\n${HINTS}\n## What it meant\nIt.\n`;

function codePage(kind = "code"): string {
  const starter = "```ts starter\n  wrong();\n```\n\n```text first-failure\nno\n```\n";
  return `<!-- exercise\nkind: ${kind}\nchecks: P0.1-a\n-->\n# Title\n\n## Task\nDo.\n\n## What is checked\n- It.\n\n## Starter\n${starter}\n${END}`;
}

const QUESTION = `<!-- exercise\nkind: predict\n-->\n# Title\n\n## Question\nWhat?\n\n${END}`;

function region(id: string, content = "  right();\n"): string {
  return `first();\n  // BEGIN SOLUTION ${id}\n${content}  // END SOLUTION ${id}\n`;
}

describe("the exercises of a course", () => {
  let folder = "";

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "exercises-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  }

  it("come in the order of their pages, the tenth after the second", () => {
    write({
      "lessons/02-basic-p2p/1-parse.md": codePage(),
      "lessons/01-calculator/10-late.md": codePage(),
      "lessons/01-calculator/2-early.md": codePage(),
      "lessons/01-calculator/3-guess.md": QUESTION,
      "lessons/01-calculator/4-read.md": "# Read this\n",
      "lessons/protocol.md": "# The protocol\n",
      "course/questions/01-guess.ts": "",
      "01-calculator/a.ts": region("01-early") + region("01-late"),
      "02-basic-p2p/b.ts": region("02-parse"),
    });
    const course = readCourse(folder);
    expect(course.problems).to.deep.equal([]);
    expect(course.exercises.map(({ id }) => id)).to.deep.equal([
      "01-early",
      "01-guess",
      "01-late",
      "02-parse",
    ]);
    expect(course.pages).to.have.length(5);
    expect(course.exercises[0]).to.deep.include({
      file: "01-calculator/a.ts",
      copies: [],
      starter: "  wrong();\n",
      solution: "  right();\n",
      page: "lessons/01-calculator/2-early.md",
    });
  });

  it("stand in the first stage that has the file; later stages have copies", () => {
    const files = ["01-calculator", "02-basic-p2p", "03-dh-chat"].map((stage) => [
      `${stage}/a.ts`,
      region("01-a"),
    ]);
    write({ "lessons/01-calculator/1-a.md": codePage(), ...Object.fromEntries(files) });
    const [exercise] = loadExercises(folder);
    expect(exercise).to.deep.include({
      file: "01-calculator/a.ts",
      copies: ["02-basic-p2p/a.ts", "03-dh-chat/a.ts"],
    });
  });

  it("have no solutions where there are templates", () => {
    write({
      "lessons/01-calculator/1-a.md": codePage(),
      "course/templates/01-calculator/a.ts": region("01-a"),
      "01-calculator/a.ts": "x",
      [STAND_INS_FILE]: packStandIns(new Map([["01-a", "right();"]])),
    });
    expect(loadExercises(folder)[0]).to.deep.include({
      file: "01-calculator/a.ts",
      solution: undefined,
      standIn: "right();",
      starter: "  wrong();\n",
    });
  });

  it("of kind attack stand in attacks/", () => {
    write({ "lessons/02-basic-p2p/1-spoof.md": codePage("attack"), "attacks/spoof.ts": region("02-spoof") });
    expect(loadExercises(folder)[0]).to.deep.include({ kind: "attack", file: "attacks/spoof.ts" });
  });

  const WRONG: Record<string, { files: Record<string, string>; says: string }> = {
    "a region whose code is not packed": {
      files: {
        "lessons/01-calculator/1-a.md": codePage(),
        "course/templates/01-calculator/a.ts": region("01-a"),
        [STAND_INS_FILE]: packStandIns(new Map([["01-b", "right();"]])),
      },
      says: "lessons/01-calculator/1-a.md:1: the course's own code for it is missing in course/templates/stand-ins.json",
    },
    "a region without a page": {
      files: { "01-calculator/a.ts": region("01-a") },
      says: "01-calculator/a.ts:2: region 01-a has no starter: write its exercise in lessons/…/N-a.md",
    },
    "a region whose page is for reading": {
      files: { "01-calculator/a.ts": region("01-a"), "lessons/01-calculator/1-a.md": "# Title\n" },
      says: "01-calculator/a.ts:2: region 01-a has no starter: write its exercise in lessons/01-calculator/1-a.md",
    },
    "a page without its region": {
      files: { "lessons/01-calculator/1-a.md": codePage() },
      says: "lessons/01-calculator/1-a.md:1: its region is missing",
    },
    "a region in two files": {
      files: {
        "lessons/01-calculator/1-a.md": codePage(),
        "01-calculator/a.ts": region("01-a"),
        "01-calculator/b.ts": region("01-a"),
      },
      says: "01-calculator/b.ts:2: region 01-a is also in 01-calculator/a.ts",
    },
    "a copy that differs": {
      files: {
        "lessons/01-calculator/1-a.md": codePage(),
        "01-calculator/a.ts": region("01-a"),
        "02-basic-p2p/a.ts": region("01-a", ""),
      },
      says: "02-basic-p2p/a.ts:2: region 01-a is not the same as in 01-calculator/a.ts",
    },
    "a region in a stage that is not its own": {
      files: { "lessons/01-calculator/1-a.md": codePage(), "02-basic-p2p/a.ts": region("01-a") },
      says: "02-basic-p2p/a.ts:2: region 01-a stands in stage 02",
    },
    "a region left open": {
      files: { "01-calculator/a.ts": "// BEGIN SOLUTION 01-a\n" },
      says: "01-calculator/a.ts:1: region 01-a begins here and never ends",
    },
    "an attack outside attacks/": {
      files: { "lessons/01-calculator/1-a.md": codePage("attack"), "01-calculator/a.ts": region("01-a") },
      says: "regions of kind attack stand in attacks/",
    },
    "a question without its file": {
      files: { "lessons/01-calculator/1-a.md": QUESTION },
      says: "lessons/01-calculator/1-a.md:1: its question is missing: write course/questions/01-a.ts",
    },
    "two pages of one number": {
      files: { "lessons/01-calculator/1-a.md": "# A\n", "lessons/01-calculator/1-b.md": "# B\n" },
      says: "lessons/01-calculator/1-b.md:1: its number is taken by lessons/01-calculator/1-a.md",
    },
    "two pages of one name": {
      files: { "lessons/01-calculator/1-a.md": "# A\n", "lessons/01-calculator/2-a.md": "# A\n" },
      says: "lessons/01-calculator/2-a.md:1: its name is taken by lessons/01-calculator/1-a.md",
    },
  };
  for (const [title, { files, says }] of Object.entries(WRONG)) {
    it(`are an error for ${title}`, () => {
      write(files);
      expect(() => loadExercises(folder)).to.throw(says);
    });
  }
});
