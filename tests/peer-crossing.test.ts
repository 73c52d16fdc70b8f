// Clause P3.9: calls that cross, and calls that are withdrawn.

import { expect } from "chai";
import { ack, message, RawPeer } from "./support/raw-peer.ts";
import { failedCall, useScene } from "./support/scene.ts";

const CROSSED = { type: "bye", reason: "crossed" };

for (const stage of ["02", "04"] as const) {
  describe(`calls of stage ${stage}`, () => {
    const scene = useScene(stage);

    it("P3.9 the call of the smaller name stands: its caller answers the other's hello with crossed", async () => {
      const [alice, { server }] = await Promise.all([scene.client("alice"), scene.list("Bob")]);
      alice.enter("/chat Bob");
      const standing = new RawPeer(await scene.accept(server), stage, "responder", "Bob", "alice");
      await standing.receiveHello();
      const crossing = new RawPeer(await scene.connect(alice.port), stage, "initiator", "Bob", "alice");
      crossing.sendHello();
      expect(await crossing.wire.json()).to.deep.equal(CROSSED);
      await crossing.ended();
      standing.sendHello();
      await standing.exchangeKeys();
      await alice.line("chat with Bob started");
      standing.say(message(1, "hi"));
      await standing.expect(ack(1));
      await alice.line("Bob> hi");
      // It was never asked whether to accept bob, nor told of a call that failed.
      expect(alice.shown("Bob ")).to.deep.equal([]);
      expect(alice.shown("error")).to.deep.equal([]);
      expect(alice.shown("chat with Bob lost")).to.deep.equal([]);
    });

    for (const first of ["the call", "the answer crossed"]) {
      it(`P3.9 the greater name takes the standing call without asking its user, when ${first} comes first`, async () => {
        const [zoe, { server }] = await Promise.all([scene.client("Zoe"), scene.list("bob")]);
        zoe.enter("/chat bob");
        const crossing = new RawPeer(await scene.accept(server), stage, "responder", "bob", "Zoe");
        await crossing.receiveHello();
        if (first === "the answer crossed") crossing.wire.sendJson(CROSSED);
        const standing = new RawPeer(await scene.connect(zoe.port), stage, "initiator", "bob", "Zoe");
        standing.sendHello();
        if (first === "the call") crossing.wire.sendJson(CROSSED);
        await standing.receiveHello();
        await standing.exchangeKeys();
        await zoe.line("chat with bob started");
        await crossing.wire.end();
        standing.say(message(1, "hi"));
        await standing.expect(ack(1));
        await zoe.line("bob> hi");
        zoe.enter("hello");
        await standing.expect(message(1, "hello"));
        expect(zoe.shown("bob ")).to.deep.equal([]);
        expect(zoe.shown("error")).to.deep.equal([]);
      });
    }

    it("P3.9 two clients that call each other at the same moment have one chat", async () => {
      // A registry played by hand answers neither before both have asked, so that the calls do cross.
      const registry = await scene.listen();
      const clients = ["alice", "bob"].map((name) =>
        scene.startClient(name, [], { registryPort: registry.port }),
      );
      const registrations = [
        await scene.acceptRegistration(registry),
        await scene.acceptRegistration(registry),
      ];
      await Promise.all(clients.map((client) => client.registered()));
      const [alice, bob] = clients;
      if (alice === undefined || bob === undefined) throw new Error("no clients");
      alice.enter("/chat bob");
      bob.enter("/chat alice");
      for (const { wire, username } of registrations) {
        const other = username === "alice" ? "bob" : "alice";
        expect(await wire.json()).to.deep.equal({ type: "lookup", username: other });
      }
      for (const { wire, username } of registrations) {
        const other = registrations.find((registration) => registration.username !== username);
        wire.sendJson({ type: "user", username: other?.username, host: "127.0.0.1", port: other?.port });
      }
      await Promise.all([alice.line("chat with bob started"), bob.line("chat with alice started")]);
      alice.enter("over which call?");
      await Promise.all([alice.line("delivered to bob: 1"), bob.line("alice> over which call?")]);
      bob.enter("over yours");
      await Promise.all([bob.line("delivered to alice: 1"), alice.line("bob> over yours")]);
      for (const client of clients) {
        const others = client.lines.filter((line) =>
          /wants to chat|started$|lost|^error|declined/.test(line),
        );
        expect(others).to.deep.equal([`chat with ${client === alice ? "bob" : "alice"} started`]);
      }
    });

    it("P3.9 a standing call that does not come is not waited for any longer than a handshake", async () => {
      const [zoe, { server }] = await Promise.all([
        scene.client("zoe", "--handshake-timeout", "0.3"),
        scene.list("bob"),
      ]);
      zoe.enter("/chat bob");
      const crossing = new RawPeer(await scene.accept(server), stage, "responder", "bob", "zoe");
      await crossing.receiveHello();
      crossing.wire.sendJson(CROSSED);
      await zoe.line(failedCall("bob"));
      // A call that comes now is one like any other: her user is asked.
      const late = await scene.connected(zoe, "initiator", "bob");
      late.sendHello();
      await zoe.line("bob wants to chat: /accept bob or /decline bob");
    });

    it("P3.9 P3.10 an initiator gives up when a call is not answered", async () => {
      // The 70 s of the clause are the 60 s for the user and the 10 s for the handshake, which the options set.
      const alice = await scene.client("alice", "--request-timeout", "0.2", "--handshake-timeout", "0.1");
      const bob = await scene.connected(alice, "responder", "bob");
      await bob.receiveHello();
      await alice.line(failedCall("bob"));
      await bob.wire.end();
    });

    it("P3.9 P7 a request that is withdrawn before it is answered is shown as such", async () => {
      const alice = await scene.client("alice");
      const ways: ((peer: RawPeer) => void)[] = [
        (peer) => peer.wire.sendJson({ type: "bye" }),
        (peer) => peer.wire.endHalf(),
        (peer) => peer.wire.reset(),
      ];
      for (const [index, way] of ways.entries()) {
        const name = `bob${index}`;
        const bob = await scene.connected(alice, "initiator", name);
        bob.sendHello();
        await alice.line(`${name} wants to chat: /accept ${name} or /decline ${name}`);
        way(bob);
        await alice.line(`${name} no longer wants to chat`);
        await bob.wire.end();
        alice.enter(`/accept ${name}`);
        await alice.line(/^error: ./);
      }
      expect(alice.lines.filter((line) => /started$|lost|ended$/.test(line))).to.deep.equal([]);
    });

    it("P3.9 P7 a client that quits withdraws its call", async () => {
      const [alice, bob] = await Promise.all([scene.client("alice"), scene.client("bob")]);
      alice.enter("/chat bob");
      await bob.line("alice wants to chat: /accept alice or /decline alice");
      alice.enter("/quit");
      await bob.line("alice no longer wants to chat");
      expect(await alice.exitCode()).to.equal(0);
      await bob.line("left: alice");
    });
  });
}
