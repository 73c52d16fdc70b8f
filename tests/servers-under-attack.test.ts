// Tests servers with clients that misbehave: the server must not crash, and must serve all other clients (P0.7).

import type { Socket } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import type { Connection } from "../checks/engine/connection.ts";
import type { StageNumber } from "../checks/engine/place.ts";
import type { ServerUnderTest } from "../checks/engine/pool.ts";
import { receivesNothingElse, registered } from "../checks/engine/registered.ts";
import type { Scene } from "../checks/engine/scene.ts";
import { QUIET, testsOf } from "./support/on-the-wire.ts";

/** A server, and what a client that behaves well says to it. */
interface Service {
  stage: StageNumber;
  options: string[];
  /** Does what comes before the first request. */
  greets: (client: Connection) => Promise<void>;
  /** A request without its LF. No other line looks like its answer. */
  request: string;
  isAnswered: (client: Connection) => Promise<void>;
}

const SERVICES: Record<string, Service> = {
  calculator: {
    stage: "01",
    options: [],
    greets: async () => {},
    request: "1 + 1",
    isAnswered: (client) => client.receives("= 2\n"),
  },
  registry: {
    stage: "02",
    options: [...QUIET, "--register-timeout", "600"],
    greets: (client) => client.registers("good"),
    request: '{"type":"lookup","username":"nobody"}',
    isAnswered: async (client) => {
      expect((await client.answer()).code).to.match(/^(unknown-user|not-registered)$/);
    },
  },
};

/** The tools of a test with a client that misbehaves. */
interface Attack {
  /** Connects a client that misbehaves. What it leaves unread does not matter. */
  connects: () => Promise<Connection>;
  /** Serves the good client. When it has its answer, the server has also handled all that was sent before. */
  serves: () => Promise<void>;
}

for (const [name, { stage, options, greets, request, isAnswered }] of Object.entries(SERVICES))
  describe(`servers under attack: the ${name}`, () => {
    const it = testsOf(stage, options);

    /** Defines such a test. After it, the server must serve the good client and a new one, and have printed nothing. */
    function attack(title: string, misbehaves: (attack: Attack) => Promise<void>): void {
      it(title, async (scene) => {
        const server = await scene.server();
        const good = await scene.connect(server, "the good client");
        await greets(good);
        const serves = async (): Promise<void> => {
          await good.sends(`${request}\n`);
          await isAnswered(good);
        };
        const connects = async (): Promise<Connection> => {
          const connection = await scene.connect(server, "the attacker");
          connection.ignoresTheRest();
          return connection;
        };
        await misbehaves({ connects, serves });
        await serves();
        const late = await scene.connect(server, "a late client");
        await late.sends(`${request}\n`);
        await isAnswered(late);
        expect(server.program.errors).to.deep.equal([]);
      });
    }

    attack("P0.7 serves others while clients are silent", async ({ connects }) => {
      for (let i = 0; i < 100; i += 1) await connects();
    });

    attack(
      "P0.7 serves others while a client sends byte by byte, and serves that one too",
      async ({ connects, serves }) => {
        const slow = await connects();
        for (const byte of Buffer.from(`${request}\r\n`)) {
          await slow.sends(Buffer.of(byte));
          await serves();
        }
        await isAnswered(slow);
      },
    );

    attack("P0.7 P0.5 serves others while clients end their half anywhere", async ({ connects, serves }) => {
      for (let cut = 0; cut <= request.length + 1; cut += 1) {
        const client = await connects();
        await client.sends(`${request}\n`.slice(0, cut));
        await client.endsHalf();
        await serves();
        if (cut > request.length) await isAnswered(client);
        await client.isClosed();
      }
    });

    attack(
      "P0.7 serves others while clients reset their connection anywhere",
      async ({ connects, serves }) => {
        for (const sent of ["", request.slice(0, 3), `${request}\n`, `${request}\n`.repeat(1000), "\n\n\n"]) {
          for (let i = 0; i < 5; i += 1) {
            const client = await connects();
            if (sent !== "") await new Promise((resolve) => client.socket.write(sent, resolve));
            if (i % 2 === 1) await serves();
            await client.resets();
            await serves();
          }
        }
      },
    );

    attack("P0.7 P0.4 serves others while clients send random bytes", async ({ connects, serves }) => {
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ minLength: 1, maxLength: 200 }),
          fc.nat(300),
          async (bytes, repetitions) => {
            const babbling = await connects();
            await babbling.sends(Buffer.concat(Array.from({ length: repetitions + 1 }, () => bytes)));
            await serves();
            await babbling.sends("\n");
            await serves();
            babbling.destroy();
          },
        ),
        { numRuns: 60 },
      );
    });

    attack("P0.7 serves others while a client reads nothing", async ({ connects, serves }) => {
      const deaf = await connects();
      deaf.socket.pause();
      for (let round = 0; round < 100; round += 1) {
        await deaf.sends(`${request}\n`.repeat(500));
        await serves();
      }
    });

    attack("P0.7 forgets nothing of a client that reads late", async ({ connects, serves }) => {
      const late = await connects();
      late.socket.pause();
      for (let i = 0; i < 1000; i += 1) await late.sends(`${request}\n`);
      for (let i = 0; i < 20; i += 1) await serves();
      late.socket.resume();
      for (let i = 0; i < 1000; i += 1) await isAnswered(late);
    });
  });

