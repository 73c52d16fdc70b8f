// Clients that misbehave: the calculator and the registry serve the others meanwhile, and live (P0.7 of the contract).

import { expect } from "chai";
import fc from "fast-check";
import { type Program, startServer } from "../course/programs.ts";
import {
  answerFrom,
  errorCode,
  register,
  untilNobodyIsRegistered,
  type Wire,
  Wires,
} from "./support/wire.ts";

const CALCULATOR = "01-calculator/server.ts";
const REGISTRY = "02-basic-p2p/server.ts";

/** A server, and what a client says to it that behaves. */
interface Service {
  file: string;
  argv: string[];
  /** What comes before the first request. */
  greet: (wire: Wire) => Promise<void>;
  /** A request without its LF, which has an answer of its own. */
  request: string;
  expectAnswer: (wire: Wire) => Promise<void>;
}

const SERVICES: Record<string, Service> = {
  calculator: {
    file: CALCULATOR,
    argv: [],
    greet: async () => {},
    request: "1 + 1",
    expectAnswer: async (wire) => {
      expect(await wire.line()).to.equal("= 2");
    },
  },
  registry: {
    file: REGISTRY,
    argv: ["--heartbeat", "600", "--register-timeout", "600"],
    greet: (wire) => register(wire, "good"),
    request: '{"type":"lookup","username":"nobody"}',
    expectAnswer: async (wire) => {
      expect((await answerFrom(wire)).code).to.match(/^(unknown-user|not-registered)$/);
    },
  },
};

for (const [name, { file, argv, greet, request, expectAnswer }] of Object.entries(SERVICES))
  describe(`servers under attack: the ${name}`, () => {
    let server: Program;
    let port: number;
    let good: Wire;
    const wires = new Wires();

    before(async () => {
      ({ server, port } = await startServer(file, argv));
    });
    after(() => server.kill());
    beforeEach(async () => {
      good = await wires.open(port);
      await greet(good);
    });
    afterEach(async () => {
      wires.closeAll();
      if (file === REGISTRY) await untilNobodyIsRegistered(port);
    });

    /** The good client is served: when it has its answer, the server has met what was done to it before. */
    async function expectService(): Promise<void> {
      good.send(`${request}\n`);
      await expectAnswer(good);
    }

    /** A test of misbehaviour: after it, the server must serve the good client and a new one, and have said nothing. */
    function attack(title: string, misbehave: () => Promise<void>): void {
      it(title, async () => {
        await misbehave();
        await expectService();
        const late = await wires.open(port);
        late.send(`${request}\n`);
        await expectAnswer(late);
        expect(server.errors).to.equal("");
      });
    }

    attack("P0.7 serves others while clients are silent", async () => {
      for (let i = 0; i < 100; i += 1) await wires.open(port);
    });

    attack("P0.7 serves others while a client sends byte by byte, and serves that one too", async () => {
      const slow = await wires.open(port);
      for (const byte of Buffer.from(`${request}\r\n`)) {
        slow.send(Buffer.of(byte));
        await expectService();
      }
      await expectAnswer(slow);
    });

    attack("P0.7 P0.5 serves others while clients end their half anywhere", async () => {
      for (let cut = 0; cut <= request.length + 1; cut += 1) {
        const wire = await wires.open(port);
        wire.send(`${request}\n`.slice(0, cut));
        wire.endHalf();
        await expectService();
        if (cut > request.length) await expectAnswer(wire);
        expect(await wire.end()).to.equal("");
      }
    });

    attack("P0.7 serves others while clients reset their connection anywhere", async () => {
      for (const sent of ["", request.slice(0, 3), `${request}\n`, `${request}\n`.repeat(1000), "\n\n\n"]) {
        for (let i = 0; i < 5; i += 1) {
          const wire = await wires.open(port);
          if (sent !== "") await new Promise((resolve) => wire.socket.write(sent, resolve));
          if (i % 2 === 1) await expectService();
          wire.reset();
          await expectService();
        }
      }
    });

    attack("P0.7 P0.4 serves others while clients send random bytes", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ minLength: 1, maxLength: 200 }),
          fc.nat(300),
          async (bytes, repetitions) => {
            const babbling = await wires.open(port);
            babbling.send(Buffer.concat(Array.from({ length: repetitions + 1 }, () => bytes)));
            await expectService();
            babbling.send("\n");
            await expectService();
            babbling.close();
          },
        ),
        { numRuns: 60 },
      );
    });

    attack("P0.7 serves others while a client reads nothing", async () => {
      const deaf = await wires.open(port);
      deaf.socket.pause();
      for (let round = 0; round < 100; round += 1) {
        deaf.send(`${request}\n`.repeat(500));
        await expectService();
      }
    });

    attack("P0.7 forgets nothing of a client that reads late", async () => {
      const late = await wires.open(port);
      late.socket.pause();
      for (let i = 0; i < 1000; i += 1) late.send(`${request}\n`);
      for (let i = 0; i < 20; i += 1) await expectService();
      late.socket.resume();
      for (let i = 0; i < 1000; i += 1) await expectAnswer(late);
    });
  });

