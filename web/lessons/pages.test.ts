// Tests of the lessons' place: what a page is told of the contents, of pages and files, and what it may start.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readLibrary } from "../../course/lesson/library.ts";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { CallError } from "../shared/fields.ts";
import type { Contents, CourseFile, LessonPage, Part } from "../shared/lessons.ts";
import { FakePage } from "../testing/fake-page.ts";
import type { RunningProgram, TerminalOpener } from "./console-runs.ts";
import { Lessons } from "./pages.ts";

/** What was started, typed and ended. */
class FakeTerminals implements TerminalOpener {
  readonly done: string[] = [];
  readonly programs: (RunningProgram & { over(code?: number): void; prints(text?: string): void })[] = [];

  async open(_: unknown, words: readonly string[], { environment }: { environment: object }) {
    const number = this.programs.length;
    this.done.push(
      `${number} starts ${words.slice(-2).join(" ")}${Object.keys(environment).length === 0 ? "" : ` with ${JSON.stringify(environment)}`}`,
    );
    let over = (_code = 0): void => {};
    const handlers: ((text: string) => void)[] = [];
    const ended = new Promise<{ code: number }>((resolve) => {
      over = (code = 0) => resolve({ code });
    });
    const program = {
      onOutput: (handler: (text: string) => void) => void handlers.push(handler),
      prints: (text = "> ") => {
        for (const handler of handlers) handler(text);
      },
      write: (text: string) => void this.done.push(`${number} gets ${JSON.stringify(text)}`),
      end: () => {
        this.done.push(`${number} is ended`);
        over();
      },
      ended,
      over,
    };
    this.programs.push(program);
    return { number, program };
  }
}

