import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type LoadedCapture, loadCapture } from "../captures/follow/load.ts";
import { NoCaptureTool, startCaptureTool } from "../captures/record/capture-tool.ts";
import { SYNTHETIC_MAC } from "../captures/record/ip-packets.ts";
import { ChildProgram } from "../programs/child-program.ts";
import { freePorts } from "../programs/free-ports.ts";
import { nodeCommand } from "../programs/node-command.ts";
import { leaveOut } from "./support/tools.ts";
import { until } from "./support/until.ts";

const PROGRAM = fileURLToPath(new URL("../captures/capture.ts", import.meta.url));

describe("npm run capture", () => {
  let folder = "";
  let out = "";
  let programs: ChildProgram[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "capture-test-"));
    out = join(folder, "out.pcap");
  });
  afterEach(async () => {
    await Promise.all(programs.map((program) => program.kill()));
    programs = [];
    rmSync(folder, { recursive: true, force: true });
  });

  function start(name: string, words: readonly string[]): ChildProgram {
    // Its temporary files go into our folder, so that we can see whether any are left.
    const program = new ChildProgram(name, words, { environment: { TMPDIR: folder } });
    programs.push(program);
    return program;
  }

  const capture = (...argv: readonly string[]): ChildProgram =>
    start("capture", [...nodeCommand(PROGRAM), ...argv]);

  it("says what is wrong with its arguments in one line, and ends with exit code 2", async () => {
    const wrong = [
      [],
      ["07"],
      ["02", "a.pcap", "b.pcap"],
      ["02", ""],
      ["all", "a.pcap"],
      ["02", "--method", "magic"],
      ["02", "--fast"],
      ["03-toy-group", "--live"],
      ["02", "--live", "--method", "namespace"],
      ["02", "--port", "10000"],
      ["02", "--live", "--port", "0"],
      ["05", "--live", "--method", "namespace"],
      ["05", "--port", "5000"],
    ];
    const runs = wrong.map((argv) => capture(...argv));
    for (const [index, run] of runs.entries()) {
      expect((await run.exit()).code, String(wrong[index])).to.equal(2);
      expect(run.lines).to.deep.equal([]);
      expect(run.errorLines, String(wrong[index])).to.have.length(1);
      expect(run.errorLines[0]).to.match(/^error: .* \(--help shows the usage\)$/);
    }
  });

  it("explains itself", async () => {
    const run = capture("--help");
    expect((await run.exit()).code).to.equal(0);
    expect(run.lines[0]).to.match(/^usage: npm run capture/);
  });

  it("fails in one line where it cannot write", async () => {
    const run = capture("02", join(PROGRAM, "out.pcap"));
    expect((await run.exit()).code).to.equal(1);
    expect(run.errorLines).to.have.length(1);
    expect(run.errorLines[0]).to.match(/^error: cannot record 02: /);
  });

  it("says in one line that 05 needs hosts, and what goes without them", async () => {
    // Without a PATH nothing is found that makes namespaces.
    const run = new ChildProgram("capture", [...nodeCommand(PROGRAM), "05", out], {
      environment: { TMPDIR: folder, PATH: folder },
    });
    programs.push(run);
    expect((await run.exit()).code).to.equal(1);
    expect(run.errorLines).to.have.length(1);
    expect(run.errorLines[0]).to.match(/^error: 05 is recorded between hosts.*npm run capture -- 05 --live$/);
    const recorder = capture("05", out, "--method", "recorder");
    expect((await recorder.exit()).code).to.equal(1);
    expect(recorder.errorLines).to.deep.equal([
      "error: our recorder does not know datagrams: 05 needs network namespaces and a capture tool",
    ]);
  });

  // Windows has no signals that a program could wait for. There, Ctrl-C comes only from the terminal.
  if (process.platform === "win32") return;

  it("leaves nothing behind when it is stopped", async () => {
    const run = capture("02", out, "--method", "recorder");
    await until(() => readdirSync(folder).some((name) => name.startsWith("capture-")), "a temporary folder");
    run.signal("SIGTERM");
    expect((await run.exit()).code).to.equal(1);
    expect(readdirSync(folder).filter((name) => name.startsWith("capture-"))).to.deep.equal([]);
    expect(existsSync(out)).to.equal(false);
  });

  it("--live with our recorder: what it tells to type works, and gives a capture", async () => {
    const [port = 0] = await freePorts([0]);
    const live = capture("02", out, "--live", "--method", "recorder", "--port", String(port));
    await live.line(/^Ctrl-C here ends the recording/);
    const commands = live.lines.filter((line) => line.startsWith("  "));
    expect(commands).to.have.length(3);
    await chat(typed(commands));
    live.signal("SIGINT");
    expect((await live.exit()).code).to.equal(0);
    expect(live.lines.join("\n")).to.include(SYNTHETIC_MAC.caller);
    expect(live.lines.slice(-4)).to.deep.equal([
      "What was said, and every packet:",
      `  npm run show -- ${out} --stream all`,
      `  npm run show -- ${out} --packets`,
      `Or open ${out} in Wireshark (File > Open).`,
    ]);
    const loaded = await loadCapture(out, false);
    expect(textIn(loaded)).to.include("spoken live");
    expect(loaded.streams).to.have.length(3);
  });

  it("--live says so when nothing was recorded", async () => {
    const live = capture("04", out, "--live", "--method", "recorder");
    await live.line(/^Ctrl-C here ends the recording/);
    live.signal("SIGINT");
    expect((await live.exit()).code).to.equal(1);
    expect(live.errorLines.join("\n")).to.match(/^error: nothing was recorded: .*$/);
    expect(existsSync(out)).to.equal(false);
  });

  it("--live with a tool: keeps our connections and no others", async function () {
    try {
      await (await startCaptureTool(join(folder, "probe.pcap"), "tcp port 1")).stop();
    } catch (error) {
      if (error instanceof NoCaptureTool) leaveOut(this, error.message);
      throw error;
    }
    const [port = 0] = await freePorts([0]);
    const live = capture("02", out, "--live", "--method", "tool", "--port", String(port));
    await live.line(/^Ctrl-C here ends the recording/);
    expect(live.lines.filter((line) => line.startsWith("  "))).to.deep.equal([
      `  npm run 02:server -- --port ${port}`,
      `  npm run 02:client -- --name alice --registry 127.0.0.1:${port}`,
      `  npm run 02:client -- --name bob --registry 127.0.0.1:${port}`,
    ]);
    await sayElsewhere("not to be captured");
    await chat(plain(port));
    live.signal("SIGINT");
    expect((await live.exit()).code).to.equal(0);
    const loaded = await loadCapture(out, false);
    expect(textIn(loaded)).to.include("spoken live");
    expect(textIn(loaded)).not.to.include("not to be captured");
    expect(loaded.streams).to.have.length(3);
  });

  interface Commands {
    server: ChildProgram;
    client: (name: "alice" | "bob") => ChildProgram;
  }

  /** Alice says something to Bob, and both leave. */
  async function chat({ server, client }: Commands): Promise<void> {
    await server.line(/^listening on /);
    const bob = client("bob");
    await bob.line(/^registered as bob/);
    const alice = client("alice");
    await alice.line(/^registered as alice/);
    alice.write("/chat bob\n");
    await bob.line(/^alice wants to chat/);
    bob.write("/accept alice\n");
    await alice.line(/^chat with bob started$/);
    alice.write("spoken live\n");
    await bob.line(/^alice> spoken live$/);
    await alice.line(/^delivered to bob: 1$/);
    for (const person of [alice, bob]) person.endInput();
    await Promise.all([alice.exit(), bob.exit()]);
    server.signal("SIGINT");
    await server.exit();
  }

  /** Runs the commands that `--live` has printed. */
  function typed(commands: readonly string[]): Commands {
    const type = (wanted: RegExp): ChildProgram => {
      const command = commands.find((candidate) => wanted.test(candidate)) ?? "";
      // With exec, the program replaces the shell, and gets the signals that we send.
      return start(command, ["sh", "-c", command.replace(" node ", " exec node ")]);
    };
    return {
      server: type(/server\.ts/),
      client: (name) => type(new RegExp(`client\\.ts.* --name ${name}\\b`)),
    };
  }

  /** Runs the programs without a recorder. */
  function plain(port: number): Commands {
    const stage = (file: string, ...argv: readonly string[]): ChildProgram =>
      start(file, [...nodeCommand(`02-basic-p2p/${file}`), ...argv]);
    return {
      server: stage("server.ts", "--port", String(port)),
      client: (name) => stage("client.ts", "--name", name, "--registry", `127.0.0.1:${port}`),
    };
  }
});

/** Makes a connection of another program on the same interface, and sends this text in it. */
async function sayElsewhere(text: string): Promise<void> {
  const server = createServer((socket) => socket.end(text));
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  const address = server.address();
  const socket = connect({
    host: "127.0.0.1",
    port: typeof address === "object" && address !== null ? address.port : 0,
  });
  socket.resume();
  await once(socket, "close");
  server.close();
}

/** All data in a capture, of both directions. */
function textIn({ streams }: LoadedCapture): string {
  const pieces = streams.flatMap(({ fromA, fromB }) => [...fromA, ...fromB]);
  return pieces.map((piece) => (piece.kind === "data" ? piece.bytes.toString() : "")).join("");
}
