import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect } from "chai";
import { transformSync } from "esbuild";
import { parseLog, type TimedEvent } from "../captures/record/recorder-log.ts";
import { ChildProgram } from "../programs/child-program.ts";

const RECORDER = new URL("../captures/record/recorder.ts", import.meta.url).href;
const WITH_RECORDER = ["--import", "tsx", "--import", RECORDER];

/** A server on a port that the system chooses. `serve` is the code for each socket. */
const serverCode = (serve: string, options = "{}"): string => `
  import { createServer } from "node:net";
  const server = createServer(${options}, (socket) => { ${serve} });
  server.listen({ host: "127.0.0.1", port: 0 }, () => console.log("port " + server.address().port));`;

/** A client. Its socket is still connecting when `talk` begins. */
const clientCode = (port: number, talk: string, options = ""): string => `
  import { connect } from "node:net";
  const socket = connect({ host: "127.0.0.1", port: ${port}, ${options} });
  ${talk}`;

describe("the recorder", () => {
  /** Loads the recorder as JavaScript: a program starts three times as fast with it as with tsx. */
  let withCompiledRecorder: readonly string[] = [];
  let compiled = "";
  let folder = "";
  let programs: ChildProgram[] = [];

  before(() => {
    compiled = mkdtempSync(join(tmpdir(), "recorder-test-"));
    const path = join(compiled, "recorder.mjs");
    const source = readFileSync(fileURLToPath(RECORDER), "utf8");
    writeFileSync(path, transformSync(source, { loader: "ts" }).code);
    withCompiledRecorder = ["--import", pathToFileURL(path).href];
  });

  after(() => rmSync(compiled, { recursive: true }));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "recorder-test-"));
  });

  afterEach(async () => {
    await Promise.all(programs.map((program) => program.kill()));
    programs = [];
    rmSync(folder, { recursive: true, force: true });
  });

  function node(code: string, argv: readonly string[], log = folder): ChildProgram {
    const words = [process.execPath, ...argv, "--input-type=module", "-e", code];
    const program = new ChildProgram("program", words, { environment: { CAPTURE_LOG: log } });
    programs.push(program);
    return program;
  }

  const recorded = (code: string): ChildProgram => node(code, withCompiledRecorder);
  const recordedWithTsx = (code: string): ChildProgram => node(code, WITH_RECORDER);
  const unrecorded = (code: string): ChildProgram => node(code, []);

  async function portOf(server: ChildProgram): Promise<number> {
    return Number((await server.line(/^port /)).slice("port ".length));
  }

  /** The events of each process that has written a log. */
  function logs(): TimedEvent[][] {
    return readdirSync(folder).map((name) => parseLog(readFileSync(join(folder, name), "utf8")));
  }

  /** The events of the only process that has written a log. */
  function log(): TimedEvent[] {
    const all = logs();
    expect(all).to.have.length(1);
    return all[0] ?? [];
  }

  const bytes = (events: readonly TimedEvent[], kind: "sent" | "received"): string =>
    Buffer.concat(events.flatMap((event) => (event.event === kind ? [event.data] : []))).toString();

  const kinds = (events: readonly TimedEvent[]): string[] => events.map(({ event }) => event);

  it("writes down what a server says that speaks first, in the same turn as it accepts", async () => {
    const server = recordedWithTsx(
      serverCode(`socket.write("welcome, "); socket.end("and goodbye"); server.close();`),
    );
    const client = unrecorded(clientCode(await portOf(server), `socket.pipe(process.stdout);`));
    expect((await client.exit()).code).to.equal(0);
    await server.exit();
    const events = log();
    expect(events[0]).to.include({ event: "opened", role: "called" });
    expect(bytes(events, "sent")).to.equal("welcome, and goodbye");
    expect(kinds(events).slice(-3)).to.have.members(["end-sent", "end-received", "closed"]);
  });

  it("does so too when the program replaces all listeners for connections", async () => {
    const server = recorded(`${serverCode("")}
      server.removeAllListeners("connection");
      server.on("connection", (socket) => { socket.end("hello"); server.close(); });`);
    const client = unrecorded(clientCode(await portOf(server), `socket.resume();`));
    await Promise.all([client.exit(), server.exit()]);
    expect(bytes(log(), "sent")).to.equal("hello");
  });

  it("writes down what a client writes before the connection stands", async () => {
    const server = unrecorded(serverCode(`socket.pipe(socket); server.close();`, "{ allowHalfOpen: true }"));
    const talk = `socket.write("a"); socket.write("é", "utf8"); socket.write("ff00", "hex"); socket.end("b"); socket.resume();`;
    const client = recordedWithTsx(clientCode(await portOf(server), talk));
    await Promise.all([client.exit(), server.exit()]);
    const events = log();
    expect(events[0]).to.include({ event: "opened", role: "caller" });
    const sent = Buffer.concat(events.flatMap((event) => (event.event === "sent" ? [event.data] : [])));
    expect(sent.toString("hex")).to.equal("61c3a9ff0062");
    expect(bytes(events, "received")).to.equal(sent.toString());
  });

  it("gives both sides the same addresses, and times that grow", async () => {
    const server = recorded(serverCode(`socket.end("x"); server.close();`));
    const client = recorded(clientCode(await portOf(server), `socket.resume();`));
    await Promise.all([client.exit(), server.exit()]);
    const opened = logs().flatMap((events) => events.slice(0, 1));
    const [one, other] = opened.map((event) => (event.event === "opened" ? event : undefined));
    expect(one?.local).to.deep.equal(other?.remote);
    expect(one?.remote).to.deep.equal(other?.local);
    for (const events of logs()) {
      const times = events.map(({ time }) => time);
      expect(times).to.deep.equal([...times].sort((left, right) => Number(left - right)));
      const age = Date.now() - Number((times[0] ?? 0n) / 1_000_000n);
      expect(age).to.be.within(-5_000, 60_000);
    }
  });

  it("leaves backpressure as it is: what write() returns, and when the rest goes on", async () => {
    const serve = `
      let rest = 40;
      const more = () => {
        while (rest > 0) {
          rest -= 1;
          if (!socket.write(Buffer.alloc(262144, 65 + rest % 26))) { console.log("full"); return; }
        }
        socket.end();
      };
      socket.on("drain", more);
      more();
      server.close();`;
    // The server reads nothing until the test tells it to.
    const read = `
      import { createHash } from "node:crypto";
      const hash = createHash("sha256"); let bytes = 0;
      process.stdin.once("data", () => {
        process.stdin.destroy();
        socket.on("data", (chunk) => { hash.update(chunk); bytes += chunk.length; });
        socket.on("end", () => console.log(bytes + " " + hash.digest("hex")));
      });`;
    const outputs: string[] = [];
    for (const start of [unrecorded, recorded]) {
      const server = start(serverCode(serve));
      const client = start(clientCode(await portOf(server), read));
      await server.line(/^full$/);
      client.write("go\n");
      outputs.push(await client.line(/./));
      await Promise.all([client.exit(), server.exit()]);
    }
    expect(outputs[1]).to.equal(outputs[0]);
    expect(outputs[0]).to.match(/^10485760 [0-9a-f]{64}$/);
    for (const events of logs()) {
      expect(bytes(events, "sent").length + bytes(events, "received").length).to.equal(10_485_760);
    }
  });

  it("leaves half-open connections open", async () => {
    const serve = `
      let heard = "";
      socket.on("data", (chunk) => { heard += chunk; });
      socket.on("end", () => { socket.end("you said " + heard); server.close(); });`;
    const server = recorded(serverCode(serve, "{ allowHalfOpen: true }"));
    const talk = `socket.end("all"); socket.on("data", (chunk) => console.log(String(chunk)));`;
    const client = recorded(clientCode(await portOf(server), talk, "allowHalfOpen: true"));
    await client.line(/^you said all$/);
    await Promise.all([client.exit(), server.exit()]);
    for (const events of logs()) expect(kinds(events)).to.include.members(["end-sent", "end-received"]);
  });

  it("leaves errors as they are: nobody listens there, and nobody handles that", async () => {
    const server = unrecorded(serverCode(""));
    const port = await portOf(server);
    await server.kill();
    const endings = [];
    for (const start of [unrecorded, recorded]) {
      const client = start(clientCode(port, ""));
      const { code } = await client.exit();
      endings.push({ code, error: client.errorLines.find((line) => line.startsWith("Error:")) });
    }
    expect(endings[1]).to.deep.equal(endings[0]);
    expect(endings[0]?.code).to.equal(1);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("writes down who has reset a connection", async () => {
    const serve = `socket.on("error", () => {}); socket.on("data", () => socket.resetAndDestroy()); server.close();`;
    const server = recorded(serverCode(serve));
    const talk = `socket.write("x"); socket.on("error", (error) => console.log(error.code));`;
    const client = recorded(clientCode(await portOf(server), talk));
    await client.line(/^ECONNRESET$/);
    await Promise.all([client.exit(), server.exit()]);
    const all = logs().map(kinds);
    expect(all.filter((events) => events.includes("reset-sent"))).to.have.length(1);
    expect(all.filter((events) => events.includes("reset-received"))).to.have.length(1);
  });

  it("does not write down what passes through pipes", async () => {
    const path = process.platform === "win32" ? `\\\\\\\\.\\\\pipe\\\\${process.pid}` : join(folder, "pipe");
    const program = recorded(`
      import { connect, createServer } from "node:net";
      const server = createServer((socket) => { socket.end("secret"); server.close(); });
      server.listen(${JSON.stringify(path)}, () => {
        const socket = connect(${JSON.stringify(path)});
        socket.write("secret"); socket.end(); socket.resume();
      });`);
    expect((await program.exit()).code).to.equal(0);
    expect(readdirSync(folder).filter((name) => name !== "pipe")).to.deep.equal([]);
  });

  const endings: Readonly<Record<string, string>> = {
    "by process.exit": `process.exit(0)`,
    "by SIGTERM": `process.kill(process.pid, "SIGTERM")`,
    "by SIGINT": `process.kill(process.pid, "SIGINT")`,
    "by SIGKILL": `process.kill(process.pid, "SIGKILL")`,
    "by an error": `throw new Error("oops")`,
  };
  for (const [how, code] of Object.entries(endings)) {
    it(`loses nothing when the program ends ${how}`, async () => {
      const server = unrecorded(serverCode(`socket.on("error", () => {}).resume(); socket.write("yes");`));
      const talk = `socket.on("data", () => { socket.write("last words", () => { ${code}; }); });`;
      const client = recorded(clientCode(await portOf(server), talk));
      await client.exit();
      const events = log();
      expect(bytes(events, "received")).to.equal("yes");
      expect(bytes(events, "sent")).to.equal("last words");
    });
  }

  it("says in one line that it does not know where to write, and ends with exit code 2", async () => {
    for (const log of ["", join(folder, "none")]) {
      const program = node("console.log('started')", WITH_RECORDER, log);
      expect((await program.exit()).code).to.equal(2);
      expect(program.lines).to.deep.equal([]);
      expect(program.errorLines).to.have.length(1);
      expect(program.errorLines[0]).to.match(/^error: .*CAPTURE_LOG/);
    }
  });

  it("warns once and lets the program go on, if it cannot write", async () => {
    const server = unrecorded(serverCode(`socket.end("still here"); server.close();`));
    const talk = `socket.on("data", (chunk) => console.log(String(chunk)));`;
    const client = recorded(`
      import { rmSync } from "node:fs";
      rmSync(${JSON.stringify(folder)}, { recursive: true });
      ${clientCode(await portOf(server), talk)}`);
    await client.line(/^still here$/);
    expect((await client.exit()).code).to.equal(0);
    expect(client.errorLines).to.have.length(1);
    expect(client.errorLines[0]).to.match(/^warning: the recorder cannot write/);
    expect(existsSync(folder)).to.equal(false);
  });

  // Node.js itself loads TypeScript from 22.18 on. Earlier, only tsx can load our recorder.
  const native = "typescript" in process.features && process.features.typescript !== false;
  const beforeTsx = ["--import", RECORDER, "--import", "tsx"];

  if (native) {
    it("works when it is loaded before tsx is", async () => {
      const server = node(serverCode(`socket.end("hello"); server.close();`), beforeTsx);
      const client = unrecorded(clientCode(await portOf(server), `socket.resume();`));
      await Promise.all([client.exit(), server.exit()]);
      expect(bytes(log(), "sent")).to.equal("hello");
    });
  } else {
    it("cannot be loaded before tsx by this Node.js, which says so and does not start the program", async () => {
      const program = node("console.log('started')", beforeTsx);
      expect((await program.exit()).code).to.equal(1);
      expect(program.lines).to.deep.equal([]);
      expect(program.errorLines.join("\n")).to.include("ERR_UNKNOWN_FILE_EXTENSION");
    });
  }
});
