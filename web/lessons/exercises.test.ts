// What pages are told about exercises: a real server, real sockets, the real session of learn on a copy of the course.

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import { hasRegion } from "../../course/exercises/exercises.ts";
import { Workspace } from "../../course/workspace/workspace.ts";
import { CourseCopy } from "../../tests/support/course-copy.ts";
import { until } from "../../tests/support/until.ts";
import type { WebServer } from "../serve/web-server.ts";
import { type ExerciseState, MOST_FILE, type Overview } from "../shared/exercises.ts";
import type { Part } from "../shared/lessons.ts";
import { PageClient } from "../testing/page-client.ts";
import { IN_PAGE } from "./exercises-advice.ts";

const HELLO = "01-hello";
const FILE = "work/01-calculator/evaluate.ts";
const TOKEN = "t".repeat(43);
/** The end of the whole answer of 01-hello. */
const RIGHT = "  return /^[ \\t]*END[ \\t]*$/i.test(line);\n";

const htmlOf = (parts: readonly Part[]): string =>
  parts.map((part) => ("html" in part ? part.html : "")).join("");

describe("the exercises, for pages", () => {
  let course: CourseCopy;
  let server: WebServer;
  let page: PageClient;
  let environment: NodeJS.ProcessEnv;
  const mistakes: unknown[] = [];
  const pages: PageClient[] = [];

  async function openPage(): Promise<PageClient> {
    const opened = await PageClient.open(server.port, TOKEN);
    pages.push(opened);
    return opened;
  }

  async function start(): Promise<void> {
    // Imported here, as the place imports its own parts: mocha loads what stands above in another way, and twice.
    const { startWebServer } = await import("../serve/web-server.ts");
    const { exercisesPlace } = await import("./exercises.ts");
    server = await startWebServer({
      host: "127.0.0.1",
      port: 0,
      token: TOKEN,
      files: async () => new Map(),
      places: [
        exercisesPlace({ course: course.folder, environment, failed: (error) => mistakes.push(error) }),
      ],
      routes: [],
      failed: (error) => mistakes.push(error),
    });
    page = await openPage();
  }

  async function stop(): Promise<void> {
    for (const one of pages.splice(0)) one.close();
    await server.close();
  }

  /** The next state with a verdict, of all that come from now on. */
  const verdictOf = (id: string, from = page): Promise<ExerciseState> =>
    from.heard(
      "exercises/state",
      (state) => state.id === id && !state.isChecking && state.outcome !== undefined,
    );

  async function begin(id: string): Promise<ExerciseState> {
    const verdict = verdictOf(id);
    await page.call("exercises/begin", { exercise: id });
    return await verdict;
  }

  async function problemOf(call: Promise<unknown>): Promise<string> {
    return await call.then(
      () => "nothing",
      (error: Error) => error.message,
    );
  }

  before(() => {
    course = new CourseCopy();
  });

  beforeEach(async () => {
    course.forgetWork();
    mistakes.length = 0;
    environment = { PATH: "" };
    await start();
  });

  afterEach(async () => {
    await stop();
    expect(mistakes).to.deep.equal([]);
  });

  after(() => course.remove());

  it("says what there is, and begins nothing by itself", async () => {
    const overview = await page.call("exercises/overview", {});
    expect(overview).to.deep.include({ current: "", next: HELLO, isShort: false, problem: "" });
    expect(overview.rows.map(({ id }) => id)).to.deep.equal(course.exercises.map(({ id }) => id));
    expect(overview.rows[0]).to.deep.equal({
      id: HELLO,
      title: "A program at a port",
      kind: "code",
      stage: "01",
      page: "01-1",
      isShort: true,
      standing: "open",
      isCurrent: false,
    });
    const text = await page.call("exercises/text", { exercise: HELLO });
    expect(text).to.deep.include({ id: HELLO, page: "01-1", hintCount: 3, hints: [], meaning: [] });
    expect(htmlOf(text.task)).to.include('<a href="#/lessons/protocol">the protocol</a>');
    expect(htmlOf(text.checked).match(/<li>/g)).to.have.length(2);
    const state = await page.call("exercises/state", { exercise: HELLO });
    expect(state).to.deep.include({ isCurrent: false, standing: "open", hints: 0 });
    expect(state.comparison).to.deep.equal([]);
    expect(existsSync(course.path("work"))).to.equal(false);
  });

  it("tells of a save: the failing bytes and where they differ, then that it has passed, and the diff", async () => {
    const began = await begin(HELLO);
    expect(began).to.deep.include({ isCurrent: true, isTouched: false, standing: "open" });
    expect(began.file).to.deep.include({ name: FILE, path: course.path(FILE) });
    expect(course.read(FILE).split("\n")[(began.file?.line ?? 0) - 1]).to.equal('  return line === "END";');

    const failing = verdictOf(HELLO);
    course.save(HELLO, { code: '  return line === "end";\n' });
    const failed = await failing;
    expect(failed).to.deep.include({ isTouched: true, standing: "open" });
    expect(failed.outcome?.headline).to.match(/^not yet: 01-hello, check 1 of 2 failed, /);
    const failure = failed.outcome?.failure;
    expect(failure).to.deep.include({ check: "01/P1.8-end", clause: "P1.8" });
    expect(failure?.sent).to.deep.equal({ label: "sent", text: '"END\\n"' });
    expect(failure?.compared?.expected).to.equal("the end of the connection");
    expect(failure?.compared?.received).to.match(/^"error: /);
    expect(failed.outcome?.again).to.match(/^npm run learn -- check 01-hello --seed \d+$/);

    const passing = verdictOf(HELLO);
    course.save(HELLO, { code: `  // mine\n${RIGHT}` });
    const passed = await passing;
    expect(passed.outcome?.verdict).to.equal("passed");
    expect(passed).to.deep.include({ standing: "passed", whyNoSolution: "" });
    const { meaning } = await page.call("exercises/text", { exercise: HELLO });
    expect(htmlOf(meaning)).to.include("Your set-up works");
    expect(passed.comparison.filter(({ kind }) => kind === "-")).to.deep.equal([
      { kind: "-", text: "// mine" },
    ]);
    expect(passed.next).to.deep.include({ id: "01-stream", page: "01-2" });
  });

  it("marks the first byte that differs", async () => {
    const verdict = verdictOf("01-numbers");
    await begin("01-numbers");
    await verdict;
    const failing = verdictOf("01-numbers");
    course.save("01-numbers", "starter");
    const { compared } = (await failing).outcome?.failure ?? {};
    if (compared?.difference === undefined) throw new Error("nothing is compared");
    const [expected, received] = [[...compared.expected], [...compared.received]];
    expect(expected.slice(0, compared.difference)).to.deep.equal(received.slice(0, compared.difference));
    // It is counted in the text itself: an opening quote is none of its characters.
    const quotes = expected[0] === '"' ? 1 : 0;
    expect(compared.character).to.equal(compared.difference + 1 - quotes);
    expect(expected[compared.difference]).not.to.equal(received[compared.difference]);
  });

  it("shows the packets of the failing check, and writes them down", async () => {
    await begin(HELLO);
    const { about, file, connections } = await page.call("exercises/packets", { exercise: HELLO });
    expect(about).to.match(/^What passed over the network in check P1\.8-end, up to packet \d+\.$/);
    expect(file).to.equal("work/last-run.pcap");
    expect(existsSync(course.path(file))).to.equal(true);
    const lines = connections.flatMap(({ first }) => first);
    expect(lines.map(({ wire }) => wire)).to.include("END");
    const wanted = lines.filter(({ isWanted }) => isWanted);
    expect(wanted).to.have.length(1);
    expect(wanted[0]?.who).to.equal("calculator");
  });

  it("says that nothing has run when the code is no TypeScript, so that there are no packets", async () => {
    await begin(HELLO);
    const broken = verdictOf(HELLO);
    course.save(HELLO, { code: "  return line ===;\n" });
    expect((await broken).outcome?.verdict).to.equal("could-not-run");
    const { about, connections } = await page.call("exercises/packets", { exercise: HELLO });
    expect(about).to.equal("Nothing has run, so there are no packets.");
    expect(connections).to.deep.equal([]);
  });

  it("gives hints one by one, and the solution after the last, as the terminal does", async () => {
    await begin(HELLO);
    const solution = (): Promise<string> => problemOf(page.call("exercises/solution", { exercise: HELLO }));
    expect(await solution()).to.equal(
      "The solution is shown after passing, or after all hints: there are 3 more.",
    );
    for (let count = 1; count <= 3; count += 1) {
      const state = await page.call("exercises/hint", { exercise: HELLO });
      expect(state.hints).to.equal(count);
      const text = await page.call("exercises/text", { exercise: HELLO });
      expect(text.hints).to.have.length(count);
    }
    expect(new Workspace(course.folder, course.exercises).hintsSeen(course.exercise(HELLO))).to.equal(3);
    expect(await page.call("exercises/solution", { exercise: HELLO })).to.deep.equal({ code: RIGHT });
  });

  it("begins again with a copy kept, and shows what was changed", async () => {
    await begin(HELLO);
    const failing = verdictOf(HELLO);
    course.save(HELLO, { code: "  return false;\n" });
    await failing;
    expect(await page.call("exercises/changes", { exercise: HELLO })).to.deep.equal({
      lines: [
        { kind: "-", text: 'return line === "END";' },
        { kind: "+", text: "return false;" },
      ],
      elsewhere: [],
    });
    const { notices } = await page.call("exercises/reset", { exercise: HELLO });
    expect(notices[0]).to.match(/^What you had is kept in work\/copies\/.*evaluate\.ts$/);
    expect(course.read(FILE)).to.include('return line === "END";');
    const copy = notices[0]?.replace(/^.* /, "") ?? "";
    expect(course.read(copy)).to.include("return false;");
  });

  it("takes answers to questions, and explains a wrong one", async () => {
    const id = "01-two-in-one";
    await page.call("exercises/begin", { exercise: id });
    const wrong = verdictOf(id);
    await page.call("exercises/answer", { exercise: id, text: "1" });
    expect((await wrong).outcome).to.deep.include({ verdict: "failed" });
    expect((await wrong).outcome?.explanation).to.include("counted from 0");
    const { answers } = await (await import("../../course/questions/01-two-in-one.ts")).question.find();
    const right = verdictOf(id);
    await page.call("exercises/answer", { exercise: id, text: ` ${answers[0]} ` });
    expect(await right).to.deep.include({ standing: "passed", answer: answers[0] });
    expect((await right).outcome?.explanation).to.match(/^packet \d+ carries/);
    expect(await problemOf(page.call("exercises/answer", { exercise: id, text: "  " }))).to.equal(
      "the answer is empty",
    );
    expect(await problemOf(page.call("exercises/answer", { exercise: id, text: "1".repeat(1001) }))).to.equal(
      "text is longer than 1000 characters",
    );
    expect(await problemOf(page.call("exercises/answer", { exercise: HELLO, text: "1" }))).to.equal(
      "01-hello is not answered, but written",
    );
  });

  it("tells all pages the same", async () => {
    const other = await openPage();
    await other.call("exercises/overview", {});
    const heard = verdictOf(HELLO, other);
    const overview = other.heard("exercises/overview", ({ current }) => current === HELLO);
    await begin(HELLO);
    expect((await heard).outcome?.verdict).to.equal("failed");
    expect((await overview).rows.find(({ isCurrent }) => isCurrent)?.id).to.equal(HELLO);
  });

  it("goes on after a restart where the student has stopped", async () => {
    await begin("01-framing");
    await page.call("exercises/way", { short: true });
    await stop();
    await start();
    const verdict = verdictOf("01-framing");
    const overview = await page.call("exercises/overview", {});
    expect(overview).to.deep.include({ current: "01-framing", isShort: true });
    expect((await verdict).isCurrent).to.equal(true);
  });

  it("sees what a terminal beside it does, and harms nothing there", async () => {
    await begin(HELLO);
    course.save(HELLO, { code: "  return line.length === 3;\n" });
    // What learn in a terminal does with its own memory of the files.
    const terminal = new Workspace(course.folder, course.exercises);
    terminal.takeHint(course.exercise(HELLO));
    terminal.open(course.exercise("01-framing"));
    const followed = verdictOf("01-framing");
    await page.call("exercises/overview", {});
    expect((await followed).notices).to.deep.equal(["Another window has opened 01-framing."]);
    expect(terminal.student.draft(HELLO)).to.equal("  return line.length === 3;\n");
    expect(await page.call("exercises/state", { exercise: HELLO })).to.deep.include({
      isCurrent: false,
      isBegun: true,
    });
    // And the other way round.
    await begin(HELLO);
    expect(course.read(FILE)).to.include("return line.length === 3;");
    terminal.reload();
    expect(terminal.current.id).to.equal(HELLO);
    expect((await page.call("exercises/hint", { exercise: HELLO })).hints).to.equal(2);
    terminal.takeHint(course.exercise(HELLO));
    expect((await page.call("exercises/state", { exercise: HELLO })).hints).to.equal(3);
  });

  it("says what is wrong with the student's files, and goes on when it is mended", async () => {
    await begin(HELLO);
    const ended = page.heard("exercises/overview", ({ problem }) => problem !== "");
    writeFileSync(course.path("progress.txt"), Buffer.from("01-hello 2026-01-31\n", "utf16le"));
    course.save(HELLO, "solution");
    expect((await ended).problem).to.match(/^progress\.txt:1: the file is saved as UTF-16/);
    course.write("progress.txt", "");
    expect((await begin(HELLO)).standing).to.equal("passed");
    expect((await page.call("exercises/overview", {})).problem).to.equal("");
  });

  it("advises what the page has, and no key of the terminal", async () => {
    await begin(HELLO);
    const other = "work/01-calculator/lines.ts";
    course.write(other, course.read(other).replace(/^.*BEGIN SOLUTION.*$/m, ""));
    const { notices } = await begin(HELLO);
    expect(notices[0]).to.match(
      /^work\/01-calculator\/lines\.ts:\d+: .+ \("Begin again …" below writes it anew/,
    );
    const texts = [
      notices,
      ...Object.values(IN_PAGE).map((one) => (typeof one === "string" ? one : one("01-a"))),
    ];
    expect(texts.join("\n")).not.to.match(/npm run|\bpress\b|\bwith x\b|\br checks/);
  });

  it("checks everything that has passed, and the current one", async () => {
    await begin(HELLO);
    const passing = verdictOf(HELLO);
    course.save(HELLO, "solution");
    await passing;
    await page.call("exercises/begin", { exercise: "01-stream" });
    const ended = page.heard("exercises/overview", ({ all }) => all !== undefined && !all.isRunning);
    await page.call("exercises/check-all", {});
    const { all, finished }: Overview = await ended;
    expect(all?.done.map(({ id, outcome: { verdict } }) => `${id} ${verdict}`)).to.deep.equal([
      "01-hello passed",
      "01-stream failed",
    ]);
    expect(all?.done[1]?.outcome.explanation).to.equal("There is no guess yet: answer 01-stream in its page");
    expect(finished).to.deep.equal([]);
  });

  describe("the file in the page", () => {
    it("is loaded and saved, and the save is checked", async () => {
      await begin(HELLO);
      const { text, version } = await page.call("exercises/load-file", { exercise: HELLO });
      expect(text).to.equal(course.read(FILE));
      const passing = verdictOf(HELLO);
      const saved = await page.call("exercises/save-file", {
        exercise: HELLO,
        text: text.replace('  return line === "END";\n', RIGHT),
        version,
        force: false,
      });
      expect(course.read(FILE)).to.include(RIGHT);
      const passed = await passing;
      expect(passed.standing).to.equal("passed");
      expect(saved).to.deep.equal({ version: passed.file?.version, copy: "" });
    });

    it("is not overwritten when it was saved elsewhere, or a copy is kept", async () => {
      await begin(HELLO);
      const { text, version } = await page.call("exercises/load-file", { exercise: HELLO });
      course.write(FILE, text.replace("line === ", "line  ===  "));
      const given = { exercise: HELLO, text: `${text}// mine\n`, version };
      const refused = await page.call("exercises/save-file", { ...given, force: false });
      if (!("conflict" in refused)) throw new Error("it was overwritten");
      expect(refused.conflict.text).to.include("line  ===  ");
      expect(course.read(FILE)).to.include("line  ===  ");
      const forced = await page.call("exercises/save-file", { ...given, force: true });
      if (!("copy" in forced)) throw new Error("it was not saved");
      expect(course.read(FILE)).to.match(/\/\/ mine\n$/);
      expect(course.read(forced.copy)).to.include("line  ===  ");
    });

    it("keeps the line ends of Windows", async () => {
      await begin(HELLO);
      course.write(FILE, course.read(FILE).replaceAll("\n", "\r\n"));
      const { text, version } = await page.call("exercises/load-file", { exercise: HELLO });
      expect(text).not.to.include("\r");
      await page.call("exercises/save-file", { exercise: HELLO, text: `${text}//\n`, version, force: false });
      expect(course.read(FILE)).to.match(/\r\n\/\/\r\n$/);
      expect(course.read(FILE)).not.to.match(/[^\r]\n/);
    });

    it("is that of the current exercise, and no other; nor too large, nor no text", async () => {
      await begin(HELLO);
      const save = (given: { exercise: string; text: string }): Promise<string> =>
        problemOf(page.call("exercises/save-file", { version: "", force: true, ...given }));
      const before = course.read(FILE);
      expect(await save({ exercise: "01-framing", text: "" })).to.equal("begin 01-framing first");
      expect(await save({ exercise: "01-stream", text: "" })).to.equal(
        "01-stream asks a question: it has no code",
      );
      expect(await save({ exercise: "../../etc/passwd", text: "" })).to.equal(
        "there is no exercise of that name",
      );
      expect(await save({ exercise: "0".repeat(65), text: "" })).to.equal(
        "exercise is longer than 64 characters",
      );
      expect(await save({ exercise: HELLO, text: "a".repeat(MOST_FILE + 1) })).to.match(/^text is longer/);
      expect(await save({ exercise: HELLO, text: "ü".repeat(MOST_FILE - 1) })).to.match(
        /^what was written has/,
      );
      expect(await save({ exercise: HELLO, text: "a\0" })).to.match(/^what was written holds characters/);
      expect(course.read(FILE)).to.equal(before);
      const load = (): Promise<string> => problemOf(page.call("exercises/load-file", { exercise: HELLO }));
      writeFileSync(course.path(FILE), Buffer.from(before, "utf16le"));
      expect(await load()).to.match(/^work\/01-calculator\/evaluate\.ts is not saved as UTF-8/);
      course.write(FILE, "a".repeat(MOST_FILE + 1));
      expect(await load()).to.match(/has more than 262144 bytes: open it in an editor$/);
    });
  });

  describe("the editor", () => {
    before(function () {
      // The program that stands for an editor is a script of a shell.
      if (process.platform === "win32") this.skip();
    });

    /** Installs a program that notes its arguments. @returns where */
    function install(program: string): string {
      const folder = course.path("work/bin");
      mkdirSync(folder, { recursive: true });
      const noted = join(folder, "noted");
      writeFileSync(
        join(folder, program),
        `#!/bin/sh\nprintf '%s\\n' "$@" > '${noted}.part'\nmv '${noted}.part' '${noted}'\n`,
      );
      chmodSync(join(folder, program), 0o755);
      environment.PATH = [folder, "/bin", "/usr/bin"].join(delimiter);
      environment.DISPLAY = ":9";
      return noted;
    }

    it("is started with the exercise's file, at its line", async () => {
      const { file } = await begin(HELLO);
      const noted = install("code");
      expect(await page.call("exercises/open-editor", { exercise: HELLO })).to.deep.equal({
        editor: "Visual Studio Code",
      });
      await until(() => existsSync(noted), "the arguments of the editor");
      expect(readFileSync(noted, "utf8").split("\n")).to.deep.equal([
        "--goto",
        `${course.path(FILE)}:${file?.line}`,
        "",
      ]);
    });

    it("is none where there is none, and none for another exercise", async () => {
      await begin(HELLO);
      environment.PATH = "";
      expect(await page.call("exercises/open-editor", { exercise: HELLO })).to.deep.equal({ editor: "" });
      expect(await problemOf(page.call("exercises/open-editor", { exercise: "01-framing" }))).to.equal(
        "begin 01-framing first",
      );
      expect(readdirSync(course.folder)).not.to.include("undefined");
    });
  });

  it("runs an attack as the terminal does, and shows what its programs said", async () => {
    const id = "02-spoof";
    await begin(id);
    const exercise = course.exercise(id);
    if (!hasRegion(exercise)) throw new Error(`${id} has no code`);
    const passing = verdictOf(id);
    course.save(id, "solution");
    expect((await passing).standing).to.equal("passed");
    const { about, connections } = await page.call("exercises/packets", { exercise: id });
    expect(about).to.match(/^What the programs of the attack said to each other/);
    expect(connections).not.to.be.empty;
  });
});
