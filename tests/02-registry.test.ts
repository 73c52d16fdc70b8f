// The registry, asked over a real socket, beyond what a check does: any names, IPv6, a thousand users (P2).

import { once } from "node:events";
import { createServer } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import { type Program, startServer } from "../course/programs.ts";
import { answerFrom, register, untilNobodyIsRegistered, Wire, Wires } from "./support/wire.ts";

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

  describe("who is there, and where", () => {
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
