// Two sessions on the same files: learn in a terminal, and the course in a browser.

import { expect } from "chai";
import { CourseCopy } from "../../tests/support/course-copy.ts";
import { until } from "../../tests/support/until.ts";
import { Workspace } from "../workspace/workspace.ts";
import { Session } from "./session.ts";

describe("two sessions on one work/", () => {
  let course: CourseCopy;
  const sessions: Session[] = [];
  const failures: unknown[] = [];

  before(() => {
    course = new CourseCopy();
  });
  afterEach(() => {
    for (const session of sessions.splice(0)) session.close();
    expect(failures).to.deep.equal([]);
  });
  after(() => course.remove());

  function start(): Session {
    const session = new Session(
      new Workspace(course.folder, course.exercises),
      async () => (await import("../../checks/index.ts")).CHECKS,
      { changed: () => {}, saved: () => {}, settled: () => {}, failed: (error) => failures.push(error) },
    );
    sessions.push(session);
    session.start(false);
    return session;
  }
  const verdictOf = (session: Session): string =>
    session.isChecking ? "checking" : `${session.exercise.id} ${session.outcome?.verdict}`;

  it("follow each other to another exercise, and both judge what is saved", async () => {
    const [terminal, browser] = [start(), start()];
    await until(() => verdictOf(terminal) === "01-hello failed", "the terminal's first verdict");
    await until(() => verdictOf(browser) === "01-hello failed", "the browser's first verdict");
    course.save("01-hello", { code: "  return false; // mine\n" });
    browser.open(course.exercise("01-framing"));
    // The other exercise's files are written, so the terminal looks what has happened.
    await until(() => verdictOf(terminal) === "01-framing failed", "the terminal at the other exercise");
    expect(terminal.notices[0]).to.equal("Another window has opened 01-framing.");
    expect(terminal.workspace.student.draft("01-hello")).to.equal("  return false; // mine\n");
    course.save("01-framing", "solution");
    await until(() => verdictOf(terminal) === "01-framing passed", "the terminal's verdict");
    await until(() => verdictOf(browser) === "01-framing passed", "the browser's verdict");
    expect(course.read("progress.txt").match(/^01-framing /gm)).to.have.length(1);
    expect(browser.exercise.id).to.equal("01-framing");
  });
});