describe("servers under attack: what is left unread", () => {
  const wires = new Wires();
  const programs: Program[] = [];

  async function start(file: string, ...argv: string[]): Promise<number> {
    const { server, port } = await startServer(file, argv);
    programs.push(server);
    return port;
  }

  afterEach(async () => {
    wires.closeAll();
    for (const program of programs.splice(0)) await program.kill();
  });

  /** Writes the same bytes again and again. */
  class Flood {
    /** How often the bytes have been taken over by the system. */
    taken = 0;
    /** Ends when it is stopped, has written the whole amount, or the connection is gone. */
    readonly over: Promise<void>;
    #stopped = false;

    constructor(wire: Wire, bytes: Buffer, limit: number) {
      this.over = this.#write(wire, bytes, limit);
    }

    stop(): void {
      this.#stopped = true;
    }

    async #write(wire: Wire, bytes: Buffer, limit: number): Promise<void> {
      while (!this.#stopped && this.taken < limit) {
        const error = await new Promise((resolve) => wire.socket.write(bytes, resolve));
        if (error) return;
        this.taken += 1;
      }
    }
  }

  it("P0.7 the calculator stops reading from a client that reads nothing, and goes on when it reads", async function () {
    this.timeout(60_000);
    const port = await start(CALCULATOR);
    const [good, deaf] = [await wires.open(port), await wires.open(port)];
    // The replies are as long as the requests, so that both directions fill up.
    const requests = 2048;
    const limit = 4096;
    const reply = 'error: unexpected "x" at column 1\n';
    const flood = new Flood(deaf, Buffer.from(`${"x".padEnd(reply.length - 1)}\n`.repeat(requests)), limit);
    let replies = 0;
    let behind: (() => void) | undefined;
    deaf.socket.removeAllListeners("data").pause();

    // It stands still when nothing more is taken while another client is served a hundred times.
    let [before, rounds] = [0, 0];
    while (rounds < 100) {
      good.send("1 + 1\n");
      expect(await good.line()).to.equal("= 2");
      rounds = flood.taken === before ? rounds + 1 : 0;
      before = flood.taken;
      expect(flood.taken, "all is read, whatever is left unread").to.be.below(limit);
    }

    flood.stop();
    deaf.socket.on("data", (chunk: Buffer) => {
      for (const byte of chunk) if (byte === 0x0a) replies += 1;
      behind?.();
    });
    deaf.socket.resume();
    await flood.over;
    while (replies < flood.taken * requests)
      await new Promise<void>((resolve) => {
        behind = resolve;
      });
    expect(replies).to.equal(flood.taken * requests);
  });

  it("P0.7 the registry drops a client that leaves 1 MiB unread, and no other", async () => {
    const port = await start(REGISTRY, "--heartbeat", "600");
    for (let i = 0; i < 200; i += 1) await register(await wires.open(port), `user${i}`);
    const good = await wires.open(port);
    await register(good, "good");
    const deaf = await wires.open(port);
    await register(deaf, "deaf");
    expect((await good.json()).type).to.equal("joined");
    deaf.socket.pause();
    // An answer has more than 10,000 bytes: 64 MiB are more than any system holds for one connection.
    const flood = new Flood(deaf, Buffer.from('{"type":"list"}\n'), 6_400);
    expect(await good.json()).to.deep.equal({ type: "left", username: "deaf" });
    flood.stop();
    deaf.socket.resume();
    await deaf.end();
    await flood.over;
    await register(await wires.open(port), "deaf");
    expect((await good.json()).type).to.equal("joined");
    good.sendJson({ type: "lookup", username: "nobody" });
    expect(await errorCode(good)).to.equal("unknown-user");
  });

  it("P0.7 the registry keeps a client that leaves less unread", async () => {
    const port = await start(REGISTRY, "--heartbeat", "600");
    for (let i = 0; i < 100; i += 1) await register(await wires.open(port), `user${i}`);
    const good = await wires.open(port);
    await register(good, "good");
    const late = await wires.open(port);
    await register(late, "late");
    expect((await good.json()).type).to.equal("joined");
    late.socket.pause();
    for (let i = 0; i < 100; i += 1) late.sendJson({ type: "list" });
    for (let i = 0; i < 50; i += 1) {
      good.sendJson({ type: "lookup", username: "nobody" });
      expect(await errorCode(good)).to.equal("unknown-user");
    }
    late.socket.resume();
    for (let i = 0; i < 100; i += 1) expect((await late.json()).type).to.equal("users");
  });
});
