// What a registry, a peer or somebody on the way may try: the user is not misled, and the program goes on.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { BYE, message } from "./support/raw-peer.ts";
import { useScene } from "./support/scene.ts";

describe("a client that trusts nobody", () => {
  const scene = useScene("02");

  it("P2.7 P7 takes no answer about another name than it asked for", async () => {
    const registry = await scene.listen();
    const alice = scene.startClient("alice", [], { registryPort: registry.port });
    const { wire } = await scene.acceptRegistration(registry);
    await alice.registered();
    alice.enter("/chat bob");
    expect(await wire.json()).to.deep.equal({ type: "lookup", username: "bob" });
    const carol = await scene.listen();
    wire.sendJson({ type: "user", username: "carol", host: "127.0.0.1", port: carol.port });
    await alice.line(/^error: lost the registry/);
    // It comes back, and asks again when told to.
    const again = await scene.acceptRegistration(registry);
    await alice.line(/^registered as alice/);
    alice.enter("/chat bob");
    expect(await again.wire.json()).to.deep.equal({ type: "lookup", username: "bob" });
    expect(alice.lines.filter((line) => line.includes("carol"))).to.deep.equal([]);
  });

  it("P7 asks the registry for no name that cannot exist", async () => {
    const registry = await scene.listen();
    const alice = scene.startClient("alice", [], { registryPort: registry.port });
    const { wire } = await scene.acceptRegistration(registry);
    await alice.registered();
    alice.enterAll([`/chat ${"x".repeat(100_000)}`, "/chat ../bob", "/users"]);
    await alice.line(/^error: nobody is registered as x{40};/);
    await alice.line(/^error: nobody is registered as \.\.\/bob;/);
    expect(await wire.json()).to.deep.equal({ type: "list" });
  });

  it("P3.8 P7 a name is free for another chat at once after /end", async () => {
    const alice = await scene.client("alice", "--accept");
    const bob = await scene.chat(alice, "initiator", "bob");
    alice.enterAll(["/end", "/chats"]);
    await bob.expect(BYE);
    // Bob's own bye is still to come when he calls again.
    const another = await scene.connected(alice, "initiator", "bob");
    await another.shakeHands();
    await alice.line("chat with bob started");
    bob.say(BYE);
    await alice.line("chat with bob ended");
    another.say(message(1, "here I am"));
    await alice.line("bob> here I am");
    alice.enter("and so am I");
    await another.expect({ type: "ack", id: 1 });
    await another.expect(message(1, "and so am I"));
  });

  it("P7 ends at once, and with exit code 0, while the registry says nothing", async () => {
    const registry = await scene.listen();
    const alice = scene.startClient("alice", [], { registryPort: registry.port });
    const wire = await scene.accept(registry);
    await wire.line();
    alice.signal("SIGINT");
    await wire.end();
    expect(await alice.exitCode()).to.equal(process.platform === "win32" ? null : 0);
  });
});

describe("a client of stage 04 that trusts nobody", () => {
  const scene = useScene("04");

  it("P6.5 chats on when the key log cannot be written any more, and says so", async () => {
    const folder = mkdtempSync(join(tmpdir(), "key-log-"));
    const environment = { CHATKEYLOGFILE: join(folder, "chat.keys") };
    const alice = await scene.startClient("alice", ["--accept"], { environment }).registered();
    rmSync(folder, { recursive: true });
    const bob = await scene.chat(alice, "initiator", "bob");
    bob.say(message(1, "still here"));
    await alice.line("bob> still here");
    expect(alice.errors).to.match(/warning: cannot write the key log/);
  });
});
