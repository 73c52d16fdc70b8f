// What the registry answers to any JSON, and to such as was made to exhaust it: P2.7 of the contract.

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

describe("registry: errors", () => {
  let server: Program;
  let port: number;
  const wires = new Wires();

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

  async function users(wire: Wire): Promise<unknown> {
    wire.sendJson({ type: "list" });
    const answer = await answerFrom(wire);
    expect(answer.type).to.equal("users");
    return answer.users;
  }

  it("P2.7 answers JSON that is nested very deeply, closed or not, with bad-request", async () => {
    const wire = await registered("alice");
    for (const line of ["[".repeat(100_000), `${"[".repeat(50_000)}${"]".repeat(50_000)}`]) {
      wire.send(`${line}\n`);
      expect(await errorCode(wire), line.slice(0, 50)).to.equal("bad-request");
    }
    expect(await users(wire)).to.deep.equal([]);
  });

  it("P2.7 P0.7 answers any JSON, or ignores it as a pong, and harms nobody", async () => {
    const member = fc.oneof(fc.jsonValue(), fc.constantFrom("alice", "bob", "a b", 0, 50001));
    const types = ["register", "list", "lookup", "pong", "joined", "left", "registered", "users", "error"];
    const request = fc.record(
      { type: fc.oneof(fc.constantFrom(...types), fc.jsonValue()), username: member, port: member },
      { requiredKeys: ["type"] },
    );
    const codes = [
      "bad-request",
      "bad-username",
      "bad-port",
      "already-registered",
      "username-taken",
      "unknown-user",
    ];
    const wire = await registered("alice");
    const watcher = await registered("watcher");
    expect((await wire.json()).type).to.equal("joined");
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), request), async (value) => {
        const line = JSON.stringify(value);
        const type: unknown = JSON.parse(line)?.type;
        fc.pre(type !== "leave");
        wire.send(`${line}\n`);
        if (type === "list") expect((await wire.json()).type).to.equal("users");
        else if (type !== "pong") {
          const answer = await wire.json();
          if (type !== "lookup" || answer.type !== "user")
            expect({ type: answer.type, known: codes.includes(String(answer.code)) }).to.deep.equal({
              type: "error",
              known: true,
            });
        }
        wire.sendJson({ type: "lookup", username: "watcher" });
        expect((await wire.json()).type).to.equal("user");
      }),
      { numRuns: 300 },
    );
    expect(await users(watcher)).to.deep.equal([{ username: "alice", host: "127.0.0.1", port: 50001 }]);
  });
});
