// What terminals, shells and file systems do that our programs must stand: windows that change their size, pastes,
// terminals that know no escape sequences, byte order marks, the folder that the user is in.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { ChildProgram } from "../programs/child-program.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { startProgram, startServer } from "../programs/stage-programs.ts";
import { Screen, type ScreenOptions } from "./support/screen.ts";
import { withTool } from "./support/tools.ts";

const programs: ChildProgram[] = [];
let folder = "";

function start(
  file: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProgram {
  const program = startProgram(file, [...argv], { environment });
  programs.push(program);
  return program;
}

async function server(file: string): Promise<number> {
  const { server, port } = await startServer(file);
  programs.push(server);
  return port;
}

/** Runs a client of stage 02 without a terminal, that accepts every chat. */
async function user(name: string, address: string): Promise<ChildProgram> {
  const program = start("02-basic-p2p/client.ts", ["--name", name, "--registry", address, "--accept"]);
  await program.line(/^registered as/);
  return program;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "terminals-"));
});

afterEach(async () => {
  await Promise.all(programs.splice(0).map((program) => program.kill()));
  rmSync(folder, { recursive: true, force: true });
});

withTool("tmux", ["-V"], "terminals of any kind", () => {
  const screens: Screen[] = [];

  function open(file: string, argv: string[], options: ScreenOptions = {}): Screen {
    const screen = new Screen(file, argv, options);
    screens.push(screen);
    return screen;
  }

  afterEach(() => {
    for (const screen of screens.splice(0)) screen.close();
  });

  it("P3.3 P7 a window that becomes wider or narrower loses nothing that was shown", async () => {
    const address = `127.0.0.1:${await server("02-basic-p2p/server.ts")}`;
    const argv = ["--name", "alice", "--registry", address, "--accept"];
    const alice = open("02-basic-p2p/client.ts", argv, { columns: 60, rows: 50 });
    await alice.shows(/registered as alice[\s\S]*\nyou>/);
    const bob = await user("bob", address);
    await alice.shows("joined: bob");
    bob.enter("/chat alice");
    await alice.shows(/chat with bob started\n\[bob\] you>$/);
    const sent: string[] = [];
    const say = async (): Promise<void> => {
      sent.push(`bob> message ${sent.length + 1}`);
      bob.enter(`message ${sent.length}`);
      await bob.line(`delivered to alice: ${sent.length}`);
      await alice.shows(sent.at(-1) ?? "");
    };
    for (let count = 0; count < 4; count += 1) await say();
    alice.type(
      "a line that is long enough for several rows of a narrow window, and a little more than that, END",
    );
    await alice.shows("END");
    for (const columns of [30, 100, 41, 40, 120]) {
      await alice.resizeAndTell(columns, 50);
      // Drawn for the new width, the line begins a row and is broken where that row ends.
      const first = "[bob] you> a line that is long enough for several rows of a narrow window".slice(
        0,
        columns,
      );
      await alice.shows(new RegExp(`\\n${first.trimEnd().replace(/[[\]]/g, "\\$&")}[\\s\\S]*END$`));
      await say();
      for (const line of sent) expect(alice.text(), `${columns} columns`).to.include(line);
    }
  });

  it("P1.10 neither does the calculator's client", async () => {
    const port = await server("01-calculator/server.ts");
    const screen = open("01-calculator/client.ts", ["--port", String(port)], { columns: 40, rows: 30 });
    await screen.shows(/^>$/);
    screen.enter("20 + 1");
    await screen.shows(/= 21\n>$/);
    screen.type("1+".repeat(70));
    await screen.shows(/\+1\+$/);
    await screen.resizeAndTell(120, 30);
    await screen.shows(/\n> (?:1\+){59}\n(?:1\+){11}$/);
    expect(screen.text()).to.match(/^> 20 \+ 1\n= 21\n> 1/);
  });

  it("P7 a line that fills its last row leaves no empty one below, pasted or typed", async () => {
    const address = `127.0.0.1:${await server("02-basic-p2p/server.ts")}`;
    const bob = await user("bob", address);
    const alice = open("02-basic-p2p/client.ts", ["--name", "alice", "--registry", address]);
    await alice.shows(/registered as alice[\s\S]*\nyou>/);
    alice.enter("/chat bob");
    await alice.shows(/chat with bob started\n\[bob\] you>$/);
    const text = "0123456789".repeat(15).slice(0, 160 - "[bob] you> ".length);
    const rows = `[bob] you> ${text}`.match(/.{80}/g)?.join("\n");
    const ways: ((screen: Screen) => void)[] = [
      (screen) => {
        screen.paste(text);
        screen.press("Enter");
      },
      (screen) => screen.paste(`${text}\n`),
      (screen) => screen.enter(text),
    ];
    for (const [index, way] of ways.entries()) {
      way(alice);
      await bob.line(`alice> ${text}`);
      const screen = await alice.shows(new RegExp(`delivered to bob: ${index + 1}\\n\\[bob\\] you>$`));
      expect(screen).to.include(`${rows}\ndelivered to bob: ${index + 1}\n`);
    }
  });

  it("P1.10 replies find their place above what was pasted behind the line that they answer", async () => {
    const port = await server("01-calculator/server.ts");
    const screen = open("01-calculator/client.ts", ["--port", String(port)]);
    await screen.shows(/^>$/);
    screen.paste(`1 + 1\n2 + 2\n${"3+".repeat(60)}`);
    expect(await screen.shows(/= 2\n= 4\n> [3+]+\n[3+]+$/)).to.match(
      /^> 1 \+ 1\n> 2 \+ 2\n= 2\n= 4\n> (?:3\+){39}\n(?:3\+){21}$/,
    );
  });

  const registryOption = async () => ["--registry", `127.0.0.1:${await server("02-basic-p2p/server.ts")}`];
  const DUMB: readonly (readonly [
    string,
    () => Promise<string[]>,
    readonly (readonly [RegExp, string])[],
  ])[] = [
    [
      "01-calculator/client.ts",
      async () => ["--port", String(await server("01-calculator/server.ts"))],
      [
        [/^$/, "1 + 2"],
        [/= 3$/, "END"],
      ],
    ],
    [
      "02-basic-p2p/client.ts",
      registryOption,
      [
        [/your name:$/, "not a name"],
        [/error: [\s\S]*your name:$/, "al"],
        [/registered as al/, "/users"],
        [/no other users/, "/quit"],
      ],
    ],
    ["course/learn.ts", async () => [], []],
    ["course/lesson.ts", async () => [], []],
    ["course/lesson.ts", async () => ["glossary"], []],
    ["captures/show.ts", async () => ["captures/01-calculator.pcap", "--stream", "0"], []],
    ["attacks/attack.ts", async () => ["padding-oracle"], []],
    ["checks/check.ts", async () => ["01/P1.4"], []],
  ];
  for (const [file, argv, answers] of DUMB)
    it(`${file} writes no escape sequence to a terminal that knows none (TERM=dumb)`, async () => {
      const log = join(folder, "log");
      const screen = open(file, await argv(), { environment: { TERM: "dumb" }, log, rows: 50 });
      for (const [shown, answer] of answers) {
        await screen.shows(shown);
        screen.enter(answer);
      }
      await screen.shows(/exit code [02]/);
      const written = readFileSync(log, "latin1");
      expect(written).to.include("exit code");
      expect(written).not.to.include("\u001b");
    });

  for (const [file, argv] of [
    ["02-basic-p2p/client.ts", ["--help"]],
    ["checks/check.ts", ["--help"]],
    ["checks/check.ts", ["01/P9.9"]],
    ["01-calculator/client.ts", ["--port", "1"]],
    ["02-basic-p2p/server.ts", ["something", "else"]],
  ] as const)
    it(`${file} ${argv.join(" ")} ends its lines between words`, async () => {
      const wide = start(file, [...argv]);
      await wide.exitCode();
      const words = [...wide.lines, ...wide.errorLines]
        .join(" ")
        .split(/\s+/)
        .filter((word) => word !== "");
      const screen = open(file, [...argv], { columns: 50, rows: 120 });
      const rows = (await screen.shows(/exit code [012]/)).split("\n").slice(0, -1);
      expect(rows.some((row) => row.length > 40)).to.equal(true);
      expect(
        rows
          .join(" ")
          .split(/\s+/)
          .filter((word) => word !== ""),
      ).to.deep.equal(words);
    });
});

