// Clauses P3.1 and P3.7: handshakes in one piece, unfinished, and never completed. The rest is in the checks.

import { expect } from "chai";
import { ack, message } from "./support/raw-peer.ts";
import { failedCall, useScene } from "./support/scene.ts";

for (const stage of ["02", "04"] as const) {
  describe(`the handshake of stage ${stage}`, () => {
    const scene = useScene(stage);

    it("P3.1 P4.1 P0.2 a responder may send its hello and what follows it in one piece", async () => {
      const alice = await scene.client("alice");
      const bob = await scene.connected(alice, "responder", "bob");
      await bob.receiveHello();
      bob.wire.socket.cork();
      bob.sendHello();
      if (stage === "02") bob.say(message(1, "hi"));
      else bob.sendKey();
      bob.wire.socket.uncork();
      if (stage !== "02") {
        await bob.receiveKey();
        bob.deriveKeys();
        bob.say(message(1, "hi"));
      }
      await bob.expect(ack(1));
      await alice.line("chat with bob started");
      await alice.line("bob> hi");
    });

    it("P3.1 P0.5 a hello without its LF is no hello", async () => {
      const alice = await scene.client("alice");
      const mallory = await scene.connected(alice, "initiator", "mallory");
      mallory.wire.send(JSON.stringify({ type: "hello", stage, from: "mallory", to: "alice" }));
      mallory.wire.endHalf();
      await mallory.wire.end();
      const bob = await scene.connected(alice, "initiator", "bob");
      bob.sendHello();
      await alice.line("bob wants to chat: /accept bob or /decline bob");
      expect(alice.shown("mallory")).to.deep.equal([]);
    });

    if (stage !== "02") {
      it("P3.7 P4.1 who says hello and sends no key in time is closed, in both roles", async () => {
        const alice = await scene.client("alice", "--accept", "--handshake-timeout", "0.3");
        const bob = await scene.connected(alice, "initiator", "bob");
        await bob.exchangeHellos();
        await bob.receiveKey();
        await bob.wire.end();
        const carol = await scene.connected(alice, "responder", "carol");
        await carol.exchangeHellos();
        await carol.receiveKey();
        await carol.wire.end();
        await alice.line(failedCall("carol"));
        expect(alice.lines.filter((line) => line.endsWith("started"))).to.deep.equal([]);
      });
    }
  });
}
