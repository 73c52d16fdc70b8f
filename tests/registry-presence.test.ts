// How long a name belongs to a connection, and who is told of it, beyond what a check does: P2.2 and P2.5 of the contract.

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

const FILE = "02-basic-p2p/server.ts";

/** The line that tells of a new user. */
function joined(username: string, port = 50001): object {
  return { type: "joined", username, host: "127.0.0.1", port };
}

/** The line that tells that a user is gone. */
function left(username: string): object {
  return { type: "left", username };
}

describe("registry: names and presence", () => {
  let server: Program;
  let port: number;
  const wires = new Wires();

  before(async () => {
    ({ server, port } = await startServer(FILE, ["--heartbeat", "600"]));
  });
  after(() => server.kill());
  afterEach(async () => {
    wires.closeAll();
    await untilNobodyIsRegistered(port);
  });

  async function registered(username: string, listeningPort = 50001): Promise<Wire> {
    const wire = await wires.open(port);
    await register(wire, username, listeningPort);
    return wire;
  }

  /** Asks for something that has an answer of its own: it must be the very next line. */
  async function expectNothingElse(wire: Wire): Promise<void> {
    wire.sendJson({ type: "lookup", username: "nobody" });
    expect(await errorCode(wire)).to.equal("unknown-user");
  }

  describe("the end of a name", () => {
    /** The ways in which a connection ends that are less common. */
    const endings: Record<string, (wire: Wire) => void> = {
      "half-close in the middle of a line": (wire) => {
        wire.send('{"type":"list"}');
        wire.endHalf();
      },
      "a line that is too long": (wire) => wire.send("x".repeat(262_145)),
    };
    for (const [ending, end] of Object.entries(endings))
      it(`P2.2 P2.5 frees a name at once after ${ending}, and says so once`, async () => {
        const watcher = await registered("watcher");
        for (let round = 1; round <= 3; round += 1) {
          const wire = await registered("alice", 50000 + round);
          expect(await watcher.json()).to.deep.equal(joined("alice", 50000 + round));
          end(wire);
          expect(await watcher.json()).to.deep.equal(left("alice"));
        }
        await registered("ALICE", 50009);
        expect(await watcher.json()).to.deep.equal(joined("ALICE", 50009));
        await expectNothingElse(watcher);
      });

    it("P2.2 closes the connection after leave, and acts on nothing behind it", async () => {
      const watcher = await registered("watcher");
      const wire = await registered("alice");
      expect(await watcher.json()).to.deep.equal(joined("alice"));
      wire.send('{"type":"leave"}\n{"type":"list"}\n{"type":"register","username":"bob","port":50002}\n');
      expect(await wire.end()).to.equal("");
      expect(await watcher.json()).to.deep.equal(left("alice"));
      await expectNothingElse(watcher);
    });

    it("P2.2 a name is free when the end of its connection is seen", async () => {
      for (const end of [(wire: Wire) => wire.sendJson({ type: "leave" }), (wire: Wire) => wire.endHalf()]) {
        const wire = await registered("alice");
        end(wire);
        await wire.end();
        await register(await wires.open(port), "alice");
        wires.closeAll();
        await untilNobodyIsRegistered(port);
      }
    });
  });

  describe("presence", () => {
    it("P2.5 answers in the order of the requests, whatever comes between", async () => {
      const alice = await registered("alice");
      const requests: string[] = [];
      const others: Wire[] = [];
      for (let round = 0; round < 20; round += 1) {
        const other = await wires.open(port);
        other.sendJson({ type: "register", username: `user${round}`, port: 50002 });
        others.push(other);
        for (const type of ["list", "lookup", "nonsense", "register"]) {
          alice.sendJson({ type, username: "alice2", port: 50001 });
          requests.push(type);
        }
      }
      const answers = [];
      for (const _ of requests) {
        const { type, code } = await answerFrom(alice);
        answers.push(code ?? type);
      }
      const inOrder = { list: "users", lookup: "unknown-user", nonsense: "bad-request" };
      expect(answers).to.deep.equal(
        requests.map((type) => ({ ...inOrder, register: "already-registered" })[type]),
      );
      for (const other of others) expect((await answerFrom(other)).type).to.equal("registered");
    });

    it("P2.2 P2.4 P2.5 tells a watcher what list tells, after any joining and leaving", async () => {
      const event = fc.record({
        name: fc.constantFrom("ann", "ben", "cat", "dan"),
        ending: fc.constantFrom<("leave" | "half-close" | "reset")[]>("leave", "half-close", "reset"),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
          const watcher = await registered("watcher");
          const there = new Map<string, Wire>();
          for (const { name, ending } of events) {
            const wire = there.get(name);
            if (wire === undefined) {
              there.set(name, await registered(name));
              expect(await watcher.json()).to.deep.equal(joined(name));
            } else {
              there.delete(name);
              if (ending === "leave") wire.sendJson({ type: "leave" });
              else if (ending === "reset") wire.reset();
              else wire.endHalf();
              expect(await watcher.json()).to.deep.equal(left(name));
            }
            const users = [...there.keys()]
              .sort()
              .map((username) => ({ username, host: "127.0.0.1", port: 50001 }));
            watcher.sendJson({ type: "list" });
            expect(await watcher.json()).to.deep.equal({ type: "users", users });
          }
          wires.closeAll();
          await untilNobodyIsRegistered(port);
        }),
        { numRuns: 20 },
      );
    });
  });
});
