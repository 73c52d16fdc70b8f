// Tests npm run lesson as students use it: printed, and in a real terminal.

import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { expect } from "chai";
import { readPages } from "../course/lesson/page-files.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { CourseCopy } from "./support/course-copy.ts";
import { Screen } from "./support/screen.ts";
import { withTool } from "./support/tools.ts";

function lesson(...argv: string[]) {
  return spawnSync(process.execPath, ["--import", "tsx", "course/lesson.ts", ...argv], {
    cwd: COURSE_FOLDER,
    encoding: "utf8",
    env: { ...process.env, COLUMNS: "72" },
  });
}

describe("npm run lesson without a terminal", () => {
  it("prints a page, no wider than asked for", () => {
    const { stdout, stderr, status } = lesson("01-3");
    expect({ stderr, status }).to.deep.equal({ stderr: "", status: 0 });
    const [page] = readPages(COURSE_FOLDER).filter(({ id }) => id === "01-3");
    expect(stdout.split("\n")[0]).to.equal(page?.title);
    for (const line of stdout.split("\n")) expect([...line].length, line).to.be.at.most(72);
    expect(stdout).to.include("▸ Hint 1  (npm run learn -- hint 01-framing)");
  });

  it("lists all pages", () => {
    const ids = readPages(COURSE_FOLDER).map(({ id }) => id);
    const { stdout, status } = lesson();
    expect(status).to.equal(0);
    for (const id of ids) expect(stdout).to.match(new RegExp(`^${id} `, "m"));
  });

  it("says in one line what it does not understand, with exit code 2", () => {
    for (const [argv, problem] of [
      [["\u001b[2J"], "there is no page \uFFFD[2J"],
      [["--colour"], "give one page"],
    ] as const) {
      const { stdout, stderr, status } = lesson(...argv);
      expect({ stdout, status }).to.deep.equal({ stdout: "", status: 2 });
      expect(stderr)
        .to.match(/^error: [^\n]+\n$/)
        .and.to.include(problem);
    }
  });
});

withTool("tmux", ["-V"], "npm run lesson in a real terminal", () => {
  let screen: Screen;

  afterEach(() => screen.close());

  it("shows pages, contents and what was searched, and leaves the terminal as it was", async () => {
    screen = new Screen("course/lesson.ts", ["open", "01-3"]);
    const first = await screen.shows(/^ 01-3 .* page \d+ of \d+, \d+%\n[\s\S]*q quit$/);
    expect(first.split("\n")).to.have.length(24);
    screen.press("Space");
    await screen.shows(/^ 01-3 .*\n(?!Framing)/);
    screen.press("n");
    await screen.shows(/^ 01-4 /);
    screen.press("c");
    await screen.shows(/^ contents[\s\S]*\n> 01-4 /);
    screen.press("Up");
    await screen.shows(/\n> 01-3 /);
    screen.press("Enter");
    await screen.shows(/^ 01-3 /);
    screen.type("/framing");
    await screen.shows("search: framing");
    screen.press("Enter");
    await screen.shows(/^ "framing" +1 of \d+/);
    screen.type("qq");
    const last = await screen.shows("exit code 0");
    expect(last).to.equal("exit code 0");
  });

  it("asks for a guess before it shows what happens", async () => {
    screen = new Screen("course/lesson.ts", ["open", "03-9"]);
    await screen.shows(/^ 03-9 /);
    screen.type("a");
    const question = await screen.shows("your guess (or Enter alone): ▏");
    expect(question).to.include("▸ What happens").and.to.include("Predict:");
    expect(question).to.not.include("at no moment");
    screen.enter("none of them");
    await screen.shows(/▾ What happens\n\nYou said: none of them\n\nNone, and at no moment: it cannot\./);
    screen.resize(120, 40);
    await screen.shows(/[^\n]{110,}\n[\s\S]*You said: none of them/);
    screen.press("C-c");
    await screen.shows("exit code 0");
  });

  it("opens at the first page, and then where the reader was, however it ended", async () => {
    const course = new CourseCopy();
    const open = (): void => {
      screen = new Screen("course/lesson.ts", [], { folder: course.folder });
    };
    try {
      rmSync(course.path("work"), { recursive: true, force: true });
      open();
      await screen.shows(/^ 00-1 {2}Setting up .* page 1 of \d+, /);
      screen.type("s");
      await screen.shows(/^ 00-2 [\s\S]*\n\nShort way\. 8 minutes to read\./);
      screen.press("End");
      await screen.shows(/^ 00-2 .* 100%/);
      screen.press("n");
      await screen.shows(/^ 00-3 /);
      screen.press("Space");
      const left = await screen.shows(/^ 00-3 .*\n(?!The map)/);
      screen.close(); // As if the window was closed.
      open();
      await screen.shows(/^ 00-3 .*\n(?!The map)/);
      expect(screen.text().split("\n").slice(1, 20)).to.deep.equal(left.split("\n").slice(1, 20));
      course.write("progress.txt", "01-hello 2026-01-31\n");
      screen.type("c");
      const contents = await screen.shows(/^ contents: ✓ read/);
      expect(contents).to.match(/^ {2}00-1 {17,}5 min {2}Setting up$/m);
      expect(contents).to.match(/^ {2}00-2 +✓ {2}short +8 min {2}How to read a capture$/m);
      expect(contents).to.match(/^> 00-3 +\d+ min {2}The map$/m);
      expect(contents).to.match(/^ {2}01-1 {13}✓ short +4 min {2}A program at a port$/m);
      screen.type("/dictionary");
      screen.press("C-u");
      screen.enter("padding oracle");
      await screen.shows(/^ "padding oracle" +1 of \d+/);
      screen.press("C-c");
      await screen.shows("exit code 0");
    } finally {
      screen.close();
      course.remove();
    }
  });

  it("opens hints one by one", async () => {
    screen = new Screen("course/lesson.ts", ["open", "01-3"]);
    await screen.shows(/^ 01-3 /);
    screen.press("h");
    await screen.shows("▾ Hint 1");
    screen.press("h");
    await screen.shows("▾ Hint 2");
    screen.press("C-c");
    await screen.shows("exit code 0");
  });
});
