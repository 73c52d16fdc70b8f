// The calculator's client as a program: what it prints, where, and its exit code (P1.10 of the contract).

import { expect } from "chai";
import { Program, startServer } from "../course/programs.ts";
import { type Wire, WireServer } from "./support/wire.ts";

const CLIENT = "01-calculator/client.ts";

describe("01 calculator client", () => {
  let server: Program;
  let port: number;
  const programs: Program[] = [];
  const played: { server: WireServer; wires: Wire[] }[] = [];

  before(async () => {
    ({ server, port } = await startServer("01-calculator/server.ts"));
  });
  after(() => server.kill());
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.kill();
    for (const { server, wires } of played.splice(0)) {
      for (const wire of wires) wire.close();
      server.close();
    }
  });

  /** Starts a client and gives it its whole standard input. */
  function start(argv: readonly string[], input = ""): Program {
    const client = new Program(CLIENT, argv);
    programs.push(client);
    client.write(input);
    client.endInput();
    return client;
  }

  interface Outcome {
    lines: string[];
    errors: string;
    code: number | null;
  }

  async function outcome(client: Program): Promise<Outcome> {
    const code = await client.exitCode();
    return { lines: client.lines, errors: client.errors, code };
  }

  const calculate = (...expression: string[]): Promise<Outcome> =>
    outcome(start(["--port", String(port), ...expression]));
  const pipe = (input: string): Promise<Outcome> => outcome(start(["--port", String(port)], input));

  /** A port on which nobody listens: it was free a moment ago. */
  async function unusedPort(): Promise<string> {
    const server = await WireServer.listen();
    server.close();
    return String(server.port);
  }

  /** A server played by the test, and the client's connection to it. */
  async function playServer(
    argv: readonly string[],
    input?: string,
  ): Promise<{ client: Program; wire: Wire }> {
    const server = await WireServer.listen();
    const wires: Wire[] = [];
    played.push({ server, wires });
    const client = start(["--port", String(server.port), ...argv], input);
    const wire = await server.connection();
    wires.push(wire);
    return { client, wire };
  }

  describe("with an expression", () => {
    it("P1.10 sends its arguments as one expression and prints the value alone", async () => {
      const whole = await Promise.all([calculate("2", "+", "3", "*", "4"), calculate("2 + 3 * 4")]);
      for (const one of whole) expect(one).to.deep.equal({ lines: ["20"], errors: "", code: 0 });
    });

    it("P1.10 needs no -- before an expression that begins with a sign", async () => {
      const [apart, whole, alone] = await Promise.all([
        calculate("-4", "*", "2"),
        calculate("-4 * 2"),
        calculate("-4"),
      ]);
      expect(apart).to.deep.equal({ lines: ["-8"], errors: "", code: 0 });
      expect(whole).to.deep.equal({ lines: ["-8"], errors: "", code: 0 });
      expect(alone).to.deep.equal({ lines: ["-4"], errors: "", code: 0 });
    });

    it("P1.10 prints a failure on standard error and ends with exit code 1", async () => {
      const [zero, range, empty, long] = await Promise.all([
        calculate("1 / 0"),
        calculate("1e308 * 10"),
        calculate(""),
        calculate("1".repeat(5000)),
      ]);
      expect(zero).to.deep.equal({ lines: [], errors: "error: division by zero\n", code: 1 });
      expect(range).to.deep.equal({ lines: [], errors: "error: out of range\n", code: 1 });
      expect(empty).to.deep.equal({ lines: [], errors: "error: empty expression\n", code: 1 });
      expect(long).to.deep.equal({ lines: [], errors: "error: line too long\n", code: 1 });
    });

    it("P1.10 reads options only before the expression", async () => {
      const [behind, help] = await Promise.all([
        calculate("1", "+", "2", "--port", "5"),
        calculate("1", "--help"),
      ]);
      for (const { lines, errors, code } of [behind, help]) {
        expect(lines).to.deep.equal([]);
        expect(errors).to.match(/^error: unexpected "-" at column [0-9]+\n$/);
        expect(code).to.equal(1);
      }
    });

    it("P1.10 P0.5 takes no unfinished reply for a value", async () => {
      const { client, wire } = await playServer(["1 + 1"]);
      expect(await wire.line()).to.equal("1 + 1");
      wire.send("= 2");
      wire.endHalf();
      const { lines, code } = await outcome(client);
      expect(lines).to.deep.equal([]);
      expect(code).to.equal(1);
    });

    it("P0.2 P1.10 puts together a reply that arrives in pieces", async () => {
      const { client, wire } = await playServer(["1 + é"]);
      expect(await wire.line()).to.equal("1 + é");
      for (const byte of Buffer.from('error: unexpected "é" at column 5\r\n')) {
        await new Promise((resolve) => wire.socket.write(Buffer.of(byte), resolve));
      }
      expect(await outcome(client)).to.deep.equal({
        lines: [],
        errors: 'error: unexpected "é" at column 5\n',
        code: 1,
      });
    });
  });

  describe("reading from a pipe", () => {
    it("P1.10 prints each reply line as it came, nothing else, and ends with exit code 0", async () => {
      expect(await pipe("1 + 2\n1 / 0\n\n2 x\n.1 + .2\n")).to.deep.equal({
        lines: [
          "= 3",
          "error: division by zero",
          "error: empty expression",
          'error: unexpected "x" at column 3',
          "= 0.3",
        ],
        errors: "",
        code: 0,
      });
    });

    it("P1.10 prints nothing for no lines", async () => {
      expect(await pipe("")).to.deep.equal({ lines: [], errors: "", code: 0 });
    });

    it("P1.2 P1.10 prints the replies to thousands of lines in their order", async () => {
      const numbers = Array.from({ length: 5000 }, (_, i) => i);
      const { lines, errors, code } = await pipe(numbers.map((n) => `${n} * 2\n`).join(""));
      expect(lines).to.deep.equal(numbers.map((n) => `= ${n * 2}`));
      expect(errors).to.equal("");
      expect(code).to.equal(0);
    });

    it("P1.10 prints a reply before it reads the next line", async () => {
      const client = new Program(CLIENT, ["--port", String(port)]);
      programs.push(client);
      client.enter("1 + 1");
      await client.line("= 2");
      client.enter("2 + 2");
      await client.line("= 4");
      client.endInput();
      expect(await outcome(client)).to.deep.equal({ lines: ["= 2", "= 4"], errors: "", code: 0 });
    });

    it("P1.8 P1.10 ends with exit code 0 at the line END", async () => {
      expect(await pipe("1 + 1\nEND\n")).to.deep.equal({ lines: ["= 2"], errors: "", code: 0 });
    });
  });

  describe("at its start", () => {
    it("P1.10 says in one line how to start a server if there is none, and ends with exit code 1", async () => {
      const unused = await unusedPort();
      const all = await Promise.all([
        outcome(start(["--port", unused, "1 + 1"])),
        outcome(start(["--port", unused], "1 + 1\n")),
      ]);
      for (const { lines, errors, code } of all) {
        expect(lines).to.deep.equal([]);
        expect(errors).to.match(/^[^\n]*(01:server|01-calculator\/server)[^\n]*\n$/);
        expect(code).to.equal(1);
      }
    });

    it("P1.10 takes --host", async () => {
      const client = start(["--host", "127.0.0.1", "--port", String(port), "1", "+", "1"]);
      expect(await outcome(client)).to.deep.equal({ lines: ["2"], errors: "", code: 0 });
    });

    it("P1.10 shows its options with --help", async () => {
      const { lines, errors, code } = await outcome(start(["--help"]));
      expect(lines.join("\n")).to.include("--host").and.include("--port").and.include("--help");
      expect(errors).to.equal("");
      expect(code).to.equal(0);
    });

    it("P1.10 answers a wrong port with one line and exit code 2", async () => {
      const all = await Promise.all([
        outcome(start(["--port", "x", "1 + 1"])),
        outcome(start(["--port", "65536", "1 + 1"])),
        outcome(start(["--port"])),
      ]);
      for (const { lines, errors, code } of all) {
        expect(lines).to.deep.equal([]);
        expect(errors).to.match(/^[^\n]*--port[^\n]*\n$/);
        expect(code).to.equal(2);
      }
    });
  });
});