describe("the lessons in a browser", () => {
  let work: string;
  let terminals: FakeTerminals;
  let lessons: Lessons;
  let page: FakePage;

  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), "lessons-"));
    terminals = new FakeTerminals();
    lessons = new Lessons({ root: COURSE_FOLDER, work, terminals });
    page = new FakePage();
    lessons.opened(page);
  });
  afterEach(() => rmSync(work, { recursive: true }));

  const call = async <Result>(name: string, given: unknown): Promise<Result> =>
    (await page.call(lessons, name, given)) as Result;
  const open = (id: string): Promise<LessonPage> => call("lessons/open", { page: id });
  const refusal = async (name: string, given: unknown): Promise<string> => {
    const error: unknown = await page.call(lessons, name, given).catch((reason: unknown) => reason);
    return error instanceof Error ? error.message : "";
  };
  const step = (block: number, line: number, id = "01-1"): [string, object] => [
    "lessons/step",
    { page: id, block, line, columns: 80, rows: 24 },
  ];

  it("have contents with all pages, and remember what was read as the terminal's reader does", async () => {
    const { stages, beside, last } = await call<Contents>("lessons/contents", {});
    expect(stages.map(({ stage }) => stage)).to.deep.equal(["00", "01", "02", "03", "04", "05", "06"]);
    const pages = stages.flatMap(({ pages }) => pages);
    expect([...pages, ...beside].map(({ id }) => id)).to.deep.equal(
      readLibrary(COURSE_FOLDER).map(({ id }) => id),
    );
    expect(pages.find(({ id }) => id === "01-3")).to.deep.include({
      title: "Framing: bytes become lines",
      kind: "code",
      isShort: true,
      reading: 4,
      exercising: 20,
      exercise: "01-framing",
      isRead: false,
    });
    expect(last).to.equal("");

    await open("01-3");
    await call("lessons/read", { page: "01-3" });
    expect(readFileSync(join(work, "lesson-read.txt"), "utf8")).to.equal("01-3\n");
    expect(readFileSync(join(work, "lesson-page.txt"), "utf8")).to.equal("01-3 0.0000\n");
    expect(page.events("lessons/progress")).to.have.length(1);
    const after = await call<Contents>("lessons/contents", {});
    expect(after.last).to.equal("01-3");
    expect(after.stages[1]?.pages[2]?.isRead).to.equal(true);
  });

  it("show a page in its parts, with the pages around it", async () => {
    const { title, stage, previous, next, nextShort, parts } = await open("01-1");
    expect({ title, stage, previous, next, nextShort }).to.deep.equal({
      title: "A program at a port",
      stage: "01",
      previous: { id: "00-3", title: "The map" },
      next: { id: "01-2", title: "A stream of bytes" },
      nextShort: { id: "01-3", title: "Framing: bytes become lines" },
    });
    const closed = parts.filter((part) => part.kind === "closed");
    expect(
      closed.map(({ number, summary, isPrediction }) => ({ number, summary, isPrediction })),
    ).to.deep.equal([{ number: 0, summary: "What happens", isPrediction: true }]);
    const exercise = parts.at(-1);
    if (exercise?.kind !== "exercise") throw new Error("the page does not end with its exercise");
    expect(exercise.id).to.equal("01-hello");
    expect(exercise.parts.flatMap((part) => (part.kind === "closed" ? [part.summary] : []))).to.deep.equal([
      "Hint 1",
      "Hint 2",
      "Hint 3",
      "What it meant",
    ]);
    const table = parts.find((part) => part.kind === "recorded");
    expect(table?.rows).to.have.length(10);
    expect(table?.rows[3]?.cells).to.deep.equal([
      "4",
      "0.002097",
      "55234 → 10001",
      "ACK",
      "1",
      "1",
      "10",
      "2 + 3 * 4\\n",
    ]);
  });

  it("show every part of every page: nothing of the kinds is left as text", async () => {
    const kinds = new Map<string, number>();
    const count = (parts: readonly Part[]): void => {
      for (const part of parts) {
        kinds.set(part.kind, (kinds.get(part.kind) ?? 0) + 1);
        if ("parts" in part) count(part.parts);
        if (part.kind === "code") expect(part.label, part.text).not.to.match(/Mermaid/);
      }
    };
    for (const { id } of readLibrary(COURSE_FOLDER)) count((await open(id)).parts);
    const texts = readLibrary(COURSE_FOLDER)
      .map(({ text }) => text)
      .join("\n");
    expect(kinds.get("diagram")).to.equal(texts.match(/^```mermaid$/gm)?.length);
    // The recording of 00-2 waits for two programs; the four commands in a block of 04-9 have a terminal each; and students
    // run their own attacks by hand.
    const byHand = texts.match(/^To run yours by hand: /gm)?.length ?? 0;
    expect(byHand).to.be.greaterThan(0);
    expect(kinds.get("console")).to.equal((texts.match(/^```console/gm)?.length ?? 0) + 6 + byHand);
    expect(kinds.get("recorded")).to.equal(texts.match(/^<!-- generate: (?:packets|conversation)/gm)?.length);
  });

  it("tell the bytes of a packet, which together are the packet", async () => {
    const ranges = await call<{ bytes: string; label: string }[]>("lessons/packet", {
      page: "01-1",
      block: 0,
      packet: 4,
    });
    expect(
      Buffer.from(ranges.map(({ bytes }) => bytes).join(""), "hex")
        .subarray(-10)
        .toString(),
    ).to.equal("2 + 3 * 4\n");
    expect(ranges.at(-1)).to.deep.equal({ bytes: "0a", label: "LF: the end of the line" });
    expect(await refusal("lessons/packet", { page: "01-1", block: 7, packet: 4 })).to.match(/no such table/);
  });

  it("do exactly what stands in the page, and nothing else", async () => {
    await call(...step(0, 0));
    terminals.programs[0]?.prints("listening on 127.0.0.1:10001\r\n");
    await call(...step(3, 0));
    await call(...step(4, 0));
    // What is typed waits until the program has printed something: then it reads.
    const typed = call(...step(4, 1));
    await new Promise(setImmediate);
    expect(terminals.done).to.have.length(3);
    terminals.programs[2]?.prints();
    await typed;
    // Where the tests have bundles, these are started.
    const done = terminals.done.map((line) => line.replace(/ \S*(01-calculator\/\w+)\.[jt]s/, " $1"));
    expect(done.map((line) => line.replace(/ (?:tsx|--enable-source-maps) /, " "))).to.deep.equal([
      "0 starts 01-calculator/server",
      "1 starts * 4",
      "2 starts 01-calculator/client",
      '2 gets "1 + 1\\r"',
    ]);
    expect(await refusal(...step(0, 1))).to.match(/no such command/);
    expect(await refusal(...step(400, 0))).to.match(/no such command/);
    expect(await refusal(...step(0, 0, "../../etc"))).to.match(/no page of this name/);
    // The terminal is in use by its own program; and what is typed needs one.
    expect(await refusal(...step(0, 0))).to.match(/still runs in this terminal/);
    terminals.programs[2]?.over();
    await new Promise(setImmediate);
    expect(await refusal(...step(4, 1))).to.match(/nothing runs in this terminal/);
  });

  it("do a line when the terminals show what the page has above it, as a reader does", async () => {
    const settled = async (): Promise<string[]> => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      return [...terminals.done];
    };
    // Bob has two commands, and Alice's must not come between them: the first one writes a file that hers reads.
    await call(...step(2, 0, "05-1"));
    const alice = call(...step(3, 0, "05-1"));
    expect(await settled()).to.have.length(1);
    terminals.programs[0]?.over();
    expect(await settled()).to.have.length(1);
    await call(...step(2, 1, "05-1"));
    expect(await settled()).to.have.length(2);
    terminals.programs[1]?.prints("\u001b[1G\u001b[0Jlistening on 127.0.0.1:5000\r\n");
    await alice;
    expect(await settled()).to.have.length(3);

    // Both are asked for at once. Each waits for what the one before makes the program print.
    const typed = [call(...step(3, 5, "05-1")), call(...step(3, 8, "05-1"))];
    const programOfAlice = terminals.programs[2];
    programOfAlice?.prints("port 5000 is in use, took 5001\r\nlistening on 127.0.0.1:5001\r\n");
    expect(await settled()).to.have.length(3);
    programOfAlice?.prints("found: bob\r\n");
    expect((await settled()).slice(3)).to.deep.equal(['2 gets "/peers\\r"']);
    programOfAlice?.prints("peer bob active 127.0.0.1:5000 since 11:12:13\r\npeers: 1\r\n");
    await Promise.all(typed);
    expect(terminals.done.at(-1)).to.equal('2 gets "/msg bob is there anybody?\\r"');
  });

  it("run a command behind a line that ends its program when that has ended", async () => {
    await call(...step(1, 1, "05-8"));
    terminals.programs[0]?.prints(
      "listening on 127.0.0.1:5000\r\nnew key for alice\r\nsafety number with alice: 1 2 3\r\n",
    );
    // Nothing is to end it: that a second one is asked for is a mistake.
    expect(await refusal(...step(4, 0, "05-8"))).to.match(/still runs in this terminal/);
    await call(...step(3, 3, "05-8"));
    expect(terminals.done.at(-1)).to.equal('0 gets "/quit\\r"');
    const next = call(...step(4, 0, "05-8"));
    await new Promise(setImmediate);
    terminals.programs[0]?.over();
    await next;
    expect(terminals.programs).to.have.length(2);
  });

  it("wait for nothing that cannot come any more: its program has ended", async function () {
    this.timeout(10_000); // Less than a line waits for what does not come.
    await call(...step(2, 0, "05-1"));
    const alice = call(...step(3, 0, "05-1"));
    // It has failed: the page does not go on with Bob's second command.
    terminals.programs[0]?.over(1);
    await alice;
    const typed = call(...step(3, 5, "05-1")).catch((reason: unknown) => reason);
    await new Promise(setImmediate);
    terminals.programs[1]?.over(1);
    expect(await typed).to.be.instanceOf(CallError);
  });

  it("do not wait for a command behind what was typed: it does not follow by itself", async function () {
    this.timeout(10_000);
    await call(...step(2, 0, "05-11"));
    const alice = terminals.programs[0];
    alice?.prints("found: bob\r\n");
    await call(...step(2, 3, "05-11"));
    alice?.prints("1 to bob> the door code is 7351\r\ndelivered to bob: 1\r\n");
    await call(...step(2, 7, "05-11"));
    alice?.over();
    await call(...step(3, 0, "05-11"));
    expect(terminals.programs).to.have.length(2);
  });

  it("start nothing for a page that was left meanwhile", async () => {
    await call(...step(2, 0, "05-1"));
    const alice = call(...step(3, 0, "05-1")).catch((reason: unknown) => reason);
    await call("lessons/leave", {});
    expect(await alice)
      .to.be.instanceOf(CallError)
      .with.property("message")
      .that.matches(/was left/);
    expect(terminals.programs).to.have.length(1);
  });

  it("end what runs when another page starts something, and when the page is left", async () => {
    await call(...step(0, 0));
    await call(...step(0, 0, "01-3"));
    expect(terminals.done.map((line) => line.split(" ").slice(0, 3).join(" "))).to.include("0 is ended");
    expect(terminals.done.indexOf("0 is ended")).to.equal(1);
    await call("lessons/leave", {});
    expect(terminals.done.at(-1)).to.equal("1 is ended");
  });

  it("do not start what makes no sense in a page", async () => {
    const { parts } = await open("00-1");
    const blocks = parts.filter((part) => part.kind === "console");
    const install = blocks.find(({ lines }) => lines[0]?.text === "$ npm ci");
    expect(install?.reason).to.match(/done/);
    expect(await refusal(...step(install?.block ?? -1, 0, "00-1"))).to.equal(install?.reason);
    expect(blocks.find(({ lines }) => lines[0]?.text === "$ npm run lesson")?.instead).to.equal("#/lessons");
    expect(blocks.find(({ lines }) => lines[0]?.text === "$ npm start")?.reason).to.equal("");
  });

  it("run the programs that a recording waits for, and end none of them for it", async () => {
    const { parts } = await open("00-2");
    const blocks = parts.filter((part) => part.kind === "console");
    const first = blocks.findIndex(({ lines }) => lines[0]?.text === "$ npm run capture -- 01 --live");
    const [capture, server, client] = blocks.slice(first);
    expect([server, client].map((one) => [one?.terminal, one?.lines[0]?.text])).to.deep.equal([
      ["server", "$ npm run 01:server"],
      ["client", "$ npm run 01:client"],
    ]);
    for (const one of [capture, server, client]) await call(...step(one?.block ?? -1, 0, "00-2"));
    expect(terminals.done.map((line) => line.split(" ").slice(0, 2).join(" "))).to.deep.equal([
      "0 starts",
      "1 starts",
      "2 starts",
    ]);
  });

  it("give each command a terminal of its own where a server stands in a block with its clients", async () => {
    const { parts } = await open("04-9");
    const blocks = parts.filter((part) => part.kind === "console");
    const first = blocks.findIndex(({ reason }) => reason.startsWith("Each of these commands"));
    const beside = blocks.slice(first + 1, first + 5);
    expect(beside.map(({ terminal }) => terminal)).to.deep.equal(["server", "bob", "alice", ""]);
    expect(beside.map(({ lines }) => lines[0]?.text)).to.deep.equal(
      blocks[first]?.lines.map(({ text }) => text),
    );
  });

  it("start the student's own program, in its exercise", async () => {
    const { parts } = await open("03-7");
    const inside = parts.flatMap((part) => (part.kind === "exercise" ? part.parts : []));
    const [own, ...more] = inside.filter((part) => part.kind === "console");
    expect(own?.lines).to.deep.equal([
      { kind: "command", text: "$ node --import tsx work/attacks/brute-force.ts" },
    ]);
    expect(more).to.deep.equal([]);
    await call(...step(own?.block ?? -1, 0, "03-7"));
    expect(terminals.done.at(-1)).to.match(/ starts .*tsx work\/attacks\/brute-force\.ts$/);
  });

  it("lead from a recording that is named in code to where the page has it", async () => {
    const html = (await open("02-10")).parts.map((part) => (part.kind === "prose" ? part.html : "")).join("");
    expect(html).to.match(
      /<a href="#\/captures\/02-basic-p2p"><code>captures\/02-basic-p2p\.pcap<\/code><\/a>/,
    );
    // Not in a link, and not where there is none.
    expect(html).not.to.match(/<a [^>]*><a /);
  });

  it("say again what was asked, where something stands between the question and its answer", async () => {
    const asked = async (id: string): Promise<string[]> =>
      (await open(id)).parts.flatMap((part) =>
        part.kind === "closed" && part.isPrediction ? [part.asked] : [],
      );
    expect((await asked("01-1"))[0]).to.match(
      /^<ul>[\s\S]*which bytes belong to which\?[\s\S]*second server/,
    );
    expect((await asked("01-4"))[0]).to.match(/^<p>A client writes two requests/);
    expect(await asked("00-2")).to.deep.equal([""]);
  });

  it("count a page as read when its exercise is passed", async () => {
    const root = mkdtempSync(join(tmpdir(), "passed-"));
    try {
      mkdirSync(join(root, "lessons", "01-calculator"), { recursive: true });
      writeFileSync(join(root, "lessons", "01-calculator", "1-hello.md"), EXERCISED);
      writeFileSync(join(root, "progress.txt"), "01-hello 2026-11-29\n");
      const passed = new Lessons({ root, work, terminals });
      const { stages } = (await page.call(passed, "lessons/contents", {})) as Contents;
      expect(stages[0]?.pages[0]).to.deep.include({ isPassed: true, isRead: true });
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("show files that pages lead to, without solutions, and no others", async () => {
    const file = await call<CourseFile>("lessons/file", { file: "04-aes-chat/key-schedule.ts" });
    expect(file.language).to.equal("ts");
    expect(file.text).to.match(/… exercise 04-/);
    expect(file.text).not.to.match(/BEGIN SOLUTION/);
    const text = await call<CourseFile>("lessons/file", { file: "captures/README.md" });
    expect(text.parts.length).to.be.greaterThan(5);
    for (const name of [
      "package.json",
      "01-calculator/evaluate.ts",
      "../secret.md",
      "/etc/passwd",
      "lessons/../package.json",
    ])
      expect(await refusal("lessons/file", { file: name }), name).to.match(/no page leads to/);
  });

  it("say what is wrong with a file of the student's", async () => {
    const root = mkdtempSync(join(tmpdir(), "student-"));
    try {
      mkdirSync(join(root, "lessons"));
      const student = new Lessons({ root, work, terminals });
      const problem = (): Promise<unknown> =>
        page.call(student, "lessons/contents", {}).catch((reason: unknown) => reason);
      // As PowerShell's > writes it.
      writeFileSync(join(root, "progress.txt"), Buffer.from("\ufeff01-framing", "utf16le"));
      expect(await problem())
        .to.be.instanceOf(CallError)
        .with.property("message")
        .that.matches(/progress\.txt.*UTF-8/);
      rmSync(join(root, "progress.txt"));
      mkdirSync(join(root, "progress.txt"));
      expect(await problem())
        .to.be.instanceOf(CallError)
        .with.property("message")
        .that.matches(/progress\.txt: it is a folder/);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("make nothing that acts of hostile Markdown", async () => {
    const root = mkdtempSync(join(tmpdir(), "hostile-"));
    try {
      mkdirSync(join(root, "lessons", "01-calculator"), { recursive: true });
      writeFileSync(join(root, "lessons", "01-calculator", "1-hello.md"), HOSTILE);
      const hostile = new Lessons({ root, work, terminals });
      const { parts } = (await page.call(hostile, "lessons/open", { page: "01-1" })) as LessonPage;
      const html = parts
        .flatMap((part) => (part.kind === "prose" || part.kind === "heading" ? [part.html] : []))
        .join("\n");
      expect(html).to.match(/text of the page/);
      expect(html).not.to.match(
        /<script|onerror=|<iframe|<svg|<style|href="(?:javascript|data|vbscript|\/\/)/i,
      );
      expect(parts.filter((part) => part.kind === "closed").map(({ summary }) => summary)).to.deep.equal([
        "x",
      ]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

const EXERCISED = `<!-- exercise
kind: code
checks: P1.8-end
-->
# A page

*Short way. 1 minutes to read, 2 for the exercise.*
`;

const HOSTILE = `# A page

*Short way. 1 minutes to read.*

text of the page <img src=x onerror=alert(1)> <script>alert(1)</script>

<script>alert(1)</script>

<details><summary><img src=x onerror=alert(1)>x</summary>

inside

</details>

<svg onload=alert(1)></svg> <iframe src="javascript:alert(1)"></iframe> <style>*{display:none}</style>

[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,x) [d](//evil.example/) [e](../../../etc/passwd)
![p](javascript:alert(1)) ![q](../../../../etc/passwd)

## <img src=x onerror=alert(1)> [h](javascript:alert(1))
`;
