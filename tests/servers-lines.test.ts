// Lines on the wire, as P0.1 to P0.5 of the contract have them, for the calculator and for the registry.

import { expect } from "chai";
import fc from "fast-check";
import { type Program, startServer } from "../course/programs.ts";
import {
  errorCode,
  register,
  sendInPieces,
  untilNobodyIsRegistered,
  type Wire,
  Wires,
} from "./support/wire.ts";

/** Byte sequences that are no UTF-8: stray, overlong, surrogate, beyond Unicode, cut off. */
const BAD_UTF8 = [
  [0xff],
  [0x80],
  [0xc0, 0xaf],
  [0xe0, 0x80, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98],
];

describe("servers: lines on the wire", () => {
  const wires = new Wires();

  describe("the calculator's", () => {
    let server: Program;
    let port: number;

    before(async () => {
      ({ server, port } = await startServer("01-calculator/server.ts"));
    });
    after(() => server.kill());
    afterEach(() => wires.closeAll());

    /** Asks over another connection: when it has answered, the server has read what was sent to it before. */
    async function roundTrip(): Promise<void> {
      const wire = await wires.open(port);
      wire.send("1 + 1\n");
      expect(await wire.line()).to.equal("= 2");
      wire.close();
    }

    it("P0.1 drops a CR before the LF, and only one", async () => {
      const wire = await wires.open(port);
      wire.send("1 + 1\r\n\r\n2 + 2\n3\r\r\n");
      expect(await wire.line()).to.equal("= 2");
      expect(await wire.line()).to.equal("error: empty expression");
      expect(await wire.line()).to.equal("= 4");
      expect(await wire.line()).to.equal('error: unexpected "\ufffd" at column 2');
    });

    it("P0.1 P0.2 takes a CR and its LF in two pieces for one end of a line", async () => {
      const wire = await wires.open(port);
      wire.send("1 + 1\r");
      await roundTrip();
      wire.send("\n2 + 2\n");
      expect(await wire.line()).to.equal("= 2");
      expect(await wire.line()).to.equal("= 4");
    });

    it("P0.2 puts together a line and a character that arrive byte by byte", async () => {
      const wire = await wires.open(port);
      for (const byte of Buffer.from("1 + 😀\n")) {
        wire.send(Buffer.of(byte));
        await roundTrip();
      }
      expect(await wire.line()).to.equal('error: unexpected "😀" at column 5');
    });

    it("P0.2 P1.2 answers any list of requests wholly and in order, cut anywhere", async () => {
      const exchange = fc.constantFrom(
        ["1 + 1\n", "= 2"],
        ["2 * 3\r\n", "= 6"],
        ["\n", "error: empty expression"],
        ["1 / 0\n", "error: division by zero"],
        ["é\n", 'error: unexpected "é" at column 1'],
        ["1 + 😀😀\r\n", 'error: unexpected "😀" at column 5'],
        ["7 €\n", 'error: unexpected "€" at column 3'],
      );
      const wire = await wires.open(port);
      await fc.assert(
        fc.asyncProperty(
          fc.array(exchange, { minLength: 1, maxLength: 20 }),
          fc.array(fc.nat(200), { maxLength: 12 }),
          async (exchanges, cuts) => {
            const bytes = Buffer.from(exchanges.map(([request]) => request).join(""));
            await sendInPieces(
              wire,
              bytes,
              cuts.filter((cut) => cut < bytes.length),
            );
            for (const [, reply] of exchanges) expect(await wire.line()).to.equal(reply);
          },
        ),
        { numRuns: 100 },
      );
    });

    it("P0.3 answers a line of 4,096 bytes, the LF included", async () => {
      const wire = await wires.open(port);
      wire.send(`${"7".padStart(4095)}\n`);
      expect(await wire.line()).to.equal("= 7");
      wire.send(`${"7".padStart(4094)}\r\n`);
      expect(await wire.line()).to.equal("= 7");
    });

    it("P0.3 answers a line of one byte more with line too long, and closes", async () => {
      const wire = await wires.open(port);
      wire.send(`1 + 1\n${"7".padStart(4096)}\n2 + 2\n`);
      expect(await wire.end()).to.equal("= 2\nerror: line too long\n");
    });

    it("P0.3 counts bytes, not characters", async () => {
      const [fits, surplus] = [await wires.open(port), await wires.open(port)];
      fits.send(`${"é".repeat(2047)}1\n`);
      expect(await fits.line()).to.equal('error: unexpected "é" at column 1');
      surplus.send(`${"é".repeat(2048)}\n`);
      expect(await surplus.end()).to.equal("error: line too long\n");
    });

    it("P0.2 P0.3 has the same limit for a line in pieces", async () => {
      const [fits, surplus] = [await wires.open(port), await wires.open(port)];
      for (let piece = 0; piece < 5; piece += 1) {
        fits.send(" ".repeat(818));
        surplus.send(" ".repeat(819));
        await roundTrip();
      }
      fits.send("12345\n");
      expect(await fits.line()).to.equal("= 12345");
      surplus.send("7\n");
      expect(await surplus.end()).to.equal("error: line too long\n");
    });

    it("P0.3 does not wait for the end of a line that is too long", async () => {
      const wire = await wires.open(port);
      wire.send("7".repeat(1_000_000));
      expect(await wire.end()).to.equal("error: line too long\n");
      await roundTrip();
    });

    it("P0.4 P1.7 answers bytes that are no UTF-8 with bad-encoding, and goes on", async () => {
      const wire = await wires.open(port);
      for (const bytes of BAD_UTF8) {
        wire.send(Buffer.from([0x31, ...bytes, 0x0a]));
        wire.send("1 + 1\n");
        expect(await wire.line()).to.equal("error: bad-encoding");
        expect(await wire.line()).to.equal("= 2");
      }
    });

    it("P0.5 answers the complete lines of a client that has ended its half, and closes", async () => {
      const wire = await wires.open(port);
      wire.send("1 + 1\n".repeat(2000));
      wire.endHalf();
      expect(await wire.end()).to.equal("= 2\n".repeat(2000));
    });

    it("P0.5 never acts on an unfinished last line", async () => {
      const endings = ["2 + 2", "2 + 2\r", "END", "x", "\xff"];
      for (const ending of endings) {
        const wire = await wires.open(port);
        wire.send(Buffer.from(`1 + 1\n${ending}`, "latin1"));
        wire.endHalf();
        expect(await wire.end()).to.equal("= 2\n");
      }
    });

    it("P0.5 closes a connection that ends without a line", async () => {
      const wire = await wires.open(port);
      wire.endHalf();
      expect(await wire.end()).to.equal("");
    });
  });

  describe("the registry's", () => {
    let server: Program;
    let port: number;

    before(async () => {
      ({ server, port } = await startServer("02-basic-p2p/server.ts", ["--heartbeat", "600"]));
    });
    after(() => server.kill());
    afterEach(async () => {
      wires.closeAll();
      await untilNobodyIsRegistered(port);
    });

    async function registered(username: string): Promise<Wire> {
      const wire = await wires.open(port);
      await register(wire, username);
      return wire;
    }

    /** A list request of exactly so many bytes, the LF included. */
    function listOf(bytes: number): string {
      const around = '{"type":"list","padding":""}\n'.length;
      return `{"type":"list","padding":"${"x".repeat(bytes - around)}"}\n`;
    }

    it("P0.1 P0.2 takes a CR, pieces, and several lines in one piece", async () => {
      const wire = await registered("alice");
      const other = await registered("bob");
      expect((await wire.json()).type).to.equal("joined");
      for (const byte of Buffer.from('{"type":"list","é":"😀"}\r\n')) {
        wire.send(Buffer.of(byte));
        other.send("{}\n");
        expect(await errorCode(other)).to.equal("bad-request");
      }
      expect((await wire.json()).type).to.equal("users");
      wire.send('{"type":"lookup","username":"bob"}\r\n{"type":"list"}\n');
      expect((await wire.json()).type).to.equal("user");
      expect((await wire.json()).type).to.equal("users");
    });

    it("P0.2 P2.5 answers any list of requests wholly and in order, cut anywhere", async () => {
      const exchange = fc.constantFrom(
        ['{"type":"list"}\n', "users"],
        ['{"type":"lookup","username":"nobody"}\r\n', "unknown-user"],
        ['{"type":"lookup","username":"😀é"}\n', "unknown-user"],
        ['{"type":"register","username":"bob","port":5}\n', "already-registered"],
        ["€\n", "bad-request"],
        ["\r\n", "bad-request"],
        ['{"type":"pong"}\n', undefined],
      );
      const wire = await registered("alice");
      await fc.assert(
        fc.asyncProperty(
          fc.array(exchange, { minLength: 1, maxLength: 15 }),
          fc.array(fc.nat(600), { maxLength: 12 }),
          async (exchanges, cuts) => {
            const bytes = Buffer.from(exchanges.map(([request]) => request).join(""));
            await sendInPieces(
              wire,
              bytes,
              cuts.filter((cut) => cut < bytes.length),
            );
            for (const [, answer] of exchanges) {
              if (answer === "users") expect(await wire.json()).to.deep.equal({ type: "users", users: [] });
              else if (answer !== undefined) expect(await errorCode(wire)).to.equal(answer);
            }
          },
        ),
        { numRuns: 50 },
      );
    });

    it("P0.3 answers a line of 262,144 bytes, the LF included", async () => {
      const wire = await registered("alice");
      wire.send(listOf(262_144));
      expect(await wire.json()).to.deep.equal({ type: "users", users: [] });
      wire.send(listOf(262_143).replace("\n", "\r\n"));
      expect(await wire.json()).to.deep.equal({ type: "users", users: [] });
    });

    it("P0.3 P2.7 answers a line of one byte more with line-too-long, closes, and frees the name", async () => {
      const watcher = await registered("watcher");
      const wire = await registered("alice");
      expect((await watcher.json()).type).to.equal("joined");
      wire.send(`${listOf(262_145)}{"type":"list"}\n`);
      expect(await errorCode(wire)).to.equal("line-too-long");
      expect(await wire.end()).to.equal("");
      expect(await watcher.json()).to.deep.equal({ type: "left", username: "alice" });
      await registered("alice");
    });

    it("P0.3 counts bytes, not characters", async () => {
      const wire = await registered("alice");
      const around = '{"type":"list","padding":""}\n'.length;
      wire.send(`{"type":"list","padding":"${"é".repeat((262_144 - around + 1) / 2)}"}\n`);
      expect(await errorCode(wire)).to.equal("line-too-long");
      expect(await wire.end()).to.equal("");
    });

    it("P0.3 does not wait for the end of a line that is too long", async () => {
      const wire = await wires.open(port);
      wire.send("x".repeat(3_000_000));
      expect(await errorCode(wire)).to.equal("line-too-long");
      expect(await wire.end()).to.equal("");
    });

    it("P0.4 P2.7 answers bytes that are no UTF-8 with bad-encoding, and goes on", async () => {
      const wire = await registered("alice");
      for (const bytes of BAD_UTF8) {
        const [head, tail] = ['{"type":"list","x":"', '"}\n'].map((part) => Buffer.from(part));
        wire.send(Buffer.concat([head ?? Buffer.of(), Buffer.from(bytes), tail ?? Buffer.of()]));
        expect(await errorCode(wire)).to.equal("bad-encoding");
        wire.sendJson({ type: "list" });
        expect(await wire.json()).to.deep.equal({ type: "users", users: [] });
      }
    });

    it("P0.5 answers the complete lines of a client that has ended its half, and closes", async () => {
      const wire = await wires.open(port);
      wire.sendJson({ type: "register", username: "alice", port: 50001 });
      for (let i = 0; i < 500; i += 1) wire.sendJson({ type: "lookup", username: `nobody-${i}` });
      wire.sendJson({ type: "list" });
      wire.endHalf();
      expect(await wire.json()).to.deep.equal({ type: "registered", username: "alice" });
      for (let i = 0; i < 500; i += 1) expect(await errorCode(wire)).to.equal("unknown-user");
      expect(await wire.json()).to.deep.equal({ type: "users", users: [] });
      expect(await wire.end()).to.equal("");
    });

    it("P0.5 never acts on an unfinished last line", async () => {
      const watcher = await registered("watcher");
      const halfClosed = await wires.open(port);
      halfClosed.send('{"type":"register","username":"alice","port":50001}');
      halfClosed.endHalf();
      expect(await halfClosed.end()).to.equal("");
      const reset = await wires.open(port);
      reset.send('{"type":"register","username":"bob","port":50001}');
      watcher.send("{}\n");
      expect(await errorCode(watcher)).to.equal("bad-request");
      reset.reset();
      watcher.sendJson({ type: "list" });
      expect(await watcher.json()).to.deep.equal({ type: "users", users: [] });
    });
  });
});
