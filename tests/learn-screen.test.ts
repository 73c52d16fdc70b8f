// Tests npm run learn in a real terminal, in a copy of the course: a student starts, fails, passes and returns.

import { rmSync } from "node:fs";
import { expect } from "chai";
import { hasRegion } from "../course/exercises/exercises.ts";
import { CourseCopy } from "./support/course-copy.ts";
import { Screen, type ScreenOptions } from "./support/screen.ts";
import { withTool } from "./support/tools.ts";

withTool("tmux", ["-V"], "learn in a real terminal", () => {
  let course: CourseCopy;
  let screen: Screen | undefined;

  before(() => {
    course = new CourseCopy();
  });
  after(() => course.remove());
  beforeEach(() => course.forgetWork());
  afterEach(leave);

  /** Ends the program, and waits until nothing writes into work/ any more. */
  async function leave(): Promise<void> {
    if (screen?.text().includes("exit code") === false) screen.press("C-c");
    await screen?.shows("exit code");
    screen?.close();
    screen = undefined;
  }

  function open(argv: readonly string[] = [], options: ScreenOptions = {}): Screen {
    screen = new Screen("course/learn.ts", argv, { folder: course.folder, ...options });
    return screen;
  }

  /** This line appears with the verdict about the starter. The verdict itself may be below the visible part. */
  const AS_IT_STANDS = "as it stands, not yet";

  it("shows the task, then at every save the first failing step, and at last what it meant", async () => {
    const student = open();
    const task = await student.shows(AS_IT_STANDS);
    expect(task).to.match(/^From plaintext to ciphertext +░+ 0 of \d+ passed\n01-hello /);
    // The verdict stands above the task, so that it is on a screen of 24 rows.
    expect(task).to.match(/\n─+\nnot yet: 01-hello.*\nexpected: .*\nreceived: .*\n\nTask\n/);
    expect(task).to.include("n next  h hint 1/3  l list");

    course.save("01-hello", { code: "  return /END/i.test(line);\n" });
    const failure = await student.shows(/^not yet: 01-hello, check 2 of 2[\s\S]*^received:/m);
    expect(failure).to.match(/\n─+\nnot yet: 01-hello/); // After a save, the verdict comes first.
    expect(failure).to.match(/^likely: /m);
    expect(failure).to.match(/^again: +npm run learn -- check 01-hello --seed \d+$/m);

    course.save("01-hello", "solution");
    const passed = await student.shows("passed: 01-hello");
    expect(passed).to.match(/1 of \d+ passed\n✓ 01-hello/);
    expect(passed).to.match(/^What it meant$/m);
    expect(passed).to.match(/^Your code$[\s\S]*^The course's solution$/m);
    expect(course.read("progress.txt")).to.match(/^01-hello /m);

    student.type("n");
    await student.shows(new RegExp(`^${course.exercises[1]?.id} `, "m"));
    student.type("q");
    const left = await student.shows("exit code 0");
    expect(left).to.include(`1 of ${course.exercises.length} passed. You are at ${course.exercises[1]?.id}`);
    expect(left).to.not.include("From plaintext to ciphertext"); // The terminal has been restored.

    student.close();
    const back = open();
    await back.shows(new RegExp(`^${course.exercises[1]?.id} `, "m"));
  });

  it("has hints one after the other, and the solution after the last", async () => {
    const student = open();
    await student.shows(AS_IT_STANDS);
    student.type("s");
    await student.shows("after all hints: there are 3 more");
    student.type("hhh");
    const hints = await student.shows("Hint 3 of 3");
    expect(hints).to.include("all hints");
    student.type("s");
    await student.shows("The course's solution");
    student.press("Escape");
    await student.shows(/^Task$/m);
    student.type("d");
    await student.shows("It is still the starter.");
  });

  it("shows the packets of the last run", async () => {
    const student = open();
    await student.shows(AS_IT_STANDS);
    student.type("p");
    const packets = await student.shows("on the wire");
    expect(packets).to.match(/^> +\d+ +\d+\.\d{3} /m);
    expect(packets).to.include("npm run show -- work/last-run.pcap");
    expect(course.read("work/last-run.pcap")).to.have.length.greaterThan(24);
  });

  it("lists exercises, searches them and goes there", async () => {
    const student = open();
    await student.shows(AS_IT_STANDS);
    student.type("l");
    expect(await student.shows("letters search")).to.match(/^> 01-hello/m);
    student.type("ing fram");
    const found = await student.shows("search: ing fram");
    expect(found.match(/^[ >✓] 0\d-/gm)).to.have.length(1);
    student.press("Enter");
    await student.shows("work/01-calculator/lines.ts");
  });

  it("shows blanks that are not what they seem as escapes among the packets", async () => {
    const student = open();
    await student.shows(AS_IT_STANDS);
    await goTo(student, "01-numbers");
    await student.shows("not yet: 01-numbers");
    const exercise = course.exercise("01-numbers");
    const right = hasRegion(exercise) ? (exercise.solution ?? "") : "";
    course.save("01-numbers", { code: right.replace("/[ \\t]*/y", "/\\s*/y") });
    await student.shows(/^not yet: 01-numbers, check 5 of 5/m);
    student.type("p");
    expect(await student.shows("on the wire")).to.match(/ client +1\\u00a0\+ 2$/m);
  });

  it("shows the packets of an attack, though the checker has no connection to it", async () => {
    const student = open();
    await student.shows(AS_IT_STANDS);
    await goTo(student, "02-spoof");
    await student.shows("not yet: 02-spoof");
    student.type("p");
    expect(await student.shows("on the wire")).to.include('{"type":"register","username":"bob"');
  });

  it("takes a guess, and shows it beside the result, right or wrong", async () => {
    const student = open();
    await student.shows(/^01-hello /m);
    await goTo(student, "01-stream");
    await student.shows("Press a to say what you think, right or wrong.");
    student.type("a");
    await student.shows("Your guess:");
    student.enter("many");
    const again = await student.shows("Enter a number, such as 4. Your guess: █");
    expect(again).to.not.match(/passed: |predicted: |not yet/);
    student.enter("3");
    const result = await student.shows("predicted: 01-stream");
    expect(result).to.match(/^your guess +the result\n3 +1\n\nYou counted one read for each write\./m);
    expect(result).to.match(/1 of \d+ passed\n✓ 01-stream/);
    expect(course.read("work/answers/01-stream.txt")).to.equal("3\n");
    expect(course.read("progress.txt")).to.match(/^01-stream /m);
  });

  async function goTo(student: Screen, id: string): Promise<void> {
    student.type("l");
    await student.shows("letters search");
    student.type(id);
    await student.shows(`search: ${id}`);
    student.press("Enter");
    await student.shows(new RegExp(`^${id} `, "m"));
  }

  it("takes an answer, and explains a wrong one", async () => {
    const question = course.exercise("01-two-in-one");
    const student = open();
    await student.shows(/^01-hello /m);
    student.type("l");
    await student.shows("letters search");
    student.type(question.id);
    student.press("Enter");
    await student.shows("Press a to answer.");
    student.type("a");
    await student.shows("Your answer:");
    student.type("surely not thiss");
    student.press("BSpace");
    await student.shows("Your answer: surely not this█");
    student.press("Enter");
    await student.shows(`not yet: ${question.id}`);
  });

  it("says that markers are damaged, and a reset mends them and keeps a copy", async () => {
    const student = open();
    await student.shows(AS_IT_STANDS);
    const file = "work/01-calculator/evaluate.ts";
    course.write(file, course.read(file).replace("// END SOLUTION 01-hello\n", "\n"));
    const damaged = await student.shows("could not run: 01-hello");
    expect(damaged).to.match(/work\/01-calculator\/evaluate\.ts:\d+: region/);
    expect(damaged).to.include("press x to begin again");
    student.type("x");
    await student.shows("Begin 01-hello again? A copy of your files is kept. y/n");
    student.type("n");
    await student.shows("n next");
    student.type("xy");
    await student.shows(/What you had is kept in\s+work\/copies\//);
    await student.shows(AS_IT_STANDS);
  });

  it("notices saved files by looking, where it is told to, and says so", async () => {
    const student = open(["--poll"]);
    await student.shows("learn looks twice a second");
    await student.shows(AS_IT_STANDS);
    course.save("01-hello", "solution");
    await student.shows("passed: 01-hello");
  });

  it("opens the exercise's page in the reader, and is back when the reader ends", async () => {
    const student = open();
    await student.shows(AS_IT_STANDS);
    student.type("o");
    const page = await student.shows(/^ 01-1 {2}A program at a port .* page 4 of \d+, \d+%$/m);
    expect(page).to.not.include("n next  h hint");
    // What is saved meanwhile is checked, and the reader stays on the screen.
    course.save("01-hello", "solution");
    student.press("Space");
    await student.shows(/^ 01-1 .*\n(?!A program at a port)/);
    student.type("q");
    await student.shows("passed: 01-hello");
    await student.shows(/^✓ 01-hello /m);
    // e in the reader is the way back, too, and Ctrl-C ends only the reader.
    for (const leave of ["e", "C-c"]) {
      student.type("o");
      await student.shows(/^ 01-1 {2}A program at a port/);
      student.press(leave);
      await student.shows(/^✓ 01-hello /m);
    }
    student.type("q");
    await student.shows("exit code 0");
  });

  it("goes along the short way", async () => {
    const student = open(["--short"]);
    const count = course.exercises.filter(({ isShort }) => isShort).length;
    await student.shows(new RegExp(` 0 of ${count} passed, short way\\n01-hello `));
    await student.shows(AS_IT_STANDS);
    course.save("01-hello", "solution");
    await student.shows("passed: n goes on with 01-framing");
    student.type("n");
    await student.shows(/^01-framing /m);
    student.type("l");
    const list = await student.shows("letters search");
    expect(list)
      .to.match(/^✓ 01-hello +code +short A program/m)
      .and.to.match(/^ {2}01-stream +predict +A stream/m);
    student.press("Escape");
    student.type("q");
    expect(await student.shows("exit code 0")).to.include("Go on with: npm run learn -- --short");
  });

  it("fits itself into another size, and asks for more room where there is too little", async () => {
    const student = open([], { columns: 120, rows: 40 });
    await student.shows(AS_IT_STANDS);
    student.resize(30, 10);
    await student.shows("Make it larger");
    student.resize(80, 24);
    await student.shows(/^n next {2}h hint 1\/3/m);
    student.press("Space");
    await student.shows("goes back");
    student.press("Home");
    await student.shows(/^Task$/m);
  });

  it("gives the terminal back at Ctrl-C, in the middle of a check, too", async () => {
    const student = open();
    await student.shows("checking …");
    student.press("C-c");
    const left = await student.shows("exit code 0");
    expect(left).to.not.include("checking");
    student.enter("echoed");
    await student.shows(/echoed\n+echoed$/); // The terminal echoes what is typed, and cat repeats the line.
  });

  it("checks everything again before it says that the course is finished", async () => {
    const small = new CourseCopy();
    try {
      const [first, ...others] = small.exercises;
      // Without other pages, the course has one exercise. Its output about regions without pages does not matter here.
      for (const { page } of others) rmSync(small.path(page));
      const student = open([], { folder: small.folder });
      await student.shows(AS_IT_STANDS);
      small.save(first?.id ?? "", "solution");
      await student.shows("passed: n checks everything once more");
      student.type("n");
      const finished = await student.shows("Finished.");
      expect(finished).to.include("All exercises are passed (1)");
      expect(finished).to.match(/█ 1 of 1 passed/);
      await leave();
    } finally {
      small.remove();
    }
  });
});
