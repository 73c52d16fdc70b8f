// Tests how the console blocks of the lessons are read. (tests/proofs/lesson-commands-* run them.)

import { expect } from "chai";
import { type ConsoleBlock, consoleBlocks, matches } from "../course/lesson/console-blocks.ts";
import { ConsoleFailure, Terminal } from "./support/console-terminal.ts";
import { leaveOut } from "./support/tools.ts";

function block(...lines: string[]): ConsoleBlock {
  const [info = "", ...content] = lines;
  const page = ["```console", ...content, "```"].join("\n").replace("```console", `\`\`\`console ${info}`);
  const [first] = consoleBlocks("page.md", page).run;
  if (first === undefined) throw new Error("no block");
  return first;
}

describe("console blocks", () => {
  it("hold commands, what is typed, keys, and what is printed", () => {
    const { entries, terminal, needs } = block(
      "terminal=alice needs=nc",
      "$ one \\",
      "  two",
      "out…",
      "you> /users",
      "[bob] you> hi there",
      "you>",
      "bob> hi",
      "> 1 + 1",
      "^C",
    );
    expect(terminal).to.equal("alice");
    expect(needs).to.deep.equal(["nc"]);
    expect(entries.map(({ line: _, ...rest }) => Object.values(rest).join(" "))).to.deep.equal([
      "command one \\\n  two",
      "output out…",
      "typed /users",
      "typed hi there",
      "output bob> hi",
      "typed 1 + 1",
      "key ^C",
    ]);
  });

  it("that are not run say why", () => {
    const { run, notRun } = consoleBlocks("page.md", "\n```console not-run: no network\n$ npm ci\n```\n");
    expect(run).to.deep.equal([]);
    expect(notRun).to.deep.equal([{ line: 2, reason: "no network" }]);
    expect(() => consoleBlocks("page.md", "```console not-run:\n$ x\n```")).to.throw("page.md:1: say why");
    expect(() => consoleBlocks("page.md", "```console later\n$ x\n```")).to.throw(
      'page.md:1: "later" is not known',
    );
    expect(() => consoleBlocks("page.md", "```console\nx\n```")).to.throw(
      "page.md:1: a block without terminal",
    );
  });

  it("compare lines, with … for any text", () => {
    expect(matches("listening on 127.0.0.1:…", "listening on 127.0.0.1:10001")).to.equal(true);
    expect(matches("a…c", "abbbd")).to.equal(false);
    expect(matches("a.c", "abc")).to.equal(false);
    expect(matches("…", "")).to.equal(true);
  });
});

describe("a terminal of the lessons", () => {
  const terminals: Terminal[] = [];
  const run = async (...blocks: ConsoleBlock[]): Promise<void> => {
    const terminal = new Terminal(process.env);
    terminals.push(terminal);
    for (const each of blocks) await terminal.run(each);
  };
  const failure = async (...blocks: ConsoleBlock[]): Promise<string> => {
    const error = await run(...blocks).catch((reason: unknown) => reason);
    if (!(error instanceof ConsoleFailure)) throw new Error(`no failure: ${error}`);
    return `${error.line}: ${error.message}`;
  };

  before(function () {
    if (process.platform === "win32") leaveOut(this, "the commands of lessons are run by bash");
  });
  afterEach(() => {
    for (const terminal of terminals.splice(0)) terminal.kill();
  });

  it("runs commands, and takes what they print", async () => {
    await run(
      block(
        "",
        "$ printf 'a\\nb\\n' | tail -1; echo oops >&2",
        "b",
        "oops",
        "$ seq 5",
        "1",
        "…",
        "4",
        "5",
        "$ true",
        "$ seq 3",
        "…",
      ),
    );
  });

  it("types into programs, passes over the echo of a client, and goes on in the next block", async () => {
    const echo = `while read line; do echo "you> $line"; echo "got $line"; done; echo end`;
    await run(
      block("terminal=a", `$ ${echo}`, "you> one", "got one"),
      block("terminal=a", "[bob] you> two", "got two", "^D", "end", "$ echo next", "next"),
    );
  });

  it("interrupts with ^C", async () => {
    await run(
      block(
        "terminal=a",
        "$ trap 'echo caught; exit' INT; echo ready; while :; do :; done",
        "ready",
        "^C",
        "caught",
      ),
    );
  });

  it("tells the line, what it expected, and what came", async () => {
    expect(await failure(block("", "$ seq 3", "1", "4", "3"))).to.equal(
      "4: expected: 4\nreceived: 2\n  all of it until then:\n    | 1",
    );
    expect(await failure(block("", "$ seq 2", "1"))).to.match(/^3: expected: nothing more\nreceived: 2/);
    expect(await failure(block("", "$ seq 1", "1", "2"))).to.match(
      /^4: expected: 2\nreceived: the program ended/,
    );
    expect(await failure(block("terminal=a", "you> hi"))).to.match(/^2: expected: a program that runs/);
  });
});
