// Two programs that work on the same files, such as learn in a terminal and the course in a browser.

import { expect } from "chai";
import { CourseCopy } from "../../tests/support/course-copy.ts";
import { Workspace } from "./workspace.ts";

describe("a workspace that two programs share", () => {
  let course: CourseCopy;
  let one: Workspace;
  let other: Workspace;

  before(() => {
    course = new CourseCopy();
  });
  beforeEach(() => {
    course.forgetWork();
    one = new Workspace(course.folder, course.exercises);
    other = new Workspace(course.folder, course.exercises);
  });
  after(() => course.remove());

  const hello = () => course.exercise("01-hello");
  const framing = () => course.exercise("01-framing");

  it("has one current exercise, that which was opened last", () => {
    expect(one.opened).to.equal(undefined);
    one.open(hello());
    expect(other.opened).to.equal(undefined);
    other.reload();
    expect(other.opened?.id).to.equal("01-hello");
    other.open(framing());
    one.reload();
    expect(one.current.id).to.equal("01-framing");
  });

  it("loses nothing that was written while the other one opened another exercise", () => {
    one.open(hello());
    course.save("01-hello", { code: "  return true;\n" });
    other.open(framing());
    expect(one.student.draft("01-hello")).to.equal("  return true;\n");
    one.open(hello());
    expect(course.read("work/01-calculator/evaluate.ts")).to.include("  return true;\n");
  });

  it("puts what has passed in the other one into the files", () => {
    one.open(hello());
    other.open(hello());
    other.pass(hello(), "  return line === other;\n");
    one.open(framing());
    expect(course.read("work/01-calculator/evaluate.ts")).to.include("  return line === other;\n");
  });

  it("counts hints once for both, and remembers the way of the browser for the browser alone", () => {
    one.takeHint(hello());
    expect(other.takeHint(hello())).to.equal(2);
    one.chooseWay(true);
    other.open(hello());
    const later = new Workspace(course.folder, course.exercises);
    expect(later.isShort).to.equal(false);
    later.recallWay();
    expect(later.isShort).to.equal(true);
    expect(later.hintsSeen(hello())).to.equal(2);
  });
});
