// The calculator's client as a program (P1.10 of the contract): what the checks of P1 do not ask for.

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

  const pipe = (input: string): Promise<Outcome> => outcome(start(["--port", String(port)], input));

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
    it("P1.10 P0.5 takes no unfinished reply for a value", async () => {
      const { client, wire } = await playServer(["1 + 1"]);
      expect(await wire.line()).to.equal("1 + 1");
      wire.send("= 2");
      wire.endHalf();
      const { lines, code } = await outcome(client);
      expect(lines).to.deep.equal([]);
      expect(code).to.equal(1);
    });
  });

  describe("reading from a pipe", () => {
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
  });

  describe("at its start", () => {
    it("P1.10 takes --host", async () => {
      const client = start(["--host", "127.0.0.1", "--port", String(port), "1", "+", "1"]);
      expect(await outcome(client)).to.deep.equal({ lines: ["2"], errors: "", code: 0 });
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
