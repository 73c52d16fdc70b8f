// npm run web as a student starts it: a real process, its output, its port, and the end of all that it has started.

import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { ChildProgram, type ProgramOptions } from "../programs/child-program.ts";
import { descendants, processes } from "../programs/process-tree.ts";
import { CourseCopy } from "../tests/support/course-copy.ts";
import { isRunning, until, untilGone } from "../tests/support/until.ts";
import { startWeb } from "./program.ts";
import { PageClient } from "./testing/page-client.ts";

const TSX = import.meta.resolve("tsx");
const PRINTED = /^the course: (http:\/\/127\.0\.0\.1:(\d+)\/#token=([\w-]{43}))(.*)$/;

interface Started {
  program: ChildProgram;
  address: string;
  port: number;
  token: string;
}

describe("npm run web", () => {
  let copy: CourseCopy;
  const programs: ChildProgram[] = [];

  before(() => {
    copy = new CourseCopy();
  });
  afterEach(async () => {
    await Promise.all(programs.splice(0).map((program) => program.kill()));
    copy.forgetWork();
  });
  after(() => copy?.remove());

  function run(argv: readonly string[], options: ProgramOptions = {}): ChildProgram {
    const words = [process.execPath, "--import", TSX, "web/web.ts", ...argv];
    const program = new ChildProgram("npm run web", words, { folder: copy.folder, ...options });
    programs.push(program);
    return program;
  }

  async function start(
    argv: readonly string[] = ["--no-open"],
    options: ProgramOptions = {},
  ): Promise<Started> {
    const program = run(argv, options);
    const [, address = "", port = "", token = ""] = PRINTED.exec(await program.line(PRINTED)) ?? [];
    return { program, address, port: Number(port), token };
  }

  it("prints one line, the address, and serves there; the token stands nowhere else", async () => {
    const { program, port, token } = await start(["--no-open", "--at", "/lessons/01-1"]);
    expect(program.lines).to.have.length(1);
    expect(program.lines[0]).to.match(/&at=\/lessons\/01-1$/);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(response.status).to.equal(200);
    expect(await response.text()).not.to.include(token);
    await program.kill();
    expect(program.errors).to.equal("");
  });

  it("has another port and another token each time, and the port that it is given", async () => {
    const first = await start();
    await first.program.kill();
    const second = await start(["--no-open", "--port", String(first.port)]);
    expect(second.port).to.equal(first.port);
    expect(second.token).not.to.equal(first.token);
    await second.program.kill();
    // The system may draw the same one again, but not every time.
    const ports = [first.port];
    for (let i = 0; i < 3; i += 1) {
      const { program, port } = await start();
      ports.push(port);
      await program.kill();
    }
    expect(new Set(ports).size).to.be.greaterThan(1);
  });

  it("says in one line that a port is taken, and what else is wrong", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const wrong: [string[], RegExp][] = [
      [
        ["--port", String(port)],
        new RegExp(`^error: another program listens on port ${port} already; without --port`),
      ],
      [["--port", "many"], /^error: --port takes a number/],
      [["--hots"], /^error: .*--hots.*--help/],
    ];
    for (const [argv, pattern] of wrong) {
      const program = run(argv);
      expect(await program.exitCode(), argv.join(" ")).to.equal(2);
      expect(program.errors.trim()).to.match(pattern);
      expect(program.errors.trim().split("\n")).to.have.length(1);
      expect(program.lines).to.deep.equal([]);
    }
    server.close();
  });

  it("starts where nothing can be written", async () => {
    // A file in place of a folder stops every user, also the one who may do all.
    writeFileSync(copy.path("a-file"), "");
    const web = await startWeb({ folder: copy.path("a-file/work") });
    expect((await fetch(`http://127.0.0.1:${web.server.port}/`)).status).to.equal(200);
    await web.close();
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    it(`ends all that it has started when it gets ${signal}`, async () => {
      const { program, port, token } = await start();
      const page = await PageClient.open(port, token);
      await page.call("wire/open", { stage: "02", columns: 80, rows: 24 });
      const children = (): number[] => below(program.pid);
      await until(() => children().length >= 3, "the programs of a scene");
      const started = children();
      program.signal(signal);
      expect(await program.exitCode()).to.equal(130);
      await untilGone(...started);
    });

  it("ends what it has started for a page when that page has gone", async () => {
    const { program, port, token } = await start();
    const before = below(program.pid);
    const page = await PageClient.open(port, token);
    await page.call("wire/open", { stage: "02", columns: 80, rows: 24 });
    const children = (): number[] => below(program.pid).filter((pid) => !before.includes(pid));
    await until(() => children().length >= 3, "the programs of a scene");
    const started = children();
    page.close();
    await untilGone(...started);
    expect(isRunning(program.pid)).to.equal(true);
  });

  describe("opens the browser", () => {
    /** A program in place of the system's: it notes its words. */
    function fakeOpener(): { environment: Record<string, string>; noted: string } {
      const bin = copy.path("work/bin");
      const noted = join(bin, "noted.txt");
      mkdirSync(bin, { recursive: true });
      for (const name of ["xdg-open", "open"]) {
        writeFileSync(
          join(bin, name),
          `#!/bin/sh\nprintf '%s\\n' "$@" > "${noted}.new"\nmv "${noted}.new" "${noted}"\n`,
        );
        chmodSync(join(bin, name), 0o755);
      }
      return { environment: { PATH: `${bin}:${process.env.PATH}` }, noted };
    }

    it("with a file that the user alone may read, and that leads to the address", async function () {
      if (process.platform === "win32") return this.skip();
      const { environment, noted } = fakeOpener();
      const { program, address, token } = await start([], { environment });
      await until(() => existsSync(noted), "what the opener was given");
      const words = readFileSync(noted, "utf8");
      expect(words).not.to.include(token);
      const file = words.trim();
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      expect(readFileSync(file, "utf8")).to.include(`content="0; url=${address}"`);
      program.signal("SIGINT");
      await program.exitCode();
      expect(existsSync(file)).to.equal(false);
    });

    it("or does nothing where there is no program for it", async function () {
      if (process.platform === "win32") return this.skip();
      const { program, port } = await start([], { environment: { PATH: "" } });
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).to.equal(200);
      expect(program.errors).to.equal("");
    });
  });
});

/** All processes that descend from one. */
function below(pid: number): number[] {
  return descendants(pid, processes());
}
