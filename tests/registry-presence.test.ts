// How long a name belongs to a connection, and who is told of it: P2.2, P2.5 and P2.6 of the contract.

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
    /** All the ways in which a connection ends. */
    const endings: Record<string, (wire: Wire) => void> = {
      leave: (wire) => wire.sendJson({ type: "leave" }),
      close: (wire) => wire.close(),
      "half-close": (wire) => wire.endHalf(),
      "half-close in the middle of a line": (wire) => {
        wire.send('{"type":"list"}');
        wire.endHalf();
      },
      reset: (wire) => wire.reset(),
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
      for (const end of [endings.leave, endings["half-close"]]) {
        const wire = await registered("alice");
        end?.(wire);
        await wire.end();
        await register(await wires.open(port), "alice");
        wires.closeAll();
        await untilNobodyIsRegistered(port);
      }
    });

    it("P2.2 P2.7 keeps a name for its connection meanwhile, and lets the other choose again", async () => {
      const alice = await registered("alice", 50001);
      const other = await wires.open(port);
      for (let attempt = 0; attempt < 3; attempt += 1) {
        other.sendJson({ type: "register", username: "Alice", port: 50002 });
        expect(await errorCode(other)).to.equal("username-taken");
      }
      await expectNothingElse(alice);
      await register(other, "bob", 50002);
      expect(await alice.json()).to.deep.equal(joined("bob", 50002));
      other.sendJson({ type: "lookup", username: "alice" });
      expect(await other.json()).to.deep.equal({
        type: "user",
        username: "alice",
        host: "127.0.0.1",
        port: 50001,
      });
    });

    it("P2.2 of simultaneous claims exactly one wins", async () => {
      const watcher = await registered("watcher");
      for (let round = 0; round < 5; round += 1) {
        const claimants = await Promise.all(Array.from({ length: 20 }, () => wires.open(port)));
        for (const [index, wire] of claimants.entries())
          wire.sendJson({ type: "register", username: index % 2 === 0 ? "alice" : "ALICE", port: 50001 });
        const answers = await Promise.all(claimants.map((wire) => wire.json()));
        const winners = claimants.filter((_, index) => answers[index]?.type === "registered");
        const losers = answers.filter(({ code }) => code === "username-taken");
        expect([winners.length, losers.length]).to.deep.equal([1, 19]);
        expect((await watcher.json()).type).to.equal("joined");
        for (const wire of winners) wire.sendJson({ type: "leave" });
        expect((await watcher.json()).type).to.equal("left");
      }
      await expectNothingElse(watcher);
    });
  });

  describe("presence", () => {
    it("P2.5 goes to every other registered client, once, and to nobody else", async () => {
      const unregistered = await wires.open(port);
      const [alice, bob] = [await registered("alice"), await registered("bob")];
      expect(await alice.json()).to.deep.equal(joined("bob"));
      const carol = await registered("carol", 50003);
      for (const wire of [alice, bob]) expect(await wire.json()).to.deep.equal(joined("carol", 50003));
      for (const wire of [alice, bob, carol]) await expectNothingElse(wire);
      carol.sendJson({ type: "leave" });
      for (const wire of [alice, bob]) expect(await wire.json()).to.deep.equal(left("carol"));
      for (const wire of [alice, bob]) await expectNothingElse(wire);
      unregistered.sendJson({ type: "list" });
      expect(await errorCode(unregistered)).to.equal("not-registered");
    });

    it("P2.5 tells of nobody who was never registered", async () => {
      const alice = await registered("alice");
      const refused = [await wires.open(port), await wires.open(port), await wires.open(port)];
      const [taken, bad, silent] = refused;
      taken?.sendJson({ type: "register", username: "alice", port: 50002 });
      bad?.sendJson({ type: "register", username: "bob", port: 0 });
      for (const wire of [taken, bad]) await wire?.line();
      silent?.endHalf();
      await silent?.end();
      for (const wire of [taken, bad]) wire?.endHalf();
      for (const wire of [taken, bad]) await wire?.end();
      await expectNothingElse(alice);
    });

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

  describe("silence", () => {
    let server: Program;
    let port: number;
    const impatient = ["--heartbeat", "0.5", "--register-timeout", "0.5"];

    before(async () => {
      ({ server, port } = await startServer(FILE, impatient));
    });
    after(() => server.kill());

    it("P2.2 P2.6 drops who has sent nothing for three intervals, and frees the name, but nobody else", async () => {
      /** Answers each ping with a line, until a presence line of this type comes; returns it. */
      async function answerPings(wire: Wire, line: object, until: string): Promise<unknown> {
        for (;;) {
          const received = await wire.json();
          if (received.type === until) return received;
          if (received.type === "ping") wire.sendJson(line);
        }
      }
      const ponging = await wires.open(port);
      await register(ponging, "ponging");
      const talking = await wires.open(port);
      await register(talking, "talking");
      const silent = await wires.open(port);
      await register(silent, "silent");
      const [toPonging, toTalking, toSilent] = await Promise.all([
        answerPings(ponging, { type: "pong" }, "left"),
        answerPings(talking, { type: "list" }, "left"),
        silent.end(),
      ]);
      expect(toPonging).to.deep.equal(left("silent"));
      expect(toTalking).to.deep.equal(left("silent"));
      expect(toSilent).to.include('{"type":"ping"}\n');
      const next = await wires.open(port);
      await register(next, "Silent");
      expect(await answerPings(ponging, { type: "pong" }, "joined")).to.deep.equal(joined("Silent"));
    });

    it("P2.6 closes a connection that does not register in time, and no other", async () => {
      const good = await wires.open(port);
      await register(good, "good");
      good.socket.on("data", () => good.sendJson({ type: "pong" }));
      const silent = await wires.open(port);
      const unfinished = await wires.open(port);
      unfinished.send('{"type":"regis');
      const refused = await wires.open(port);
      refused.sendJson({ type: "register", username: "you", port: 50001 });
      const asking = await wires.open(port);
      asking.socket.on("data", () => asking.sendJson({ type: "list" }));
      asking.sendJson({ type: "list" });
      await Promise.all([silent.end(), unfinished.end(), refused.end(), asking.end()]);
      good.sendJson({ type: "list" });
      let answer = await answerFrom(good);
      while (answer.type === "ping") answer = await answerFrom(good);
      expect(answer).to.deep.equal({ type: "users", users: [] });
    });
  });
});
