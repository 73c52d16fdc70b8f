// Clauses P2 and P7 from the client's side, beyond what a check does. The registry is played by hand.

import { expect } from "chai";
import { BYE } from "./support/raw-peer.ts";
import { useScene } from "./support/scene.ts";

describe("a client and its registry", () => {
  // The later stages carry this part over as it is; tests/carried-files.test.ts sees to that.
  const scene = useScene("02");

  /** A client that accepts every chat, its registry, and its connection there. */
  async function start() {
    const registry = await scene.listen();
    const alice = scene.startClient("alice", ["--accept"], { registryPort: registry.port });
    const registration = await scene.acceptRegistration(registry);
    await alice.registered();
    expect(registration.username).to.equal("alice");
    expect(registration.port).to.equal(alice.port);
    return { registry, alice, wire: registration.wire };
  }

  it("P7 P2.5 it shows what the registry tells in the order in which it was told", async () => {
    const registry = await scene.listen();
    const alice = scene.startClient("alice", [], { registryPort: registry.port });
    const wire = await scene.accept(registry);
    await wire.line();
    const lines = [
      { type: "registered", username: "alice" },
      { type: "joined", username: "bob", host: "127.0.0.1", port: 5 },
      { type: "left", username: "bob" },
      { type: "joined", username: "carol", host: "127.0.0.1", port: 5 },
    ];
    wire.send(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await alice.line("joined: carol");
    alice.enter("/chats");
    await alice.line("no chats");
    expect(alice.lines.map((line) => line.replace(/,.*/, ""))).to.deep.equal([
      "registered as alice",
      "joined: bob",
      "left: bob",
      "joined: carol",
      "no chats",
    ]);
    // The list was made before carol left, and is shown before that.
    alice.enter("/users");
    expect(await wire.json()).to.deep.equal({ type: "list" });
    const answers = [
      { type: "users", users: [{ username: "carol", host: "127.0.0.1", port: 5 }] },
      { type: "left", username: "carol" },
    ];
    wire.send(answers.map((line) => `${JSON.stringify(line)}\n`).join(""));
    await alice.line("users: carol");
    await alice.line("left: carol");
  });

  it("P7 a registry that talks nonsense right after registered is lost, and the client comes back", async () => {
    const registry = await scene.listen();
    const alice = scene.startClient("alice", [], { registryPort: registry.port });
    const wire = await scene.accept(registry);
    await wire.line();
    wire.send('{"type":"registered","username":"alice"}\nnonsense\n');
    const again = await scene.acceptRegistration(registry);
    expect(again.username).to.equal("alice");
    const shown = `registered as alice, listening on 127.0.0.1:${again.port}`;
    await alice.line(shown);
    await alice.line(/^error: ./);
    await alice.line(shown);
  });

  it("P7 P3.8 a client whose registry is away can still be ended, with a goodbye and exit code 0", async () => {
    const { registry, alice, wire } = await start();
    const bob = await scene.chat(alice, "initiator", "bob");
    registry.close();
    wire.close();
    await alice.line(/^error: ./);
    alice.enter("/quit");
    await bob.expect(BYE);
    bob.say(BYE);
    await bob.ended();
    bob.wire.close();
    expect(await alice.exitCode()).to.equal(0);
    expect(alice.shown("chat with bob ")).to.deep.equal(["chat with bob started", "chat with bob ended"]);
  });
});