describe("input and files of any kind", () => {
  it("P0.4 a byte order mark at the very beginning of piped input is no part of it; later it is a character", async () => {
    const port = await server("01-calculator/server.ts");
    const calculator = start("01-calculator/client.ts", ["--port", String(port)]);
    calculator.enter("\uFEFF1 + 1");
    await calculator.line("= 2");
    calculator.enter("\uFEFF1 + 1");
    await calculator.line(/^error: unexpected ".*" at column 1$/);
    const address = `127.0.0.1:${await server("02-basic-p2p/server.ts")}`;
    const bob = await user("bob", address);
    const alice = start("02-basic-p2p/client.ts", ["--name", "alice", "--registry", address]);
    alice.enter("\uFEFF/users");
    await alice.line("users: bob");
    alice.enter("/chat bob");
    await alice.line("chat with bob started");
    alice.enter("\uFEFF/users");
    await bob.line("alice> \uFEFF/users");
  });

  it("P0.6 --host takes an IPv6 address with the brackets of URLs, too", async () => {
    for (const host of ["::1", "[::1]"]) {
      const calculator = start("01-calculator/server.ts", ["--port", "0", "--host", host]);
      const line = await calculator.line(/^listening on \[::1\]:[0-9]+$/);
      const port = line.split(":").at(-1) ?? "";
      const client = start("01-calculator/client.ts", ["--port", port, "--host", host, "4", "*", "5"]);
      await client.line("20");
    }
  });

  it("P1.10 the names of files in the place of * get a hint about the shell, numbers do not", async () => {
    const port = await server("01-calculator/server.ts");
    for (const name of ["notes.txt", "4"]) writeFileSync(join(folder, name), "");
    const ask = (...words: string[]): ChildProgram =>
      start("01-calculator/client.ts", ["--port", String(port), ...words], { INIT_CWD: folder });
    const expanded = ask("2", "+", "3", "4", "notes.txt", "4");
    expect(await expanded.exitCode()).to.equal(2);
    expect(expanded.errors).to.match(/^error: the shell .*"\*".*\n$/);
    await ask("2", "+", "4").line("6");
    const wrong = ask("2", "+", "x");
    expect(await wrong.exitCode()).to.equal(1);
    expect(wrong.errors).to.equal('error: unexpected "x" at column 5\n');
  });

  it("files are meant from the folder that the user is in, in every program", async () => {
    const capture = readFileSync(join(COURSE_FOLDER, "captures/04-aes-chat.pcap"));
    const keys = readFileSync(join(COURSE_FOLDER, "captures/04-aes-chat.keys"));
    writeFileSync(join(folder, "mine.pcap"), capture);
    writeFileSync(join(folder, "mine.keys"), keys);
    const run = async (file: string, ...argv: string[]): Promise<ChildProgram> => {
      const program = start(file, argv, { INIT_CWD: folder });
      expect(await program.exitCode(), `${file} ${argv.join(" ")}: ${program.errors}`).to.equal(0);
      return program;
    };
    expect((await run("captures/show.ts", "mine.pcap")).lines[0]).to.equal("mine.pcap");
    await run("captures/show.ts", "mine.pcap", "--stream", "2", "--keys", "mine.keys");
    await run("attacks/attack.ts", "sniff", "--stage", "04", "mine.pcap");
    await run("checks/check.ts", "01/P1.4", "--record", "run.pcap", "--junit", "run.xml");
    for (const name of ["run.pcap", "run.xml"]) expect(existsSync(join(folder, name)), name).to.equal(true);
    await run("captures/capture.ts", "01", "--method", "recorder", "new.pcap");
    expect(existsSync(join(folder, "new.pcap"))).to.equal(true);
    const address = `127.0.0.1:${await server("04-aes-chat/server.ts")}`;
    const environment = { INIT_CWD: folder, CHATKEYLOGFILE: "chat.keys" };
    const client = start("04-aes-chat/client.ts", ["--name", "alice", "--registry", address], environment);
    await client.line(/^registered as/);
    expect(existsSync(join(folder, "chat.keys"))).to.equal(true);
  });

  it("a folder in the place of a file gets a sentence, in every program", async () => {
    mkdirSync(join(folder, "d"));
    const PROBLEMS: readonly (readonly [string, ...string[]])[] = [
      ["captures/show.ts", "d"],
      ["captures/show.ts", "--keys", "d", "--stream", "2", join(COURSE_FOLDER, "captures/04-aes-chat.pcap")],
      ["captures/capture.ts", "01", "--method", "recorder", "d"],
      ["checks/check.ts", "01/P1.4", "--record", "d"],
      ["checks/check.ts", "01/P1.4", "--junit", "d"],
      ["authoring/grade.ts", "d", "--csv", "d"],
      ["attacks/attack.ts", "sniff", "d"],
    ];
    for (const [file, ...argv] of PROBLEMS) {
      const program = start(file, argv, { INIT_CWD: folder });
      expect(await program.exitCode(), `${file} ${argv.join(" ")}`).to.be.oneOf([1, 2]);
      expect(program.errors).to.match(/^error: [^\n]*it is a folder[^\n]*\n$/);
    }
  });
});
