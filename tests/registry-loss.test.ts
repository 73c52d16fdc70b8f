// Clauses P2 and P7 from the client's side: what it says to a registry, and what it does when the registry goes away.
// The registry is played by hand.

import { expect } from "chai";
import { ack, BYE, message, RawPeer } from "./support/raw-peer.ts";
import { lostChat, useScene } from "./support/scene.ts";

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

  it("P2.6 P2.8 P7 it answers pings, asks, and never tells the registry of a chat", async () => {
    const { alice, wire } = await start();
    wire.sendJson({ type: "ping" });
    expect(await wire.json()).to.deep.equal({ type: "pong" });
    const peers = await scene.listen();
    alice.enter("/chat Bob");
    expect(await wire.json()).to.deep.equal({ type: "lookup", username: "Bob" });
    // P2.5: presence may come between a request and its answer.
    wire.sendJson({ type: "joined", username: "carol", host: "127.0.0.1", port: peers.port });
    wire.sendJson({ type: "user", username: "bob", host: "127.0.0.1", port: peers.port });
    await alice.line("joined: carol");
    const bob = new RawPeer(await scene.accept(peers), "02", "responder", "bob", "alice");
    await bob.shakeHands();
    await alice.line("chat with bob started");
    alice.enter("between us");
    await bob.expect(message(1, "between us"));
    bob.say(ack(1));
    bob.say(message(1, "of course"));
    await bob.expect(ack(1));
    await alice.line("bob> of course");
    alice.enterAll(["/end", "/users"]);
    await bob.expect(BYE);
    bob.say(BYE);
    await bob.ended();
    bob.wire.close();
    // Nothing of the chat was said to the registry: the question after it is the next line there.
    expect(await wire.json()).to.deep.equal({ type: "list" });
    wire.sendJson({ type: "left", username: "carol" });
    wire.sendJson({ type: "users", users: [{ username: "dave", host: "127.0.0.1", port: 5 }] });
    await alice.line("left: carol");
    await alice.line("users: dave");
    alice.enter("/quit");
    expect(await wire.json()).to.deep.equal({ type: "leave" });
    wire.close();
    expect(await alice.exitCode()).to.equal(0);
  });

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

  it("P0.3 P7 it takes a list of users of more than a million bytes", async () => {
    const { alice, wire } = await start();
    const users = Array.from({ length: 20_000 }, (_, index) => ({
      username: `user${index}`,
      host: "127.0.0.1",
      port: 50_000,
    }));
    expect(JSON.stringify(users).length).to.be.above(1_000_000);
    alice.enter("/users");
    expect(await wire.json()).to.deep.equal({ type: "list" });
    wire.sendJson({ type: "users", users });
    await alice.line(`users: ${users.map(({ username }) => username).join(", ")}`);
  });

  it("P7 the chats go on without a registry, and the client registers again by itself", async () => {
    const { registry, alice, wire } = await start();
    const bob = await scene.chat(alice, "initiator", "bob");
    wire.reset();
    await alice.line(/^error: ./);
    bob.say(message(1, "and now?"));
    await bob.expect(ack(1));
    await alice.line("bob> and now?");
    alice.enter("we go on");
    await bob.expect(message(1, "we go on"));
    // The first try comes to a registry that is going away as well; the second is taken.
    const first = await scene.accept(registry);
    expect(await first.json()).to.deep.equal({ type: "register", username: "alice", port: alice.port });
    first.close();
    const second = await scene.acceptRegistration(registry);
    expect(second.port).to.equal(alice.port);
    await alice.line(`registered as alice, listening on 127.0.0.1:${alice.port}`);
    // A new chat can be had, and the old one is still there.
    const carol = await scene.chat(alice, "initiator", "carol");
    carol.say(message(1, "hi"));
    await carol.expect(ack(1));
    bob.say(ack(1));
    await alice.line("delivered to bob: 1");
    second.wire.sendJson({ type: "joined", username: "dave", host: "127.0.0.1", port: 5 });
    await alice.line("joined: dave");
    expect(alice.shown("error: "), "the loss is told once").to.have.length(1);
    expect(alice.lines.filter((line) => lostChat("bob").test(line))).to.deep.equal([]);
    // The next loss is told again.
    second.wire.endHalf();
    await alice.line(/^error: ./);
    await scene.acceptRegistration(registry);
    await alice.line(`registered as alice, listening on 127.0.0.1:${alice.port}`);
    expect(alice.shown("error: ")).to.have.length(2);
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
