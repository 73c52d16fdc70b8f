// Tests what the registry answers to random JSON, and to JSON that should exhaust its memory (P2.7).

import { expect } from "chai";
import fc from "fast-check";
import { registered } from "../checks/engine/registered.ts";
import { QUIET, testsOf } from "./support/on-the-wire.ts";

describe("registry: errors", () => {
  const it = testsOf("02", QUIET);

  it("P2.7 answers JSON that is nested very deeply, closed or not, with bad-request", async (scene) => {
    const alice = await registered(scene, await scene.server(), "alice");
    for (const line of ["[".repeat(100_000), `${"[".repeat(50_000)}${"]".repeat(50_000)}`]) {
      await alice.sends(`${line}\n`);
      await alice.receivesError("bad-request");
    }
    await alice.sendsJson({ type: "list" });
    await alice.answer({ type: "users", users: [] });
  });

  it("P2.7 P0.7 answers any JSON, or ignores it as a pong, and harms nobody", async (scene) => {
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
    const server = await scene.server();
    const alice = await registered(scene, server, "alice");
    const watcher = await registered(scene, server, "watcher");
    expect((await alice.receivesJson()).type).to.equal("joined");
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), request), async (value) => {
        const line = JSON.stringify(value);
        const type: unknown = JSON.parse(line)?.type;
        fc.pre(type !== "leave");
        await alice.sends(`${line}\n`);
        if (type === "list") expect((await alice.receivesJson()).type).to.equal("users");
        else if (type !== "pong") {
          const answer = await alice.receivesJson();
          if (type !== "lookup" || answer.type !== "user")
            expect({ type: answer.type, known: codes.includes(String(answer.code)) }).to.deep.equal({
              type: "error",
              known: true,
            });
        }
        await alice.sendsJson({ type: "lookup", username: "watcher" });
        expect((await alice.receivesJson()).type).to.equal("user");
      }),
      { numRuns: 300 },
    );
    await watcher.sendsJson({ type: "list" });
    await watcher.answer({ type: "users", users: [{ username: "alice", host: "127.0.0.1", port: 50001 }] });
  });
});
