// Tests what `npm run check` says of programs that do not do their work at all, of runs that are stopped, and of packets.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readCapture } from "../captures/read/read-capture.ts";
import { quote } from "../checks/engine/readable-bytes.ts";
import { CHECKS, findChecks } from "../checks/index.ts";
import type { ChildProgram } from "../programs/child-program.ts";
import { COURSE_FOLDER } from "../programs/course-folder.ts";
import { startProgram } from "../programs/stage-programs.ts";
import { withTool } from "./support/tools.ts";
import { until, untilGone } from "./support/until.ts";

/** The beginning of each server: it listens on the port that is its first argument, and says so. */
const LISTENS = `
const net = require("node:net");
const fs = require("node:fs");
const port = Number(process.argv[2]);
function serve(answer) {
  net.createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => answer(socket, String(data)));
  }).listen(port, "127.0.0.1", () => console.log("listening on 127.0.0.1:" + port));
}
`;

/** Answers what the checker asks to see whether it lives, and nothing else. It notes its id when it is silent. */
const HANGS = `${LISTENS}
serve((socket, text) => {
  if (text === "1 + 1\\n") socket.write("= 2\\n");
  else if (text === "END\\n") socket.end();
  else fs.writeFileSync(__dirname + "/silent", String(process.pid));
});`;

/** A chat client in Node.js that registers as it should. */
const REGISTERS = `
const net = require("node:net");
const [registry, username] = process.argv.slice(2);
const server = net.createServer().listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  const socket = net.connect(Number(registry.split(":")[1]), "127.0.0.1", () =>
    socket.write(JSON.stringify({ type: "register", username, port }) + "\\n"));
  socket.on("data", () => registered(port));
});
`;

