// The registry, asked over a real socket: names, lists and look-ups, as P2 of the contract has them.

import { once } from "node:events";
import { createServer } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import { type Program, startServer } from "../course/programs.ts";
import { answerFrom, errorCode, register, untilNobodyIsRegistered, Wire, Wires } from "./support/wire.ts";

const FILE = "02-basic-p2p/server.ts";
/** So that no ping comes between the lines of a test. */
const QUIET = ["--heartbeat", "600"];

describe("02 registry", () => {
  let server: Program;
  let port: number;
  const wires = new Wires();

  before(async () => {
    ({ server, port } = await startServer(FILE, QUIET));
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

  /** The code of the error that answers this object. */
  async function refusal(wire: Wire, request: unknown): Promise<unknown> {
    wire.sendJson(request);
    return errorCode(wire);
  }

  async function users(wire: Wire): Promise<unknown> {
    wire.sendJson({ type: "list" });
    const answer = await answerFrom(wire);
    expect(answer.type).to.equal("users");
    return answer.users;
  }

  async function names(wire: Wire): Promise<unknown[]> {
    const list = await users(wire);
    return Array.isArray(list) ? list.map(({ username }) => username) : [];
  }

  describe("usernames and ports", () => {
    const allowed = ["a", "7", "_", "-", "AZaz09_-", "you_", "youyou", "a".repeat(32), "__proto__"];
    for (const username of allowed)
      it(`P2.1 registers the name ${username}, and shows it as registered`, async () => {
        const wire = await wires.open(port);
        wire.sendJson({ type: "register", username, port: 50001 });
        expect(await wire.json()).to.deep.equal({ type: "registered", username });
        expect(await names(await registered("asker"))).to.deep.equal([username]);
      });

    it("P2.1 P2.7 refuses any other name with bad-username, and goes on", async () => {
      const wire = await wires.open(port);
      const refused = [
        "",
        "you",
        "a".repeat(33),
        "a b",
        " a",
        "a ",
        "a\n",
        "a\0",
        "a.b",
        "a/b",
        "é",
        "ａ",
        "\u212a",
        "😀",
        "\ud800",
        "⑦",
        null,
        7,
        true,
        ["alice"],
        { username: "alice" },
        undefined,
      ];
      for (const username of refused)
        expect(await refusal(wire, { type: "register", username, port: 50001 }), String(username)).to.equal(
          "bad-username",
        );
      await register(wire, "alice");
    });

    it("P2.1 takes no spelling of the name you", async () => {
      const wire = await wires.open(port);
      for (const username of ["You", "YOU", "yoU"])
        expect(await refusal(wire, { type: "register", username, port: 50001 })).to.equal("bad-username");
    });

    it("P2.1 takes the ports from 1 to 65535", async () => {
      await registered("lowest", 1);
      await registered("highest", 65535);
      expect(await users(await registered("asker"))).to.deep.equal([
        { username: "highest", host: "127.0.0.1", port: 65535 },
        { username: "lowest", host: "127.0.0.1", port: 1 },
      ]);
    });

    it("P2.1 P2.7 refuses any other port with bad-port, and goes on", async () => {
      const wire = await wires.open(port);
      for (const wrong of [0, 65536, -1, 1.5, "50001", null, true, [50001], {}, undefined])
        expect(
          await refusal(wire, { type: "register", username: "alice", port: wrong }),
          String(wrong),
        ).to.equal("bad-port");
      wire.send('{"type":"register","username":"alice","port":1e999}\n');
      expect(await errorCode(wire)).to.equal("bad-port");
      await register(wire, "alice");
    });

    it("P2.7 looks at the username first", async () => {
      const wire = await wires.open(port);
      expect(await refusal(wire, { type: "register", username: "a b", port: 0 })).to.equal("bad-username");
      expect(await refusal(wire, { type: "register" })).to.equal("bad-username");
    });

    it("P2.1 compares names without regard to case", async () => {
      await registered("Alice", 50002);
      const wire = await wires.open(port);
      for (const username of ["Alice", "alice", "ALICE"])
        expect(await refusal(wire, { type: "register", username, port: 50001 })).to.equal("username-taken");
      await register(wire, "bob");
      for (const username of ["Alice", "alice", "ALICE"]) {
        wire.sendJson({ type: "lookup", username });
        const user = { type: "user", username: "Alice", host: "127.0.0.1", port: 50002 };
        expect(await wire.json()).to.deep.equal(user);
      }
    });
  });

  describe("who is there, and where", () => {
    it("P2.4 lists everyone but the asker", async () => {
      const alice = await registered("alice", 50001);
      expect(await users(alice)).to.deep.equal([]);
      const bob = await registered("bob", 50002);
      expect(await users(alice)).to.deep.equal([{ username: "bob", host: "127.0.0.1", port: 50002 }]);
      expect(await users(bob)).to.deep.equal([{ username: "alice", host: "127.0.0.1", port: 50001 }]);
    });

    it("P2.4 sorts by the name in lower case, by code unit", async () => {
      for (const username of ["Zed", "alice", "_x", "Bob", "a_b", "0x", "ab", "-y", "a0", "A-b"])
        await registered(username);
      const sorted = ["-y", "0x", "_x", "A-b", "a0", "a_b", "ab", "alice", "Bob", "Zed"];
      expect(await names(await registered("asker"))).to.deep.equal(sorted);
    });

    it("P2.1 P2.4 sorts any names", async () => {
      const name = fc.string({ unit: fc.constantFrom(..."aAbBzZ09_-"), minLength: 1, maxLength: 5 });
      const different = fc.uniqueArray(name, { maxLength: 12, selector: (one) => one.toLowerCase() });
      await fc.assert(
        fc.asyncProperty(different, async (chosen) => {
          const asker = await registered("asker");
          for (const username of chosen) await registered(username);
          const inOrder = [...chosen].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
          expect(await names(asker)).to.deep.equal(inOrder);
          wires.closeAll();
          await untilNobodyIsRegistered(port);
        }),
        { numRuns: 15 },
      );
    });

    it("P2.3 tells the address that it sees, not one that the client claims", async () => {
      const liar = await wires.open(port);
      const claim = { host: "203.0.113.7", address: "203.0.113.7", ip: "203.0.113.7" };
      liar.sendJson({ type: "register", username: "liar", port: 50009, ...claim });
      expect(await liar.json()).to.deep.equal({ type: "registered", username: "liar" });
      const asker = await registered("asker");
      expect(await users(asker)).to.deep.equal([{ username: "liar", host: "127.0.0.1", port: 50009 }]);
    });

    it("P2.3 writes an IPv4 address that is mapped into IPv6 as IPv4", async () => {
      const bothFamilies = await listensForBoth();
      const { server, port } = await startServer(FILE, [...QUIET, "--host", bothFamilies ? "::" : "0.0.0.0"]);
      try {
        const four = await wires.open(port, "127.0.0.1");
        await register(four, "four", 50004);
        const six = await wires.open(port, bothFamilies ? "::1" : "127.0.0.1");
        await register(six, "six", 50006);
        expect(await users(six)).to.deep.equal([{ username: "four", host: "127.0.0.1", port: 50004 }]);
        expect(await users(four)).to.deep.equal([
          { username: "six", host: bothFamilies ? "::1" : "127.0.0.1", port: 50006 },
        ]);
      } finally {
        await server.kill();
      }
    });

    it("P2.7 answers a look-up of nobody, and of what is no name, with unknown-user", async () => {
      const wire = await registered("alice");
      for (const username of ["bob", "", "a b", "you", "é", null, 7, ["bob"], {}, "toString", undefined])
        expect(await refusal(wire, { type: "lookup", username }), String(username)).to.equal("unknown-user");
    });

    it("P2.7 ignores members that it does not know", async () => {
      const wire = await wires.open(port);
      const extra = { id: 7, type2: null, "": [], nested: { type: "leave" } };
      wire.sendJson({ type: "register", username: "alice", port: 50001, ...extra });
      expect(await wire.json()).to.deep.equal({ type: "registered", username: "alice" });
      wire.sendJson({ type: "list", ...extra });
      expect(await wire.json()).to.deep.equal({ type: "users", users: [] });
    });
  });

  it("P2.4 P2.5 tells a thousand users of each other, once each and sorted", async function () {
    this.timeout(60_000); // Half a million lines.
    const { server, port } = await startServer(FILE, [...QUIET, "--register-timeout", "600"]);
    const crowd = new Wires();
    try {
      const asker = await crowd.open(port);
      await register(asker, "asker");
      const everyone = Array.from({ length: 1_001 }, (_, i) => `${i % 2 === 0 ? "U" : "u"}${i}`);
      for (const username of everyone) {
        const wire = await crowd.open(port);
        wire.socket.removeAllListeners("data").resume();
        wire.sendJson({ type: "register", username, port: 50001 });
      }
      const joined = [];
      for (const _ of everyone) joined.push(await asker.json());
      expect(joined.map(({ type }) => type)).to.deep.equal(everyone.map(() => "joined"));
      expect(new Set(joined.map(({ username }) => username))).to.deep.equal(new Set(everyone));
      asker.sendJson({ type: "list" });
      const answer = await asker.json();
      const inOrder = [...everyone].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
      expect(answer).to.deep.equal({
        type: "users",
        users: inOrder.map((username) => ({ username, host: "127.0.0.1", port: 50001 })),
      });
    } finally {
      crowd.closeAll();
      await server.kill();
    }
  });

  for (const file of ["03-dh-chat/server.ts", "04-aes-chat/server.ts"])
    it(`P2.1 P2.2 P2.4 P2.5 P2.7 are the same for ${file}`, async () => {
      const { server, port } = await startServer(file, QUIET);
      try {
        const [alice, bob] = [await wires.open(port), await wires.open(port)];
        expect(await refusal(alice, { type: "list" })).to.equal("not-registered");
        await register(alice, "alice", 50001);
        expect(await refusal(bob, { type: "register", username: "ALICE", port: 50002 })).to.equal(
          "username-taken",
        );
        await register(bob, "bob", 50002);
        const bobHere = { username: "bob", host: "127.0.0.1", port: 50002 };
        expect(await alice.json()).to.deep.equal({ type: "joined", ...bobHere });
        expect(await users(alice)).to.deep.equal([bobHere]);
        alice.sendJson({ type: "lookup", username: "BOB" });
        expect(await alice.json()).to.deep.equal({ type: "user", ...bobHere });
        bob.sendJson({ type: "leave" });
        expect(await bob.end()).to.equal("");
        expect(await alice.json()).to.deep.equal({ type: "left", username: "bob" });
        await register(await wires.open(port), "bob", 50003);
      } finally {
        await server.kill();
      }
    });
});

/** Whether a server on `::` of this machine is reached over IPv4 and over IPv6. */
async function listensForBoth(): Promise<boolean> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen({ host: "::", port: 0 });
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") return false;
    for (const host of ["127.0.0.1", "::1"]) (await Wire.connect(address.port, host)).close();
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
