// Tests how long a name belongs to a connection, and who is told, beyond the checks of P2.2 and P2.5.

import { expect } from "chai";
import fc from "fast-check";
import type { Connection } from "../checks/engine/connection.ts";
import { bystander, joined, left, receivesNothingElse, registered } from "../checks/engine/registered.ts";
import { QUIET, testsOf } from "./support/on-the-wire.ts";

describe("registry: names and presence", () => {
  const it = testsOf("02", QUIET);

  describe("the end of a name", () => {
    /** Less common ways in which a connection ends. */
    const endings: Record<string, (connection: Connection) => Promise<void>> = {
      "half-close in the middle of a line": async (connection) => {
        await connection.sends('{"type":"list"}');
        await connection.endsHalf();
      },
      "a line that is too long": (connection) => connection.sends("x".repeat(262_145)),
    };
    for (const [ending, ends] of Object.entries(endings))
      it(`P2.2 P2.5 frees a name at once after ${ending}, and says so once`, async (scene) => {
        const server = await scene.server();
        const watcher = await registered(scene, server, "watcher");
        for (let round = 1; round <= 3; round += 1) {
          const alice = await bystander(scene, server, "alice", 50_000 + round);
          await watcher.receivesJson(joined("alice", 50_000 + round));
          await ends(alice);
          await watcher.receivesJson(left("alice"));
        }
        await bystander(scene, server, "ALICE", 50_009);
        await watcher.receivesJson(joined("ALICE", 50_009));
        await receivesNothingElse(watcher);
      });

    it("P2.2 closes the connection after leave, and acts on nothing behind it", async (scene) => {
      const server = await scene.server();
      const watcher = await registered(scene, server, "watcher");
      const alice = await bystander(scene, server, "alice");
      await watcher.receivesJson(joined("alice"));
      await alice.sends(
        '{"type":"leave"}\n{"type":"list"}\n{"type":"register","username":"bob","port":50002}\n',
      );
      await alice.isClosed();
      await watcher.receivesJson(left("alice"));
      await receivesNothingElse(watcher);
    });

    it("P2.2 a name is free when the end of its connection is seen", async (scene) => {
      const server = await scene.server();
      const ends = [
        (connection: Connection) => connection.sendsJson({ type: "leave" }),
        (connection: Connection) => connection.endsHalf(),
      ];
      for (const end of ends) {
        const first = await bystander(scene, server, "alice");
        await end(first);
        await first.isClosedAfter();
        const second = await bystander(scene, server, "alice");
        await second.leaves();
      }
    });
  });

  describe("presence", () => {
    it("P2.5 answers in the order of the requests, whatever comes between", async (scene) => {
      const server = await scene.server();
      const alice = await bystander(scene, server, "alice");
      const requests: string[] = [];
      const others: Connection[] = [];
      for (let round = 0; round < 20; round += 1) {
        const other = await scene.connect(server, `user${round}`);
        other.ignoresTheRest();
        await other.sendsJson({ type: "register", username: `user${round}`, port: 50_002 });
        others.push(other);
        for (const type of ["list", "lookup", "nonsense", "register"]) {
          await alice.sendsJson({ type, username: "alice2", port: 50_001 });
          requests.push(type);
        }
      }
      const answers = [];
      for (const _ of requests) {
        const { type, code } = await alice.answer();
        answers.push(code ?? type);
      }
      const inOrder = { list: "users", lookup: "unknown-user", nonsense: "bad-request" };
      expect(answers).to.deep.equal(
        requests.map((type) => ({ ...inOrder, register: "already-registered" })[type]),
      );
      for (const other of others) expect((await other.answer()).type).to.equal("registered");
    });

    it("P2.2 P2.4 P2.5 tells a watcher what list tells, after any joining and leaving", async (scene) => {
      const server = await scene.server();
      const event = fc.record({
        name: fc.constantFrom("ann", "ben", "cat", "dan"),
        ending: fc.constantFrom<("leave" | "half-close" | "reset")[]>("leave", "half-close", "reset"),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
          const watcher = await registered(scene, server, "watcher");
          const there = new Map<string, Connection>();
          for (const { name, ending } of events) {
            const connection = there.get(name);
            if (connection === undefined) {
              there.set(name, await bystander(scene, server, name));
              await watcher.receivesJson(joined(name));
            } else {
              there.delete(name);
              if (ending === "leave") await connection.sendsJson({ type: "leave" });
              else if (ending === "reset") await connection.resets();
              else await connection.endsHalf();
              await watcher.receivesJson(left(name));
            }
            const users = [...there.keys()]
              .sort()
              .map((username) => ({ username, host: "127.0.0.1", port: 50_001 }));
            await watcher.sendsJson({ type: "list" });
            await watcher.receivesJson({ type: "users", users });
          }
          for (const connection of [...there.values(), watcher]) await connection.leaves();
        }),
        { numRuns: 20 },
      );
    });
  });
});
