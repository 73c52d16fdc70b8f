// Tests the registry over a real socket, beyond the checks of P2: random names, IPv6, a thousand users.

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import type { Connection } from "../checks/engine/connection.ts";
import { registered } from "../checks/engine/registered.ts";
import { QUIET, testsOf } from "./support/on-the-wire.ts";

/** Sorts names as the registry does. */
function inOrder(names: readonly string[]): string[] {
  return [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
}

async function users(asker: Connection): Promise<unknown> {
  await asker.sendsJson({ type: "list" });
  const { type, users } = await asker.answer();
  expect(type).to.equal("users");
  return users;
}

describe("02 registry", () => {
  const it = testsOf("02", QUIET);

  describe("who is there, and where", () => {
    it("P2.1 P2.4 sorts any names", async (scene) => {
      const server = await scene.server();
      const name = fc.string({ unit: fc.constantFrom(..."aAbBzZ09_-"), minLength: 1, maxLength: 5 });
      const different = fc.uniqueArray(name, { maxLength: 12, selector: (one) => one.toLowerCase() });
      await fc.assert(
        fc.asyncProperty(different, async (chosen) => {
          const everyone: Connection[] = [];
          for (const username of ["asker", ...chosen])
            everyone.push(await registered(scene, server, username));
          const [asker] = everyone;
          const list = asker === undefined ? [] : await users(asker);
          const names = Array.isArray(list) ? list.map(({ username }) => username) : [];
          expect(names).to.deep.equal(inOrder(chosen));
          for (const connection of everyone) await connection.leaves();
        }),
        { numRuns: 15 },
      );
    });

    it("P2.3 writes an IPv4 address that is mapped into IPv6 as IPv4", async (scene) => {
      const bothFamilies = await listensForBoth();
      const { port } = await scene.server(["--host", bothFamilies ? "::" : "0.0.0.0"]);
      const four = await scene.connect({ port }, "four");
      await four.registers("four", 50_004);
      const host = bothFamilies ? "::1" : "127.0.0.1";
      const six = await scene.connect({ host, port }, "six");
      await six.registers("six", 50_006);
      expect(await users(six)).to.deep.equal([{ username: "four", host: "127.0.0.1", port: 50_004 }]);
      expect(await users(four)).to.deep.equal([{ username: "six", host, port: 50_006 }]);
    });
  });

  it("P2.4 P2.5 tells a thousand users of each other, once each and sorted", async (scene) => {
    const server = await scene.server(["--register-timeout", "600"]);
    const asker = await registered(scene, server, "asker");
    const everyone = Array.from({ length: 1_001 }, (_, i) => `${i % 2 === 0 ? "U" : "u"}${i}`);
    for (const username of everyone) {
      const { socket } = await scene.connect(server, username);
      socket.removeAllListeners("data").resume(); // Half a million lines arrive here, and nobody needs them.
      socket.write(`${JSON.stringify({ type: "register", username, port: 50_001 })}\n`);
    }
    const joined = [];
    for (const _ of everyone) joined.push(await asker.receivesJson());
    expect(joined.map(({ type }) => type)).to.deep.equal(everyone.map(() => "joined"));
    expect(new Set(joined.map(({ username }) => username))).to.deep.equal(new Set(everyone));
    await asker.sendsJson({ type: "list" });
    expect(await asker.receivesJson()).to.deep.equal({
      type: "users",
      users: inOrder(everyone).map((username) => ({ username, host: "127.0.0.1", port: 50_001 })),
    });
  });
});

/** Whether a server on this machine that listens on `::` can be reached over IPv4 and over IPv6. */
async function listensForBoth(): Promise<boolean> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen({ host: "::", port: 0 });
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") return false;
    for (const host of ["127.0.0.1", "::1"]) {
      const socket = connect({ host, port: address.port });
      await once(socket, "connect");
      socket.destroy();
    }
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
