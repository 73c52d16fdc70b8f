// Tests clauses P3.1 and P3.7: handshakes in one chunk, cut off, and never completed. Checks test the rest.

import { expect } from "chai";
import { ack, message, ROLES } from "../checks/engine/chat.ts";
import {
  asksForChat,
  callsAs,
  connectsAs,
  failedCall,
  isCalledAs,
  started,
} from "../checks/engine/chat-steps.ts";
import { shown, testsOf } from "./support/on-the-wire.ts";

for (const stage of ["02", "04"] as const) {
  describe(`the handshake of stage ${stage}`, () => {
    const it = testsOf(stage);

    it("P3.1 P4.1 P0.2 a responder may send its hello and what follows it in one piece", async (scene) => {
      const alice = await scene.client("alice");
      const bob = await isCalledAs(scene, alice, "bob");
      await bob.receivesHello();
      bob.connection.socket.cork();
      await bob.sendsHello();
      if (stage === "02") await bob.says(message(1, "hi"));
      else await bob.sendsKey();
      bob.connection.socket.uncork();
      if (stage !== "02") {
        await bob.receivesKey();
        bob.derivesKeys();
        await bob.says(message(1, "hi"));
      }
      await bob.hears(ack(1));
      await started(alice, bob);
      await alice.shows("bob> hi");
    });

    it("P3.1 P0.5 a hello without its LF is no hello", async (scene) => {
      const alice = await scene.client("alice");
      const mallory = await callsAs(scene, alice, "mallory");
      await mallory.connection.sends(JSON.stringify({ type: "hello", stage, from: "mallory", to: "alice" }));
      await mallory.connection.endsHalf();
      await mallory.connection.isClosedAfter();
      await asksForChat(scene, alice, "bob");
      expect(shown(alice, "mallory")).to.deep.equal([]);
    });

    if (stage !== "02") {
      it("P3.7 P4.1 who says hello and sends no key in time is closed, in both roles", async (scene) => {
        const alice = await scene.client("alice", { argv: ["--accept", "--handshake-timeout", "1"] });
        for (const role of ROLES) {
          const chat = await connectsAs(scene, alice, role, `mallory-${role}`);
          await chat.exchangesHellos();
          await chat.receivesKey();
          await chat.connection.isClosedAfter();
        }
        await alice.shows(failedCall("mallory-responder"));
        expect(alice.lines.filter((line) => line.endsWith("started"))).to.deep.equal([]);
      });
    }
  });
}
