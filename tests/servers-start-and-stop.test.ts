// How the four servers begin and end: what the checks of P0.6 do not ask for. Several are started side by side.

import { expect } from "chai";
import { Program, startServer } from "../course/programs.ts";
import { Wires } from "./support/wire.ts";

const CALCULATOR = "01-calculator/server.ts";
const SERVERS = [
  CALCULATOR,
  "02-basic-p2p/server.ts",
  "03-dh-chat/server.ts",
  "04-aes-chat/server.ts",
] as const;

/** Signals do not exist on Windows: there the process is ended from outside, without an exit code. */
const EXIT_CODE_AFTER_SIGNAL = process.platform === "win32" ? null : 0;

interface Outcome {
  file: string;
  lines: string[];
  errors: string;
  code: number | null;
}

describe("servers: start and stop", () => {
  const programs: Program[] = [];
  const wires = new Wires();

  afterEach(async () => {
    wires.closeAll();
    for (const program of programs.splice(0)) await program.kill();
  });

  /** Runs a server that should end by itself. */
  async function run(file: string, ...argv: string[]): Promise<Outcome> {
    const program = new Program(file, argv);
    programs.push(program);
    const code = await program.exitCode();
    return { file, lines: program.lines, errors: program.errors, code };
  }

  async function listen(file: string, ...argv: string[]): Promise<{ server: Program; port: number }> {
    const started = await startServer(file, argv);
    programs.push(started.server);
    return started;
  }

  /** What wrong arguments must lead to: one line that matches, no stack trace, nothing on standard output. */
  function expectRefusals(outcomes: readonly Outcome[], line: RegExp): void {
    for (const { file, lines, errors, code } of outcomes) {
      expect({ file, lines, code }).to.deep.equal({ file, lines: [], code: 2 });
      expect(errors, file).to.match(line);
    }
  }

  it("P0.6 answers arguments that it does not know with one line and exit code 2", async () => {
    const outcomes = await Promise.all([
      ...SERVERS.map((file) => run(file, "--nonsense")),
      run(CALCULATOR, "surplus"),
    ]);
    expectRefusals(outcomes, /^[^\n]+\n$/);
  });

  it("P0.6 answers a port that is none with one line and exit code 2", async () => {
    const ports = ["65536", "-1", "1.5"];
    const outcomes = await Promise.all([
      ...ports.map((port) => run(CALCULATOR, "--port", port)),
      run(CALCULATOR, "--port"),
      run("02-basic-p2p/server.ts", "--port", "x"),
    ]);
    expectRefusals(outcomes, /^[^\n]*--port[^\n]*\n$/);
  });

  it("P0.6 P1.9 P2.6 answers seconds that are none with one line and exit code 2", async () => {
    const outcomes = await Promise.all([
      run(CALCULATOR, "--idle-timeout", "soon"),
      run("02-basic-p2p/server.ts", "--heartbeat", "soon"),
      run("02-basic-p2p/server.ts", "--register-timeout", "-1"),
    ]);
    expectRefusals(outcomes, /^[^\n]+\n$/);
  });

  it("P0.6 ends at SIGTERM also while a client reads nothing of what it is sent", async () => {
    const { server, port } = await listen(CALCULATOR);
    const deaf = await wires.open(port);
    deaf.socket.pause();
    const other = await wires.open(port);
    for (let round = 0; round < 50; round += 1) {
      deaf.send("x\n".repeat(32_768));
      other.send("1 + 1\n");
      expect(await other.line()).to.equal("= 2");
    }
    server.signal("SIGTERM");
    expect(await server.exitCode()).to.equal(EXIT_CODE_AFTER_SIGNAL);
  });
});
