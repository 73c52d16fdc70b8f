// What the registry answers to requests that it cannot do, to chat messages and to any JSON: P2.7 and P2.8 of the contract.

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

  it("P2.7 answers what comes before register with not-registered", async () => {
    const wire = await wires.open(port);
    expect(await refusal(wire, { type: "list" })).to.equal("not-registered");
    expect(await refusal(wire, { type: "lookup", username: "bob" })).to.equal("not-registered");
    await register(wire, "alice");
  });

  it("P2.7 answers a second register with already-registered, and keeps the name", async () => {
    const wire = await registered("alice");
    const watcher = await registered("watcher");
    expect((await wire.json()).type).to.equal("joined");
    expect(await refusal(wire, { type: "register", username: "bob", port: 50002 })).to.equal(
      "already-registered",
    );
    expect(await users(watcher)).to.deep.equal([{ username: "alice", host: "127.0.0.1", port: 50001 }]);
  });

  it("P2.7 answers what is no object with a known type with bad-request, and goes on", async () => {
    const wire = await registered("alice");
    const lines = [
      "",
      " ",
      "x",
      "{",
      '{"type":"list"',
      '{"type":"list"}}',
      '{"type":"list"} {"type":"list"}',
      "{type:'list'}",
      '{"type":"list",}',
      "null",
      "true",
      "7",
      '"list"',
      "[]",
      '[{"type":"list"}]',
      "{}",
      '{"type":null}',
      '{"type":7}',
      '{"type":["list"]}',
      '{"type":""}',
      '{"type":"LIST"}',
      '{"type":"nonsense"}',
      '{"type":"toString"}',
      '{"type":"__proto__"}',
      '{"__proto__":{"type":"list"}}',
      '{"Type":"list"}',
      "[".repeat(100_000),
      `${"[".repeat(50_000)}${"]".repeat(50_000)}`,
    ];
    for (const line of lines) {
      wire.send(`${line}\n`);
      expect(await errorCode(wire), line.slice(0, 50)).to.equal("bad-request");
    }
    expect(await users(wire)).to.deep.equal([]);
  });

  it("P2.7 says the same before register as after it", async () => {
    const wire = await wires.open(port);
    wire.send("x\n");
    expect(await errorCode(wire)).to.equal("bad-request");
    wire.send(Buffer.of(0xff, 0x0a));
    expect(await errorCode(wire)).to.equal("bad-encoding");
    expect(await refusal(wire, { type: "nonsense" })).to.equal("bad-request");
    await register(wire, "alice");
  });

  it("P2.7 P2.6 does not answer a pong", async () => {
    const wire = await registered("alice");
    wire.sendJson({ type: "pong" });
    expect(await users(wire)).to.deep.equal([]);
  });

  it("P2.8 takes no chat message, and passes none on", async () => {
    const watcher = await registered("bob");
    const wire = await registered("alice");
    expect((await watcher.json()).type).to.equal("joined");
    const chat = [
      { type: "hello", stage: "02", from: "alice", to: "bob" },
      { type: "message", id: 1, text: "hi" },
      { type: "message", id: 1, text: "hi", to: "bob", username: "bob" },
      { type: "ack", id: 1 },
      { type: "bye" },
      { type: "key", group: "modp2048", publicKey: "00" },
      { type: "sealed", seq: 0, iv: "", ciphertext: "", tag: "" },
    ];
    for (const line of chat) expect(await refusal(wire, line), line.type).to.equal("bad-request");
    watcher.sendJson({ type: "lookup", username: "alice" });
    expect((await watcher.json()).type).to.equal("user");
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
