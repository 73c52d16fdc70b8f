// Tests the client's side of P2 and P7 beyond the checks. The test plays the registry.

import { expect } from "chai";
import { BYE } from "../checks/engine/chat.ts";
import type { Members } from "../checks/engine/connection.ts";
import { shown, testsOf } from "./support/on-the-wire.ts";

/** Several lines, to be sent at once. */
function lines(...objects: Members[]): string {
  return objects.map((object) => `${JSON.stringify(object)}\n`).join("");
}

describe("a client and its registry", () => {
  // Later stages have the same files (see tests/carried-files.test.ts), so stage 02 is enough.
  const it = testsOf("02");

  it("P7 P2.5 it shows what the registry tells in the order in which it was told", async (scene) => {
    const registry = await scene.playRegistry();
    registry.answerWith = () => undefined;
    const alice = await scene.startClient("alice");
    const { connection } = await registry.registration("alice");
    await connection.sends(
      lines(
        { type: "registered", username: "alice" },
        { type: "joined", username: "bob", host: "127.0.0.1", port: 5 },
        { type: "left", username: "bob" },
        { type: "joined", username: "carol", host: "127.0.0.1", port: 5 },
      ),
    );
    await alice.shows("joined: carol");
    await alice.enters("/chats");
    await alice.shows("no chats");
    expect(alice.lines.map((line) => line.replace(/,.*/, ""))).to.deep.equal([
      "registered as alice",
      "joined: bob",
      "left: bob",
      "joined: carol",
      "no chats",
    ]);
    // The registry made its list before Carol left, so the list must be shown first.
    await alice.enters("/users");
    expect(await registry.request("list")).to.deep.equal({ type: "list" });
    await connection.sends(
      lines(
        { type: "users", users: [{ username: "carol", host: "127.0.0.1", port: 5 }] },
        { type: "left", username: "carol" },
      ),
    );
    await alice.shows("users: carol");
    await alice.shows("left: carol");
    expect(registry.requests.map(({ type }) => type)).to.deep.equal(["register", "list"]);
  });

  it("P7 a registry that talks nonsense right after registered is lost, and the client comes back", async (scene) => {
    const registry = await scene.playRegistry();
    registry.answerWith = () => undefined;
    const alice = await scene.startClient("alice");
    const { connection } = await registry.registration("alice");
    registry.answerWith = (answer) => answer;
    await connection.sends('{"type":"registered","username":"alice"}\nnonsense\n');
    const { port } = await registry.registration("alice", 2);
    expect(registry.requests.at(-1)).to.deep.equal({ type: "register", username: "alice", port });
    const registered = `registered as alice, listening on 127.0.0.1:${port}`;
    await alice.shows(registered);
    await alice.shows(/^error: ./);
    await alice.shows(registered);
  });

  it("P7 P3.8 a client whose registry is away can still be ended, with a goodbye and exit code 0", async (scene) => {
    const { alice, bob } = await scene.chat("initiator");
    await scene.registry.closes();
    await alice.shows(/^error: ./);
    await alice.enters("/quit");
    await bob.hears(BYE);
    await bob.says(BYE);
    await bob.ended();
    await alice.endsWith(0);
    expect(shown(alice, "chat with bob ")).to.deep.equal(["chat with bob started", "chat with bob ended"]);
  });
});
