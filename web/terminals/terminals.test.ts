import { expect } from "chai";
import { COURSE_FOLDER } from "../../programs/course-folder.ts";
import { nodeCommand } from "../../programs/node-command.ts";
import { startServer } from "../../programs/stage-programs.ts";
import { leaveOut } from "../../tests/support/tools.ts";
import { isRunning, until, untilGone } from "../../tests/support/until.ts";
import { MOST_TERMINALS, MOST_TYPED, MOST_UNSHOWN } from "../shared/terminals.ts";
import { FakePage } from "../testing/fake-page.ts";
import { loadPseudoTerminals } from "./pseudo-terminal.ts";
import { type OpenTerminal, Terminals } from "./terminals.ts";

/** Why tests with pseudo-terminals are left out. */
const NO_PTY = "node-pty is not installed";

/** A program that says what it gets, and lives until it is ended. */
const ECHO = `
process.stdin.on("data", (text) => console.log("got " + JSON.stringify(String(text))));
process.stdin.on("end", () => { console.log("the end"); process.exit(3); });
process.on("SIGINT", () => { console.error("interrupted"); });
setInterval(() => {}, 1000);
console.log("ready");`;

for (const kind of ["a pseudo-terminal", "pipes"]) {
  describe(`a terminal of the page, with ${kind}`, () => {
    const before = process.env.COURSE_PTY;
    let terminals: Terminals;
    let page: FakePage;

    beforeEach(async function () {
      if (kind === "pipes") process.env.COURSE_PTY = "no";
      else if ((await loadPseudoTerminals()) === undefined) leaveOut(this, NO_PTY);
      terminals = new Terminals();
      page = new FakePage();
    });
    afterEach(() => {
      terminals?.close();
      if (before === undefined) delete process.env.COURSE_PTY;
      else process.env.COURSE_PTY = before;
    });

    const run = (code: string, of = page): Promise<OpenTerminal> =>
      terminals.open(of, [process.execPath, "-e", code], { folder: COURSE_FOLDER });
    const screen = (terminal: number, of = page): string =>
      of
        .events("terminals/output")
        .filter((one) => one.terminal === terminal)
        .map(({ text }) => text)
        .join("");
    const shows = (terminal: number, text: string, of = page): Promise<void> =>
      until(() => screen(terminal, of).includes(text), `"${text}" on the screen`);
    const type = (terminal: number, text: string, of = page): Promise<unknown> =>
      of.call(terminals, "terminals/type", { terminal, text });
    const ending = async (terminal: number): Promise<object | undefined> => {
      const found = (): object | undefined =>
        page.events("terminals/ended").find((one) => one.terminal === terminal);
      await until(() => found() !== undefined, "the end of the program");
      return found();
    };

    it("carries a chat that is typed, both ways", async () => {
      const { server, port } = await startServer("02-basic-p2p/server.ts");
      try {
        const client = (name: string): Promise<OpenTerminal> => {
          const options = ["--name", name, "--registry", `127.0.0.1:${port}`, "--accept"];
          const words = [...nodeCommand("02-basic-p2p/client.ts"), ...options];
          return terminals.open(page, words, { folder: COURSE_FOLDER });
        };
        const alice = await client("alice");
        const bob = await client("bob");
        await shows(bob.number, "registered as bob");
        await shows(alice.number, "registered as alice");
        await type(alice.number, "/chat bob\r");
        await shows(bob.number, "chat with alice started");
        await shows(alice.number, "chat with bob started");
        await type(alice.number, "Where do we mee\u007fet?\r");
        await shows(bob.number, "Where do we meet?");
        await type(bob.number, "At the station.\r");
        await shows(alice.number, "At the station.");
      } finally {
        await server.kill();
      }
    });

    it("shows keys, mends a line, interrupts, and ends the input", async () => {
      const { number } = await run(ECHO);
      await shows(number, "ready\r\n");
      await type(number, "abx\u007fc\r");
      await shows(number, "abx\b \bc\r\n");
      await shows(number, 'got "abc\\n"\r\n');
      await type(number, "\u0003");
      await shows(number, "interrupted\r\n");
      await type(number, "\u0004");
      await shows(number, "the end\r\n");
      expect(await ending(number)).to.deep.equal({ terminal: number, code: 3, signal: null, problem: null });
    });

    it("says which signal ended a program, and why one did not start", async () => {
      const { number, program } = await run(ECHO);
      await shows(number, "ready");
      process.kill(program.pid, "SIGTERM");
      expect(await ending(number)).to.deep.equal({
        terminal: number,
        code: null,
        signal: "SIGTERM",
        problem: null,
      });
      const none = await terminals.open(page, ["no-such-program"], { folder: COURSE_FOLDER });
      const end = await ending(none.number);
      // A pseudo-terminal's own process tries to become the program.
      if (kind === "pipes") expect(end).to.deep.include({ code: null, problem: "not installed" });
      else expect(end).to.deep.include({ code: 1 });
    });

    it("ends a program and what it has started, when asked to and when the page has gone", async () => {
      const parent = `
        const own = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"],
          { detached: true, stdio: "ignore" });
        console.log("child " + own.pid + ".");
        setInterval(() => {}, 1000);`;
      for (const end of ["asked", "gone"]) {
        const { number, program } = await run(parent);
        await shows(number, ".");
        const child = Number(/child (\d+)\./.exec(screen(number))?.[1]);
        expect(isRunning(child)).to.equal(true);
        if (end === "asked") await page.call(terminals, "terminals/end", { terminal: number });
        else page.leave();
        await untilGone(program.pid, child);
      }
    });

    it("ends a program at once if the page has gone before it started", async () => {
      page.leave();
      const { program } = await run(ECHO);
      await program.ended;
      await untilGone(program.pid);
    });

    it("takes all that is pasted at once, also where each line is answered before the next is read", async () => {
      const answers = `
        const lines = require("node:readline").createInterface({ input: process.stdin, output: process.stdout });
        lines.on("line", (line) => console.log("answer to " + line));
        console.log("ready");`;
      const { number } = await run(answers);
      await shows(number, "ready");
      const pasted = Array.from({ length: 4000 }, (_, i) => `question ${i}\r`).join("");
      expect(pasted.length).to.be.within(50_000, MOST_TYPED);
      await type(number, pasted);
      await shows(number, "answer to question 3999");
    });

    it("does not wait for a program that reads nothing, and ends it all the same", async () => {
      const { number, program } = await run(
        'console.log("ready"); process.stdin.pause(); setInterval(() => {}, 1000)',
      );
      await shows(number, "ready");
      for (let i = 0; i < 20; i += 1) await type(number, "x".repeat(60_000));
      await page.call(terminals, "terminals/end", { terminal: number });
      await untilGone(program.pid);
    });

    it("lets a page reach its own terminals only", async () => {
      const { number } = await run(ECHO);
      await shows(number, "ready");
      const other = new FakePage(2);
      for (const [name, given] of Object.entries({
        "terminals/type": { text: "a\r" },
        "terminals/resize": { columns: 80, rows: 24 },
        "terminals/shown": { characters: 1 },
        "terminals/end": {},
      }))
        expect(await problem(other.call(terminals, name, { terminal: number, ...given }))).to.match(
          /has ended/,
        );
      expect(other.told).to.deep.equal([]);
      await type(number, "mine\r");
      await shows(number, 'got "mine');
    });

    it("refuses a program more than a page may have, also if all are asked for at once", async () => {
      const starts = Array.from({ length: MOST_TERMINALS + 3 }, () => run(ECHO));
      const results = await Promise.allSettled(starts);
      expect(results.filter(({ status }) => status === "fulfilled")).to.have.length(MOST_TERMINALS);
      expect(await problem(run(ECHO))).to.match(/end one of them/);
      const other = new FakePage(2);
      const { number } = await run(ECHO, other);
      await shows(number, "ready", other);
    });

    it("refuses wrong sizes and too much text", async () => {
      const { number: terminal } = await run(ECHO);
      const asks = (name: string, given: object): Promise<string> =>
        problem(page.call(terminals, name, { terminal, ...given }));
      expect(await asks("terminals/resize", { columns: 0, rows: 24 })).to.match(/columns/);
      expect(await asks("terminals/resize", { columns: 80, rows: 1e9 })).to.match(/rows/);
      expect(await asks("terminals/type", { text: "a".repeat(65_537) })).to.match(/longer/);
      expect(await asks("terminals/type", { text: 5 })).to.match(/no text/);
      expect(await asks("terminals/shown", { characters: 1e12 })).to.match(/characters/);
    });

    it("makes a program wait that prints faster than the page shows it", async () => {
      const { number, program } = await run(
        `const line = "x".repeat(1000) + "\\n";
         const print = () => { while (process.stdout.write(line)); process.stdout.once("drain", print); };
         print();`,
      );
      await until(() => screen(number).length > MOST_UNSHOWN, "much output");
      // It is still: nothing comes while we wait for something else to happen.
      const held = screen(number).length;
      const other = await run(ECHO);
      await shows(other.number, "ready");
      expect(screen(number).length).to.be.lessThan(held + 262_144);
      const before = screen(number).length;
      await page.call(terminals, "terminals/shown", { terminal: number, characters: before });
      await until(() => screen(number).length > before + MOST_UNSHOWN / 2, "more output");
      program.end();
    });
  });
}

describe("a pseudo-terminal of the page", () => {
  it("tells its program how large it is", async function () {
    if ((await loadPseudoTerminals()) === undefined) leaveOut(this, NO_PTY);
    const terminals = new Terminals();
    const page = new FakePage();
    const code = `const say = () => console.log(process.stdout.columns + " by " + process.stdout.rows + ".");
      process.stdout.on("resize", say); say(); setInterval(() => {}, 1000);`;
    const { number } = await terminals.open(page, [process.execPath, "-e", code], { folder: COURSE_FOLDER });
    const screen = (): string =>
      page
        .events("terminals/output")
        .map(({ text }) => text)
        .join("");
    try {
      await until(() => screen().includes("80 by 24."), "its first size");
      await page.call(terminals, "terminals/resize", { terminal: number, columns: 101, rows: 33 });
      await until(() => screen().includes("101 by 33."), "its new size");
    } finally {
      terminals.close();
    }
  });
});

async function problem(asked: Promise<unknown>): Promise<string> {
  return await asked.then(
    () => "none",
    (error) => error.message,
  );
}
