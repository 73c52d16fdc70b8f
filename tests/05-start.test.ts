// How a peer of stage 05 starts, and what keeps it from starting (P8.1, P8.2). Without discovery: nothing leaves this
// machine's loopback, and no fixed port is used.

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { ChildProgram } from "../programs/child-program.ts";
import { startProgram } from "../programs/stage-programs.ts";

const ON_WINDOWS = process.platform === "win32";

describe("a peer of stage 05 starts", () => {
  let folder = "";
  const programs: ChildProgram[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "peer-"));
    writeFileSync(join(folder, "passphrase"), "open sesame, and quickly\n");
  });

  afterEach(async () => {
    await Promise.all(programs.splice(0).map((program) => program.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  function run(...argv: string[]): ChildProgram {
    const program = startProgram("05-lan-chat/peer.ts", argv);
    programs.push(program);
    return program;
  }

  function peer(...more: string[]): ChildProgram {
    const passphrase = more.includes("--passphrase-file")
      ? []
      : ["--passphrase-file", join(folder, "passphrase")];
    const port = more.includes("--port") ? [] : ["--port", "0"];
    const data = more.includes("--data") ? [] : ["--data", join(folder, "data")];
    return run(
      "--name",
      "alice",
      "--team",
      "rocket",
      "--no-discovery",
      ...passphrase,
      ...port,
      ...data,
      ...more,
    );
  }

  /** Runs a program that must not start: its exit code, and the one line that it says. */
  async function refused(program: ChildProgram): Promise<{ code: number | null; error: string }> {
    const code = await program.exitCode();
    expect(program.lines, "standard output").to.deep.equal([]);
    const errors = program.errorLines.filter((line) => !line.startsWith("warning: "));
    expect(errors, "standard error").to.have.length(1);
    expect(errors[0]).to.match(/^error: /);
    return { code, error: errors[0] ?? "" };
  }

  it("P8.1 the first line says where it listens; the end of input ends it with exit code 0", async () => {
    const alice = peer();
    await alice.line(/^listening on 127\.0\.0\.1:[1-9][0-9]*$/);
    alice.endInput();
    expect(await alice.exitCode()).to.equal(0);
    expect(alice.lines[0]).to.match(/^listening on /);
    expect(alice.errorLines).to.deep.equal([]);
  });

  it("P8.1 /quit, exit, SIGINT and SIGTERM end it with exit code 0, too", async () => {
    for (const end of ["/quit", "exit", "SIGINT", "SIGTERM"] as const) {
      if (ON_WINDOWS && end.startsWith("SIG")) continue;
      const alice = peer();
      await alice.line(/^listening on /);
      if (end === "SIGINT" || end === "SIGTERM") alice.signal(end);
      else alice.enter(end);
      expect(await alice.exitCode(), end).to.equal(0);
    }
  });

  it("P8.1 a wrong option ends it with exit code 2", async () => {
    for (const [argv, problem] of [
      [["--name", "all"], /--name all: a name is/],
      [["--name", "alice"], /--team is missing/],
      [["--name", "alice", "--team", "a b"], /a team is/],
      [["--name", "alice", "--team", "t", "--port", "80"], /from 1024 to 65535/],
      [["--nonsense"], /unknown option --nonsense/],
    ] as const) {
      const { code, error } = await refused(run(...argv));
      expect(code, error).to.equal(2);
      expect(error).to.match(problem);
    }
  });

  it("P8.1 a passphrase that cannot be had ends it with exit code 1", async () => {
    writeFileSync(join(folder, "empty"), "\nopen sesame\n");
    writeFileSync(join(folder, "latin"), Buffer.from([0xe9, 0x0a]));
    for (const [name, problem] of [
      ["empty", /begins with an empty line/],
      ["latin", /UTF-8/],
      ["none", /ENOENT/],
    ] as const) {
      const { code, error } = await refused(peer("--passphrase-file", join(folder, name)));
      expect(code, name).to.equal(1);
      expect(error).to.match(problem);
    }
    const { code, error } = await refused(
      run("--name", "alice", "--team", "rocket", "--data", join(folder, "data")),
    );
    expect(code).to.equal(1);
    expect(error).to.match(/--passphrase-file/);
    expect(existsSync(join(folder, "data")), "nothing was made before").to.equal(false);
  });

  it("P8.1 a short passphrase gets a warning, which does not show it, on standard error", async () => {
    writeFileSync(join(folder, "short"), "sesame\n");
    const alice = peer("--passphrase-file", join(folder, "short"));
    await alice.line(/^warning: the passphrase is shorter than 16 characters/, "stderr");
    await alice.line(/^listening on /);
    expect(alice.errors + alice.lines.join()).not.to.include("sesame");
  });

  it("P8.1 --new-team prints six words, others each time, and ends", async () => {
    const texts: string[] = [];
    for (const program of [run("--new-team"), run("--new-team")]) {
      expect(await program.exitCode()).to.equal(0);
      expect(program.lines).to.have.length(1);
      expect(program.lines[0]).to.match(/^[a-z]+(?: [a-z]+){5}$/);
      texts.push(program.lines[0] ?? "");
    }
    expect(texts[0]).not.to.equal(texts[1]);
  });

  it("P8.1 --help shows every option", async () => {
    const program = run("--help");
    expect(await program.exitCode()).to.equal(0);
    const text = program.lines.join("\n");
    for (const option of "name team passphrase-file port host peer data beacon inactive access no-discovery help".split(
      " ",
    ))
      expect(text).to.include(`--${option}`);
  });

  it("P8.2 the identity is made once, for the owner's eyes alone, and never printed", async () => {
    const first = peer();
    await first.line(/^listening on /);
    first.endInput();
    await first.exitCode();
    const file = join(folder, "data", "identity.pem");
    const pem = readFileSync(file, "utf8");
    expect(pem).to.match(/^-----BEGIN PRIVATE KEY-----\n/);
    if (!ON_WINDOWS) {
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      expect(statSync(join(folder, "data")).mode & 0o777).to.equal(0o700);
    }
    const second = peer();
    await second.line(/^listening on /);
    second.endInput();
    await second.exitCode();
    expect(readFileSync(file, "utf8")).to.equal(pem);
    const secret = pem.split("\n")[1] ?? "";
    for (const program of [first, second])
      expect(program.lines.join() + program.errors).not.to.include(secret);
  });

  it("P8.2 a second program on the same folder says so and ends with exit code 1; after a kill -9 one starts again", async () => {
    const first = peer();
    await first.line(/^listening on /);
    const { code, error } = await refused(peer());
    expect(code).to.equal(1);
    expect(error).to.include(join(folder, "data"));
    await first.kill();
    await peer().line(/^listening on /);
  });

  it("P9.11 a history that is damaged is not touched, and an error says what to do", async () => {
    const first = peer();
    await first.line(/^listening on /);
    first.endInput();
    await first.exitCode();
    const file = join(folder, "data", "history.db");
    const nonsense = Buffer.alloc(8192, "nonsense ");
    writeFileSync(file, nonsense);
    const { code, error } = await refused(peer());
    expect(code).to.equal(1);
    expect(error).to.include("history.db");
    expect(readFileSync(file).equals(nonsense)).to.equal(true);
  });

  it("a data folder that cannot be made, an identity that is none: one line each, exit code 1", async () => {
    writeFileSync(join(folder, "file"), "");
    const { code, error } = await refused(peer("--data", join(folder, "file", "data")));
    expect(code).to.equal(1);
    expect(error).to.match(/file/);
    const first = peer();
    await first.line(/^listening on /);
    first.endInput();
    await first.exitCode();
    writeFileSync(join(folder, "data", "identity.pem"), "no key\n");
    const second = await refused(peer());
    expect(second.code).to.equal(1);
    expect(second.error).to.include("identity.pem");
    expect(readFileSync(join(folder, "data", "identity.pem"), "utf8")).to.equal("no key\n");
  });

  it("P8.1 an address that is not this machine's ends it with exit code 1", async () => {
    const { code } = await refused(peer("--host", "192.0.2.1"));
    expect(code).to.equal(1);
  });

  it("P9.12 what nobody has found is said, and what to try", async () => {
    const alice = peer();
    await alice.line(/^listening on /);
    alice.enter("/peers");
    await alice.line(/^nobody found yet: .*\/doctor$/);
    await alice.line("peers: 0");
    alice.enter("/doctor");
    await alice.line(/^doctor: discovery is off/);
    alice.enter("/stats");
    await alice.line(
      "stats: size 0, token 0, time 0, shape 0, own 0, repeated 0, old 0, ended 0, key 0, rate 0, signature 0, address 0, team 0, full 0",
    );
    alice.enter("/help");
    await alice.line(/^\/peers /);
    alice.enter("/menu");
    await alice.line(/^1 messaging session/);
    alice.enter("hello");
    await alice.line(/^error: no messaging session is open/);
    alice.enter("/msg bob hi");
    await alice.line(/^error: nobody is known as bob/);
    alice.enter("/msg alice hi");
    await alice.line("error: that is you");
    alice.enter("/connect 127.0.0.1:1");
    await alice.line(/^error: no session with 127\.0\.0\.1:1: /);
    alice.enter("0");
    expect(await alice.exitCode()).to.equal(0);
  });
});