describe("the reports of npm run check", () => {
  let folder: string;
  const programs: ChildProgram[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "check-reports-"));
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.kill();
    rmSync(folder, { recursive: true });
  });

  /** Writes a program for Node.js. @returns the command that starts it */
  function node(code: string): string {
    const file = join(folder, "program.cjs");
    writeFileSync(file, code);
    return `"${process.execPath}" "${file}"`;
  }

  function start(...argv: string[]): ChildProgram {
    const program = startProgram("checks/check.ts", argv);
    programs.push(program);
    return program;
  }

  async function check(...argv: string[]): Promise<{ text: string; errors: string; code: number | null }> {
    const program = start(...argv);
    const code = await program.exitCode();
    return { text: program.lines.join("\n"), errors: program.errors, code };
  }

  /** The whole report as one line of words. */
  const words = (text: string): string => text.replace(/\s+/g, " ");

  /** The file into which the silent server writes its process id. */
  const silent = (): string => join(folder, "silent");

  async function untilSilentRuns(): Promise<void> {
    await until(() => existsSync(silent()) && readFileSync(silent(), "utf8") !== "", "the silent server");
  }

  describe("give one verdict with one cause", () => {
    async function hasOneVerdict(argv: readonly string[], ...causes: RegExp[]): Promise<void> {
      const { text, errors, code } = await check(...argv, "--timeout", "1");
      expect(text.match(/^(?:NOT RUN|FAILED|passed)/gm), text).to.deep.equal(["NOT RUN"]);
      for (const cause of causes) expect(words(text)).to.match(cause);
      expect(text).to.match(/0 passed, 0 failed, \d+ could not run\./);
      expect(errors).to.equal("");
      expect(code).to.equal(2);
    }
    const server = (command: string): string[] => ["01", "--server", command];

    it("to a command that is not found", () =>
      hasOneVerdict(
        server("no-such-program {port}"),
        /all \d+ checks of the server/,
        /no-such-program is not installed/,
      ));

    it("to a server with a syntax error", () =>
      hasOneVerdict(
        server(`${node("const x = ;")} {port}`),
        /\(exit code 1\): SyntaxError: Unexpected token ';'.*program\.cjs:1/,
      ));

    it("to a server whose module is missing", () =>
      hasOneVerdict(
        server(`${node('require("./nosuch");')} {port}`),
        /Error: Cannot find module '\.\/nosuch'/,
      ));

    it("to a server that ends with a usage text", () =>
      hasOneVerdict(
        server(node('console.error("usage: server PORT"); process.exit(64);')),
        /\(exit code 64\): usage: server PORT/,
      ));

    it("to a server that listens on another port than it was given", () =>
      hasOneVerdict(
        server(
          `${node(`${LISTENS.replace("Number(process.argv[2])", "0")}
const one = net.createServer().listen(0, "127.0.0.1", () => console.log("listening on 127.0.0.1:" + one.address().port));`)} {port}`,
        ),
        /the server says that it listens on port \d+, and was given \d+ /,
      ));

    it("to a server whose command has no place for the port", () =>
      hasOneVerdict(
        server(node(`setInterval(() => {}, 1000); console.log("ready on port 10001");`)),
        /listens on port 10001, and was given \d+: its command has no \{port\}, so --port was added at the end/,
      ));

    it("to a server that listens and never answers", () =>
      hasOneVerdict(
        server(`${node(`${LISTENS} serve(() => {});`)} {port}`),
        /accepts connections and never answers: in 1 s nothing came on "1 \+ 1\\n" nor on "END\\n"/,
      ));

    if (process.platform !== "win32")
      it("to a server in an endless loop", () =>
        hasOneVerdict(
          server(`${node(`${LISTENS} serve(() => { for (;;); });`)} {port}`),
          /never answers.*a loop in it has no end/,
        ));

    it("to a registry that never answers", () =>
      hasOneVerdict(
        ["02", "--server", `${node(`${LISTENS} serve(() => {});`)} {port}`],
        /accepts connections and never answers: in 1 s nothing came on "\{\\"type\\":\\"register\\"/,
      ));

    it("to a client of the calculator that never connects", () =>
      hasOneVerdict(
        ["01", "--client", node("setInterval(() => {}, 1000);")],
        /the client runs, and never connects to port \d+, which it was given/,
      ));

    it("to a client of the calculator that sends nothing", () =>
      hasOneVerdict(
        [
          "01",
          "--client",
          `${node('require("node:net").connect(Number(process.argv[2]), "127.0.0.1");')} {port}`,
        ],
        /the client connects to port \d+, which it was given, and sends nothing within 1 s/,
      ));

    it("to a client of the calculator that prints nothing", () =>
      hasOneVerdict(
        [
          "01",
          "--client",
          `${node('const s = require("node:net").connect(Number(process.argv[2]), "127.0.0.1", () => s.write("1 + 1\\n")); s.resume(); setInterval(() => {}, 1000);')} {port}`,
        ],
        /the client gets its answer, runs on, and prints nothing on standard output\. .*flushes it/,
      ));

    it("to a chat client that ends at once", () =>
      hasOneVerdict(
        ["02", "--client", `${node('throw new Error("planted");')} {registry} {name}`],
        /the client has ended \(exit code 1\): Error: planted/,
      ));

    it("to a chat client that prints nothing", () =>
      hasOneVerdict(
        ["02", "--client", `${node(`${REGISTERS} function registered() {}`)} {registry} {name}`],
        /the client is registered, runs on, and prints nothing on standard output/,
      ));

    withTool("python3", ["--version"], "in Python", () => {
      const python = (code: string): string => {
        const file = join(folder, "program.py");
        writeFileSync(file, code);
        return `python3 "${file}"`;
      };

      it("to a server whose module is missing", () =>
        hasOneVerdict(
          server(`${python("import nosuchmodule\n")} {port}`),
          /ModuleNotFoundError: No module named 'nosuchmodule' File ".*program\.py", line 1/,
        ));

      it("to a chat client that keeps what it prints in its buffer", () =>
        hasOneVerdict(
          [
            "02",
            "--client",
            `${python(`import json, os, socket, sys, time
if os.environ.pop("PYTHONUNBUFFERED", None) is not None: os.execv(sys.executable, [sys.executable, *sys.argv])
host, port = sys.argv[1].split(":")
registry = socket.create_connection((host, int(port)))
own = socket.create_server(("127.0.0.1", 0)).getsockname()[1]
registry.sendall((json.dumps({"type": "register", "username": sys.argv[2], "port": own}) + "\\n").encode())
registry.recv(1000)
print(f"registered as {sys.argv[2]}, listening on 127.0.0.1:{own}")
time.sleep(1000)
`)} {registry} {name}`,
          ],
          /is registered, runs on, and prints nothing on standard output\. .*stay in a buffer/,
        ));
    });

    it("in JSON and in JUnit, too: each check has its verdict, and the cause stands once", async () => {
      const junit = join(folder, "report.xml");
      const { text } = await check("01", "--server", "no-such-program {port}", "--json", "--junit", junit);
      const { checks, couldNotRun, passed, failed, notRun } = JSON.parse(text);
      const expected = findChecks("01").filter(({ of }) => of === "server").length;
      expect([checks.length, couldNotRun, passed, failed, notRun]).to.deep.equal([
        expected,
        expected,
        0,
        0,
        0,
      ]);
      expect(text.match(/not installed/g)).to.have.length(1);
      const xml = readFileSync(junit, "utf8");
      expect(xml.match(/<error message="for the same reason as /g)).to.have.length(expected - 1);
      expect(
        xml.match(/<error message="the server could not be started: no-such-program is not installed/g),
      ).to.have.length(1);
    });
  });

  describe("take any sign of life for one", () => {
    for (const [what, code] of [
      ["a wrong answer", `serve((socket) => socket.write("?"));`],
      ["the end of a connection", `serve((socket) => socket.end());`],
      ["an answer to one request only", `serve((socket, text) => { if (text === "END\\n") socket.end(); });`],
    ] as const)
      it(what, async () => {
        const command = `${node(LISTENS + code)} {port}`;
        const { text, code: exit } = await check("01/P1.4", "--server", command, "--timeout", "1");
        expect(text).to.match(/^FAILED {2}01\/P1\.4-left-to-right/m);
        expect(exit).to.equal(1);
      });
  });

  it("tell three times at most that a server ends on a request, and count the rest", async () => {
    const command = `${node(`${LISTENS} serve((socket, text) => { if (text !== "END\\n") throw new TypeError("planted"); socket.end(); });`)} {port}`;
    const { text, code } = await check("01/P1", "--server", command, "--timeout", "1");
    expect(words(text).match(/the server has ended \(exit code 1\): TypeError: planted/g)).to.have.length(2);
    expect(text.match(/for the same reason as P1\.1-client-first$/gm)).to.have.length(2);
    expect(text).to.match(/^FAILED {2}and \d+ more for the same reason as P1\.1-client-first:/m);
    expect(text).to.contain("likely:    An error that the program does not catch.");
    expect(code).to.equal(1);
  });

  it("show what a server that goes on has printed of an error", async () => {
    const command = `${node(`${LISTENS} serve((socket, text) => { try { null.x; } catch (error) { console.error(error); socket.end(); } });`)} {port}`;
    const { text } = await check("01/P1.4-left-to-right", "--server", command);
    expect(words(text)).to.contain(
      "the server has printed on standard error: TypeError: Cannot read properties of null",
    );
    expect(text).to.contain("likely:    An error that the program does not catch.");
  });

  it("tell by the form of an answer what is wrong with it", async () => {
    const command = `${node(`${LISTENS} serve((socket) => socket.write("= 20\\r\\n"));`)} {port}`;
    const { text } = await check("01/P1.4-left-to-right", "--server", command);
    expect(text).to.contain("likely:    There is a CR too many");
    expect(text).not.to.contain("Multiplication is done first");
  });

  it("guess at no cause when nothing comes", async () => {
    const command = `${node(HANGS)} {port}`;
    const { text } = await check("01/P1.4-left-to-right", "--server", command, "--timeout", "1");
    expect(text).to.contain("received:  nothing within 1 s").and.not.to.contain("likely:");
  });

  it("have the verdicts in the order of the clauses", async () => {
    const { text } = await check("01/P0", "--jobs", "4");
    const ids = [...text.matchAll(/^passed {2}01\/(\S+)/gm)].map(([, id]) => id);
    expect(ids).to.deep.equal(findChecks("01", "P0").map(({ id }) => id));
    expect(text).not.to.contain("…"); // The line about progress is for terminals only.
  });

  describe("of a run that is stopped", () => {
    /** The checks of a server. None of them ends by itself, but for the first question. */
    const argv = (): string[] => ["01", "--server", `${node(HANGS)} {port}`, "--timeout", "600"];
    const files = (): { junit: string; record: string } => ({
      junit: join(folder, "report.xml"),
      record: join(folder, "run.pcap"),
    });

    async function areWritten(why: RegExp): Promise<void> {
      const { junit, record } = files();
      const xml = readFileSync(junit, "utf8");
      expect(xml)
        .to.match(new RegExp(`<skipped message="not run: ${why.source}"/>`))
        .and.to.match(/<\/testsuites>\n$/);
      expect(Number(/tests="(\d+)"/.exec(xml)?.[1])).to.equal(xml.match(/<testcase/g)?.length);
      let packets = 0;
      for await (const _ of readCapture(record)) packets += 1;
      expect(packets).to.be.greaterThan(0);
    }

    it("by its limit say so, and what is known so far; nothing runs on", async () => {
      const { junit, record } = files();
      const { text, code } = await check(...argv(), "--limit", "4", "--junit", junit, "--record", record);
      expect(text).to.match(/\d+ could not run, \d+ not run: the limit of 4 s was reached\./);
      expect(code).to.equal(2);
      await areWritten(/the limit of 4 s was reached/);
      await untilGone(Number(readFileSync(silent(), "utf8")));
    });

    it("by its limit before any check could begin", async () => {
      const command = `${node(`${LISTENS} serve(() => {});`)} {port}`;
      const { text, code } = await check(
        "01",
        "--server",
        command,
        "--timeout",
        "600",
        "--limit",
        "1",
        "--json",
      );
      const { checks, notRun, stopped } = JSON.parse(text);
      expect(notRun).to.equal(checks.length);
      expect(stopped).to.equal("the limit of 1 s was reached");
      expect(code).to.equal(2);
    });

    for (const [signal, exit] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ] as const)
      it(`by ${signal} are written all the same; nothing runs on`, async () => {
        const { junit, record } = files();
        const program = start(...argv(), "--junit", junit, "--record", record, "--json");
        await untilSilentRuns();
        program.signal(signal);
        expect(await program.exitCode()).to.equal(exit);
        expect(JSON.parse(program.lines.join("\n")).stopped).to.equal(`the run was stopped by ${signal}`);
        await areWritten(new RegExp(`the run was stopped by ${signal}`));
        await untilGone(Number(readFileSync(silent(), "utf8")));
      });

    it("by two signals end it at once; nothing runs on", async () => {
      const program = start(...argv());
      await untilSilentRuns();
      program.signal("SIGINT");
      program.signal("SIGINT");
      expect(await program.exitCode()).to.equal(130);
      await untilGone(Number(readFileSync(silent(), "utf8")));
    });

    it("because nobody reads its output any more show no error", async () => {
      const command = `${node(`${LISTENS} serve((socket) => socket.write("= 21\\n"));`)} {port}`;
      const child = spawn(
        process.execPath,
        ["--import", "tsx", "checks/check.ts", "01/P1", "--server", command],
        {
          cwd: COURSE_FOLDER,
        },
      );
      let errors = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        errors += text;
      });
      child.stdout.once("data", () => child.stdout.destroy());
      await new Promise((resolve) => child.once("close", resolve));
      expect(errors).to.equal("");
    });
  });

  describe("number packets as the file of --record does", () => {
    const argv = (): string[] => [
      "01/P1",
      "--server",
      `${node(`${LISTENS} serve((socket) => socket.write("= 21\\n"));`)} {port}`,
    ];

    it("also when several checks have failed", async () => {
      const record = join(folder, "run.pcap");
      const { text } = await check(...argv(), "--record", record, "--json", "--jobs", "4");
      const payloads: string[] = [];
      for await (const { data } of readCapture(record)) payloads.push(data.subarray(54).toString());
      const failed = JSON.parse(text).checks.filter(
        ({ packet }: { packet?: number }) => packet !== undefined,
      );
      expect(failed).to.have.length.greaterThan(5);
      const answered = failed.filter(
        ({ failure }: { failure: { received: string } }) => failure.received === '"= 21\\n"',
      );
      expect(answered).to.have.length.greaterThan(5);
      for (const { id, packet, failure } of answered) {
        expect(payloads[packet - 1], id).to.equal("= 21\n");
        if (failure.sent.length > 200) continue; // The report shows only its beginning.
        const request = payloads.slice(0, packet - 1).findLast((payload) => quote(payload) === failure.sent);
        expect(request, id).to.be.a("string");
      }
      expect(new Set(answered.map(({ packet }: { packet: number }) => packet)).size).to.equal(
        answered.length,
      );
    });

    it("on the screen as well, and name the file", async () => {
      const record = join(folder, "run.pcap");
      const { text } = await check(...argv(), "--record", record);
      const payloads: string[] = [];
      for await (const { data } of readCapture(record)) payloads.push(data.subarray(54).toString());
      const reports = text
        .split(/^(?=FAILED|passed)/m)
        .filter((report) => report.includes('received:  "= 21\\n"'));
      expect(reports).to.have.length.greaterThan(5);
      for (const report of reports) {
        const number = Number(/packet: {4}(\d+) of run\.pcap/.exec(report)?.[1]);
        expect(payloads[number - 1], report).to.equal("= 21\n");
      }
    });

    it("and leave the number out if nothing is recorded", async () => {
      const { text } = await check(...argv());
      expect(text).to.contain("first difference").and.not.to.contain("packet");
    });
  });

  it("are refused before the run if they cannot be written", async () => {
    const { errors, code } = await check("01", "--junit", join(folder, "none", "report.xml"));
    expect(errors.trim().split("\n")).to.have.length(1);
    expect(errors).to.match(/^error: cannot write \S+: there is no such file or folder\n$/);
    expect(code).to.equal(2);
  });

  it("have a title for each check that fits a line of JUnit", () => {
    for (const { id, title } of CHECKS) expect(title, id).not.to.contain("\n");
  });
});