/** Writes the same bytes again and again. */
class Flood {
  /** How many times the system has accepted the bytes. */
  taken = 0;
  /** Resolves when it is stopped, has written everything, or the connection has ended. */
  readonly over: Promise<void>;
  #stopped = false;

  constructor({ socket }: Connection, bytes: Buffer, limit: number) {
    this.over = this.#write(socket, bytes, limit);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #write(socket: Socket, bytes: Buffer, limit: number): Promise<void> {
    while (!this.#stopped && this.taken < limit) {
      const error = await new Promise((resolve) => socket.write(bytes, resolve));
      if (error) return;
      this.taken += 1;
    }
  }
}

describe("servers under attack: the calculator's replies that are left unread", () => {
  const it = testsOf("01");

  it("P0.7 the calculator stops reading from a client that reads nothing, and goes on when it reads", async (scene) => {
    const server = await scene.startServer();
    const good = await scene.connect(server, "the good client");
    const deaf = await scene.connect(server, "the deaf client");
    // The replies are as long as the requests, so both directions fill up.
    const requests = 2048;
    const limit = 4096;
    const reply = 'error: unexpected "x" at column 1\n';
    deaf.socket.removeAllListeners("data").pause();
    const flood = new Flood(deaf, Buffer.from(`${"x".padEnd(reply.length - 1)}\n`.repeat(requests)), limit);

    // The flood has stopped if nothing more is accepted while another client is served a hundred times.
    let [before, rounds] = [0, 0];
    while (rounds < 100) {
      await good.sends("1 + 1\n");
      await good.receives("= 2\n");
      rounds = flood.taken === before ? rounds + 1 : 0;
      before = flood.taken;
      expect(flood.taken, "all is read, whatever is left unread").to.be.below(limit);
    }

    flood.stop();
    let replies = 0;
    let comes: (() => void) | undefined;
    deaf.socket.on("data", (chunk: Buffer) => {
      for (const byte of chunk) if (byte === 0x0a) replies += 1;
      comes?.();
    });
    deaf.socket.resume();
    await flood.over;
    while (replies < flood.taken * requests)
      await new Promise<void>((resolve) => {
        comes = resolve;
      });
    expect(replies).to.equal(flood.taken * requests);
  });
});

describe("servers under attack: the registry's lines that are left unread", () => {
  const it = testsOf("02", QUIET);

  /** A registry with this many users, and one more that watches. */
  async function crowded(
    scene: Scene,
    users: number,
  ): Promise<{ server: ServerUnderTest; good: Connection }> {
    const server = await scene.startServer();
    for (let i = 0; i < users; i += 1) (await registered(scene, server, `user${i}`)).ignoresTheRest();
    return { server, good: await registered(scene, server, "good") };
  }

  it("P0.7 the registry drops a client that leaves 1 MiB unread, and no other", async (scene) => {
    const { server, good } = await crowded(scene, 200);
    const deaf = await registered(scene, server, "deaf");
    expect((await good.receivesJson()).type).to.equal("joined");
    deaf.socket.pause();
    // Each answer has more than 10,000 bytes. No system buffers 64 MiB for one connection.
    const flood = new Flood(deaf, Buffer.from('{"type":"list"}\n'), 6_400);
    await good.receivesJson({ type: "left", username: "deaf" });
    flood.stop();
    deaf.socket.resume();
    await deaf.isClosedAfter();
    await flood.over;
    await registered(scene, server, "deaf");
    expect((await good.receivesJson()).type).to.equal("joined");
    await receivesNothingElse(good);
  });

  it("P0.7 the registry keeps a client that leaves less unread", async (scene) => {
    const { server, good } = await crowded(scene, 100);
    const late = await registered(scene, server, "late");
    expect((await good.receivesJson()).type).to.equal("joined");
    late.socket.pause();
    for (let i = 0; i < 100; i += 1) await late.sendsJson({ type: "list" });
    for (let i = 0; i < 50; i += 1) await receivesNothingElse(good);
    late.socket.resume();
    for (let i = 0; i < 100; i += 1) expect((await late.receivesJson()).type).to.equal("users");
  });
});
